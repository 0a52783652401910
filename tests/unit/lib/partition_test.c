/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition tables and contents: crafted and broken ones. What real tools make is
 * compared in tests/cli/broker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/disk/partition.h"

#define DISK_BYTES ((size_t)4 << 20)

struct image {
	uint8_t *bytes;
	size_t size, bad_from, bad_to; /* bytes that cannot be read */
};

static bool read_image(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct image *i = ctx;

	assert_true(offset + len <= i->size); /* partition_source_read() must see to it */
	if (offset < i->bad_to && offset + len > i->bad_from)
		return error_set(e, ERROR_FAILED, "bad sector");
	memcpy(buf, i->bytes + offset, len);
	return true;
}

static void put(uint8_t *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static uint32_t crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < n * 8; i++) {
		if (i % 8 == 0)
			crc ^= p[i / 8];
		crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
	}
	return ~crc;
}

static void seal(uint8_t *disk, size_t lba, size_t sector, size_t entries_at, size_t entries_bytes)
{
	uint8_t *h = disk + lba * sector;

	put(h + 88, crc32(disk + entries_at, entries_bytes), 4);
	put(h + 16, 0, 4);
	put(h + 16, crc32(h, 92), 4);
}

static void entry(uint8_t *p, uint64_t first, uint64_t last, const char *name)
{
	memset(p, 0x11, 16); /* type */
	memset(p + 16, 0x22, 16);
	put(p + 32, first, 8);
	put(p + 40, last, 8);
	for (size_t i = 0; name[i]; i++)
		put(p + 56 + 2 * i, (uint8_t)name[i], 2);
}

/* A GPT with one entry at sectors 100 to 199, primary only; entries at LBA 2. */
static void make_gpt(uint8_t *disk, size_t sector)
{
	uint8_t *h = disk + sector;

	memset(disk, 0, DISK_BYTES);
	put(disk + 446 + 4, 0xee, 1);
	put(disk + 446 + 8, 1, 4);
	put(disk + 446 + 12, 0xffffffff, 4);
	put(disk + 510, 0xaa55, 2);
	memcpy(h, "EFI PART", 8);
	put(h + 8, 0x10000, 4);
	put(h + 12, 92, 4);
	put(h + 24, 1, 8);
	put(h + 32, DISK_BYTES / sector - 1, 8);
	put(h + 40, 34, 8);
	put(h + 48, DISK_BYTES / sector - 34, 8);
	put(h + 72, 2, 8);
	put(h + 80, 128, 4);
	put(h + 84, 128, 4);
	entry(disk + 2 * sector, 100, 199, "one");
	seal(disk, 1, sector, 2 * sector, 128 * 128);
}

static uint8_t *disk;
static struct image image;
static struct partition_table table;

static int setup(void **state)
{
	(void)state;
	disk = calloc(1, DISK_BYTES);
	image = (struct image){ disk, DISK_BYTES, 0, 0 };
	return disk ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	free(disk);
	return 0;
}

static const struct partition_table *look(uint32_t sector)
{
	const struct partition_source s = { read_image, &image, image.size, sector };
	struct error e = { 0 };

	assert_true(partition_table_read(&s, &table, &e));
	return &table;
}

static void gpt_good(void **state)
{
	(void)state;
	for (size_t sector = 512; sector <= 4096; sector *= 8) {
		make_gpt(disk, sector);
		const struct partition_table *t = look((uint32_t)sector);
		assert_int_equal(t->kind, TABLE_GPT);
		assert_int_equal(t->flags, 0);
		assert_int_equal(t->count, 1);
		assert_int_equal(t->list[0].first_byte, 100 * sector);
		assert_int_equal(t->list[0].size_bytes, 100 * sector);
		assert_string_equal(t->list[0].label, "one");
		assert_string_equal(t->list[0].type_id, "11111111-1111-1111-1111-111111111111");
		/* seen through the other sector size */
		t = look(sector == 512 ? 4096 : 512);
		assert_int_equal(t->flags, TABLE_OTHER_SECTOR);
		assert_int_equal(t->list[0].first_byte, 100 * sector);
	}
}

/* One field changed, checksums made right again: what is left must be DAMAGED. */
static void gpt_refused(void **state)
{
	static const struct {
		const char *name;
		size_t at, bytes;
		uint64_t value;
	} tests[] = {
		{ "header too small", 12, 4, 91 },
		{ "header larger than a sector", 12, 4, 513 },
		{ "says it is elsewhere", 24, 8, 2 },
		{ "entries far away", 72, 8, UINT64_MAX },
		{ "entries past the end", 72, 8, DISK_BYTES / 512 - 1 },
		{ "no entries", 80, 4, 0 },
		{ "too many entries", 80, 4, 0xffffffff },
		{ "entries too small", 84, 4, 64 },
		{ "entries of odd size", 84, 4, 129 },
		{ "entries huge", 84, 4, 0x80000000 },
		{ "first usable after last", 40, 8, DISK_BYTES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		make_gpt(disk, 512);
		put(disk + 512 + tests[i].at, tests[i].value, tests[i].bytes);
		seal(disk, 1, 512, 1024, 128 * 128);
		if (look(512)->kind != TABLE_DAMAGED)
			fail_msg("%s: taken", tests[i].name);
		assert_int_equal(table.count, 0);
	}
	make_gpt(disk, 512);
	disk[1024 + 60] ^= 1; /* an entry, checksum not renewed */
	assert_int_equal(look(512)->kind, TABLE_DAMAGED);
}

/* What a table is made anew from: every byte as it stands in the entry. */
static void gpt_raw(void **state)
{
	uint8_t *first = disk + 1024, id[16];

	(void)state;
	make_gpt(disk, 512);
	for (size_t i = 0; i < 16; i++)
		id[i] = disk[512 + 56 + i] = (uint8_t)(0xa0 + i);
	for (size_t i = 0; i < 72; i++)
		first[56 + i] = (uint8_t)(200 - i);
	put(first + 48, 0x8000000000000001, 8);
	seal(disk, 1, 512, 1024, 128 * 128);
	const struct partition_table *t = look(512);
	assert_int_equal(t->kind, TABLE_GPT);
	assert_memory_equal(t->raw_id, id, 16);
	assert_memory_equal(t->list[0].raw_type, first, 16);
	assert_memory_equal(t->list[0].raw_id, first + 16, 16);
	assert_memory_equal(t->list[0].raw_label, first + 56, 72);
	assert_true(t->list[0].attributes == 0x8000000000000001);
	assert_int_equal(t->chain_count, 0);
}

static void gpt_entries(void **state)
{
	(void)state;
	make_gpt(disk, 512);
	entry(disk + 1024 + 128, 300, 299, "backwards");
	entry(disk + 1024 + 256, UINT64_MAX - 1, UINT64_MAX, "wraps");
	entry(disk + 1024 + 384, 8000, 9000, "past the end");
	entry(disk + 1024 + 512, 400, 400, "123456789012345678901234567890123456");
	memset(disk + 1024 + 512 + 56, 0xff, 72); /* U+FFFF in all 36 places */
	seal(disk, 1, 512, 1024, 128 * 128);
	const struct partition_table *t = look(512);
	assert_int_equal(t->kind, TABLE_GPT);
	assert_int_equal(t->count, 3);
	assert_int_equal(t->flags, TABLE_BEYOND_END);
	assert_int_equal(t->list[1].number, 4);
	assert_int_equal(t->list[2].number, 5);
	assert_int_equal(strlen(t->list[2].label), 108);
}

/* Every entry of the longest table used: more than is listed, and said. */
static void gpt_more(void **state)
{
	(void)state;
	make_gpt(disk, 512);
	put(disk + 512 + 80, 1024, 4);
	for (size_t i = 0; i < 1024; i++)
		entry(disk + 1024 + 128 * i, 2000 + i, 2000 + i, "x");
	seal(disk, 1, 512, 1024, (size_t)128 * 1024);
	assert_int_equal(look(512)->count, PARTITIONS_MAX);
	assert_int_equal(table.flags, TABLE_MORE);
}

static void mbr_entry(size_t sector, size_t index, uint8_t type, uint32_t first, uint32_t sectors)
{
	uint8_t *p = disk + sector * 512 + 446 + 16 * index;

	put(p + 4, type, 1);
	put(p + 8, first, 4);
	put(p + 12, sectors, 4);
	put(disk + sector * 512 + 510, 0xaa55, 2);
}

static void mbr_chain(void **state)
{
	(void)state;
	memset(disk, 0, DISK_BYTES);
	mbr_entry(0, 0, 0x07, 63, 100);
	mbr_entry(0, 1, 0x0f, 1000, 4000);
	mbr_entry(1000, 0, 0x83, 10, 50);
	mbr_entry(1000, 1, 0x05, 500, 500);
	mbr_entry(1500, 0, 0x82, 10, 50);
	const struct partition_table *t = look(512);
	assert_int_equal(t->kind, TABLE_MBR);
	assert_int_equal(t->flags, 0);
	assert_int_equal(t->count, 4);
	assert_int_equal(t->list[2].number, 5);
	assert_int_equal(t->list[2].first_byte, 1010 * 512);
	assert_int_equal(t->list[3].number, 6);
	assert_int_equal(t->list[3].first_byte, 1510 * 512);
	assert_string_equal(t->list[3].type, "0x82");
	assert_int_equal(t->list[3].raw_type[0], 0x82);
	assert_int_equal(t->chain_count, 2);
	assert_int_equal(t->chain[0], 1000 * 512);
	assert_int_equal(t->chain[1], 1500 * 512);

	mbr_entry(1500, 1, 0x05, 0, 500); /* back to the first link */
	assert_int_equal(look(512)->flags, TABLE_CHAIN_BROKEN);
	assert_int_equal(table.count, 4);
	mbr_entry(1500, 1, 0x05, 0xffffffff, 500); /* past the end */
	assert_int_equal(look(512)->flags, TABLE_CHAIN_BROKEN);
	mbr_entry(1500, 1, 0x05, 600, 500); /* zeros, not a link */
	assert_int_equal(look(512)->flags, TABLE_CHAIN_BROKEN);

	/* a link without a partition takes no number, as in Linux and sfdisk, and each of two has its own */
	mbr_entry(1000, 0, 0, 0, 0);
	mbr_entry(1500, 1, 0x83, 70, 50);
	assert_int_equal(look(512)->flags, 0);
	assert_int_equal(table.count, 4);
	assert_int_equal(table.list[2].number, 5);
	assert_int_equal(table.list[2].first_byte, 1510 * 512);
	assert_int_equal(table.list[3].number, 6);
	assert_int_equal(table.list[3].first_byte, 1570 * 512);
}

static void mbr_long_chain(void **state)
{
	(void)state;
	memset(disk, 0, DISK_BYTES);
	mbr_entry(0, 0, 0x05, 100, 8000);
	for (size_t i = 0; i < 200; i++) {
		mbr_entry(100 + 2 * i, 0, 0x83, 1, 1);
		mbr_entry(100 + 2 * i, 1, 0x05, (uint32_t)(2 * i + 2), 2);
	}
	assert_int_equal(look(512)->flags, TABLE_MORE);
	assert_int_equal(table.count, 61);
}

static void not_a_table(void **state)
{
	(void)state;
	memset(disk, 0, DISK_BYTES);
	assert_int_equal(look(512)->kind, TABLE_NONE);
	assert_int_equal(table.count, 0);
	/* no entries, but the mark: an empty MBR is a damaged or wiped one */
	put(disk + 510, 0xaa55, 2);
	disk[446] = 0x33;
	assert_int_equal(look(512)->kind, TABLE_DAMAGED);
	/* protective, and nothing behind it */
	memset(disk, 0, DISK_BYTES);
	mbr_entry(0, 0, 0xee, 1, 8191);
	assert_int_equal(look(512)->kind, TABLE_DAMAGED);
	/* a GPT left over under an MBR that was made later */
	make_gpt(disk, 512);
	memset(disk, 0, 512);
	mbr_entry(0, 0, 0x07, 63, 100);
	assert_int_equal(look(512)->kind, TABLE_MBR);
	assert_int_equal(table.flags, TABLE_GPT_IGNORED);
	assert_int_equal(table.count, 1);
	/* of an image that was cut off before one of its partitions the others are there */
	memset(disk, 0, DISK_BYTES);
	mbr_entry(0, 0, 0x07, 63, 100);
	mbr_entry(0, 1, 0x83, DISK_BYTES / 512, 100);
	assert_int_equal(look(512)->kind, TABLE_MBR);
	assert_int_equal(table.flags, TABLE_BEYOND_END);
	assert_int_equal(table.count, 2);
	/* nothing begins on it, or there is a volume: that is no table */
	mbr_entry(0, 0, 0x07, DISK_BYTES / 512, 100);
	assert_int_equal(look(512)->kind, TABLE_DAMAGED);
	mbr_entry(0, 0, 0x07, 63, 100);
	memcpy(disk + 3, "NTFS    ", 8);
	assert_int_equal(look(512)->kind, TABLE_NONE);
	/* smaller than a sector */
	image.size = 100;
	const struct partition_source s = { read_image, &image, image.size, 512 };
	struct error e = { 0 };
	assert_false(partition_table_read(&s, &table, &e));
	image.size = DISK_BYTES;
}

static void contents(void **state)
{
	static const struct {
		const char *want;
		struct {
			size_t at;
			const char *bytes;
			size_t n;
		} put[4];
	} tests[] = {
		{ "bitlocker", { { 3, "-FVE-FS-", 8 } } },
		{ "bitlocker",
		  { { 0, "\xeb\x58\x90MSWIN4.1", 11 },
		    { 424, "\x3b\xd6\x67\x49\x29\x2e\xd8\x4a\x83\x99\xf6\xa3\x39\xe3\xd0\x01",
		      16 } } },
		{ "bitlocker",
		  { { 0, "\xeb\x58\x90MSWIN4.1", 11 },
		    { 424, "\x3b\x4d\xa8\x92\x80\xdd\x0e\x4d\x9e\x4e\xb1\xe3\x28\x4e\xae\xd8",
		      16 } } },
		{ "", { { 0, "\xeb\x58\x90MSWIN4.1", 11 } } },
		{ "ntfs", { { 3, "NTFS    ", 8 } } },
		{ "", { { 3, "NTFS", 4 } } },
		{ "exfat", { { 3, "EXFAT   ", 8 } } },
		{ "refs", { { 3, "ReFS\0\0\0\0", 8 } } },
		{ "luks1", { { 0, "LUKS\xba\xbe\0\1", 8 } } },
		{ "luks2", { { 0, "LUKS\xba\xbe\0\2", 8 } } },
		{ "", { { 0, "LUKS\xba\xbe\0\3", 8 } } },
		{ "lvm2", { { 512, "LABELONE", 8 }, { 536, "LVM2 001", 8 } } },
		{ "", { { 512, "LABELONE", 8 } } },
		{ "xfs", { { 0, "XFSB", 4 } } },
		{ "btrfs", { { 65600, "_BHRfS_M", 8 } } },
		{ "iso9660", { { 32769, "CD001", 5 } } },
		{ "mdraid", { { 4096, "\xfc\x4e\x2b\xa9", 4 } } },
		{ "ext2", { { 1080, "\x53\xef", 2 } } },
		{ "ext3", { { 1080, "\x53\xef", 2 }, { 1116, "\x04", 1 } } },
		{ "ext4", { { 1080, "\x53\xef", 2 }, { 1116, "\x04", 1 }, { 1120, "\x40", 1 } } },
		{ "swap", { { 4086, "SWAPSPACE2", 10 } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct partition_source s = { read_image, &image, image.size, 512 };
		struct error e = { 0 };

		memset(disk, 0, DISK_BYTES);
		for (size_t j = 0; j < 4 && tests[i].put[j].n; j++)
			memcpy(disk + 1536 + tests[i].put[j].at, tests[i].put[j].bytes,
			       tests[i].put[j].n);
		const char *got = content_probe(&s, 1536, 1 << 20, &e);
		assert_non_null(got);
		if (strcmp(got, tests[i].want) != 0)
			fail_msg("%zu: '%s', not '%s'", i, got, tests[i].want);
		/* Cut off before the mark it is unknown, never read past the end. */
		for (uint64_t size = 0; size < 6000; size += 512) {
			got = content_probe(&s, 1536, size, &e);
			assert_true(got && (!*got || strcmp(got, tests[i].want) == 0));
		}
	}
}

static void bad_sectors(void **state)
{
	const struct partition_source s = { read_image, &image, image.size, 512 };
	struct error e = { 0 };

	(void)state;
	make_gpt(disk, 512);
	image.bad_from = 100 * 512;
	image.bad_to = 101 * 512;
	assert_int_equal(look(512)->kind, TABLE_GPT);
	assert_int_equal(table.flags, TABLE_PART_UNREADABLE);
	assert_string_equal(table.list[0].content, "");
	image.bad_from = 0;
	image.bad_to = 1;
	assert_false(partition_table_read(&s, &table, &e));
	assert_string_equal(e.text, "bad sector");
}

#define MIB ((uint64_t)1 << 20)

/* A disk as large as wanted that is all alike: each MiB begins with these bytes, or cannot be read. */
struct pattern {
	uint8_t head[4096];
	bool unreadable;
	size_t reads;
};

static bool read_pattern(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct pattern *p = ctx;
	uint8_t *to = buf;

	p->reads++;
	if (p->unreadable)
		return error_set(e, ERROR_FAILED, "bad sector");
	for (size_t i = 0; i < len; i++) {
		const uint64_t at = (offset + i) % MIB;

		to[i] = at < sizeof(p->head) ? p->head[at] : 0;
	}
	return true;
}

static void searched(void **state)
{
	struct pattern p = { 0 };
	struct partition_source s = { read_pattern, &p, 1000 * MIB, 512 };

	(void)state;
	memset(&table, 0, sizeof(table));
	partition_search(&s, &table);
	assert_int_equal(table.count, 0);
	assert_int_equal(table.flags, 0);
	/* the two bytes of ext, of a size that cannot be, and of one that can */
	put(p.head + 1024 + 56, 0xef53, 2);
	partition_search(&s, &table);
	assert_int_equal(table.count, 0);
	put(p.head + 1024 + 4, 1024000, 4);
	partition_search(&s, &table);
	assert_int_equal(table.count, 0);
	put(p.head + 1024 + 4, 300 * 1024, 4);
	put(p.head + 1024 + 20, 1, 4);
	put(p.head + 2048 + 8, 3, 4);
	put(p.head + 3072 + 128, 0x41ed, 2); /* its root */
	partition_search(&s, &table);
	assert_int_equal(table.count, 3);
	assert_int_equal(table.flags, TABLE_SEARCHED);
	for (size_t i = 0; i < table.count; i++) {
		assert_int_equal(table.list[i].number, i + 1);
		assert_int_equal(table.list[i].first_byte, (1 + 300 * i) * MIB);
		assert_int_equal(table.list[i].size_bytes, 300 * MIB);
	}
	/* one of which the end is missing, of the kind that has a name */
	memset(&table, 0, sizeof(table));
	memset(p.head, 0, sizeof(p.head));
	memcpy(p.head + 3, "NTFS    ", 8);
	put(p.head + 11, 512, 2);
	put(p.head + 13, 1, 1);
	put(p.head + 40, 600 * MIB / 512 - 1, 8);
	put(p.head + 48, 2, 8);
	memcpy(p.head + 1024, "FILE", 4);
	partition_search(&s, &table);
	assert_int_equal(table.count, 2);
	assert_int_equal(table.list[0].size_bytes, 600 * MIB);
	assert_int_equal(table.list[1].size_bytes, 399 * MIB);
	/* only its beginning: it does not hide what lies behind, which is nothing else here */
	memset(&table, 0, sizeof(table));
	memset(p.head + 1024, 0, 4);
	partition_search(&s, &table);
	assert_int_equal(table.count, PARTITIONS_MAX);
	assert_int_equal(table.list[1].first_byte, 2 * MIB);
	/* what does not say how large it is, more often than there is room for */
	memset(&table, 0, sizeof(table));
	memcpy(p.head, "LUKS\xba\xbe\0\2", 8);
	partition_search(&s, &table);
	assert_int_equal(table.count, PARTITIONS_MAX);
	assert_int_equal(table.flags, TABLE_SEARCHED | TABLE_MORE);
	for (size_t i = 0; i < table.count; i++)
		assert_int_equal(table.list[i].size_bytes, MIB);
	/* and up to the end */
	memset(&table, 0, sizeof(table));
	s.size_bytes = 3 * MIB - 512;
	partition_search(&s, &table);
	assert_int_equal(table.count, 2);
	assert_int_equal(table.list[1].size_bytes, MIB - 512);
}

/* It ends, however large the disk is, and sooner where nothing can be read. */
static void searched_for_long(void **state)
{
	struct pattern p = { 0 };
	const struct partition_source s = { read_pattern, &p, UINT64_MAX & ~(MIB - 1), 4096 };

	(void)state;
	memset(&table, 0, sizeof(table));
	partition_search(&s, &table);
	assert_true(p.reads >= SEARCH_PLACES && p.reads <= 3 * SEARCH_PLACES);
	p.unreadable = true;
	p.reads = 0;
	partition_search(&s, &table);
	assert_true(p.reads > 100 && p.reads < 200);
	assert_int_equal(table.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(gpt_good, setup, teardown),
		cmocka_unit_test_setup_teardown(gpt_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(gpt_raw, setup, teardown),
		cmocka_unit_test_setup_teardown(gpt_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(gpt_more, setup, teardown),
		cmocka_unit_test_setup_teardown(mbr_chain, setup, teardown),
		cmocka_unit_test_setup_teardown(mbr_long_chain, setup, teardown),
		cmocka_unit_test_setup_teardown(not_a_table, setup, teardown),
		cmocka_unit_test_setup_teardown(contents, setup, teardown),
		cmocka_unit_test_setup_teardown(bad_sectors, setup, teardown),
		cmocka_unit_test(searched),
		cmocka_unit_test(searched_for_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
