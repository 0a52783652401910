/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same partitions on disks of many sizes, and what other programs say of the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../folder.h"
#include "lib/base/memory.h"
#include "lib/base/reader.h"
#include "lib/disk/partition.h"
#include "lib/image/layout.h"

#define MIB (UINT64_C(1) << 20)
#define SOURCE_MIB 512
#define TAIL (33 * 512) /* what the backup of a GPT takes */

/* A PC as it comes: EFI system, reserved, Windows, recovery behind it. */
static const struct kimg_partition pc[] = {
	{ .number = 1,
	  .first_byte = 1 * MIB,
	  .size_bytes = 100 * MIB,
	  .smallest_bytes = 100 * MIB,
	  .type = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0, 0xc9,
		    0x3e, 0xc9, 0x3b },
	  .id = { 1, 2 },
	  .name = { 'E', 0, 'F', 0, 'I' },
	  .content = KIMG_CONTENT_FAT },
	{ .number = 2,
	  .first_byte = 101 * MIB,
	  .size_bytes = 16 * MIB,
	  .smallest_bytes = 16 * MIB,
	  .type = { 0x16, 0xe3 },
	  .id = { 2, 2 } },
	{ .number = 3,
	  .flags = KIMG_GROWS,
	  .first_byte = 117 * MIB,
	  .size_bytes = 300 * MIB,
	  .smallest_bytes = 200 * MIB + 4096,
	  .type = { 0xa2, 0xa0 },
	  .id = { 3, 2 },
	  .attributes = UINT64_C(1) << 63,
	  .content = KIMG_CONTENT_NTFS },
	{ .number = 4,
	  .first_byte = 417 * MIB,
	  .size_bytes = 90 * MIB,
	  .smallest_bytes = 90 * MIB,
	  .type = { 0xa4, 0xbb },
	  .id = { 4, 2 },
	  .attributes = 1 },
};

/* One of ext, from a Linux server; everything on multiples of 4096. */
static const struct kimg_partition server[] = {
	{ .number = 7,
	  .flags = KIMG_GROWS,
	  .first_byte = MIB,
	  .size_bytes = 100 * MIB,
	  .smallest_bytes = 50 * MIB,
	  .type = { 0xaf, 0x3d },
	  .id = { 7, 2 },
	  .content = KIMG_CONTENT_EXT,
	  .block_bytes = 4096 },
};

enum { PC, SERVER, ODD_SERVER, SMALL_BLOCKS, EMPTY };

static struct kimg_manifest manifest_of(int which, struct kimg_partition *list,
					struct kimg_payload *payload)
{
	struct kimg_manifest m = { .disk_bytes = SOURCE_MIB * MIB,
				   .sector_bytes = 512,
				   .table = KIMG_TABLE_GPT,
				   .disk_id = { 5, 5 },
				   .has_boot_code = which == PC,
				   .boot_code = { 0xeb },
				   .partitions = list,
				   .payloads = payload,
				   .partition_count = which == PC ? 4 : 1,
				   .payload_count = 1 };

	memcpy(list, which == PC ? pc : server, which == PC ? sizeof(pc) : sizeof(server));
	if (which == ODD_SERVER)
		list[0].first_byte = 34 * 512;
	if (which == SMALL_BLOCKS)
		list[0].block_bytes = 1024;
	if (which == EMPTY)
		list[0].smallest_bytes = 0;
	*payload = (struct kimg_payload){ .kind = KIMG_PAYLOAD_PARTITION,
					  .partition = list[m.partition_count - 1].number };
	return m;
}

/* The table into a file, judged by others. Nothing but a hole between its ends. */
static void judged(const struct layout *l, uint64_t size, uint32_t sector, const char *name)
{
	int fd = open("disk", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char *commands;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	assert_int_equal(pwrite(fd, l->table.s, l->table.len, 0), l->table.len);
	assert_int_equal(pwrite(fd, l->backup.s, l->backup.len, (off_t)l->backup_at),
			 l->backup.len);
	close(fd);
	commands = mem_format(
		"fail() { echo \"%s: $1\"; cat said; exit 1; }\n"
		"LC_ALL=C fdisk -b %u -l disk > said 2>&1 || fail fdisk\n"
		"grep -q 'Disklabel type: gpt' said || fail 'no GPT'\n"
		"! grep -qi 'corrupt\\|not properly\\|backup\\|mismatch' said || fail fdisk\n"
		"[ %u = 512 ] || exit 0\n"
		"sfdisk --verify disk > said 2>&1 && grep -q 'No errors' said || fail sfdisk\n"
		"! grep -q 'does not start on physical' said || fail alignment\n"
		"! command -v sgdisk > said || { sgdisk -v disk > said 2>&1 &&\n"
		"grep -q 'No problems found' said || fail sgdisk; }",
		name, sector, sector);
	folder_run(commands);
	free(commands);
}

static bool read_text(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct layout *l = ctx;

	(void)e;
	memset(buf, 0, len);
	for (size_t i = 0; i < len; i++) {
		uint64_t at = offset + i;

		if (at < l->table.len)
			((uint8_t *)buf)[i] = (uint8_t)l->table.s[at];
		else if (at >= l->backup_at && at < l->backup_at + l->backup.len)
			((uint8_t *)buf)[i] = (uint8_t)l->backup.s[at - l->backup_at];
	}
	return true;
}

static void check(const struct kimg_manifest *m, struct layout *l, uint64_t size, uint32_t sector,
		  const char *name)
{
	const struct partition_source s = { read_text, l, size, sector };
	struct partition_table *t = mem_alloc(sizeof(*t));
	struct error e = { 0 };

	assert_true(partition_table_read(&s, t, &e));
	if (t->kind != TABLE_GPT || t->flags || t->count != m->partition_count)
		fail_msg("%s: table %d, flags %u", name, t->kind, t->flags);
	for (size_t i = 0; i < t->count; i++)
		if (t->list[i].number != m->partitions[i].number ||
		    t->list[i].first_byte != l->partitions[i].first_byte ||
		    t->list[i].size_bytes != l->partitions[i].size_bytes)
			fail_msg("%s: partition %zu", name, i);
	assert_string_equal(t->id, "00000505-0000-0000-0000-000000000000");
	/* Partitions may lie right up to the tables: no other program minds if the header lies here. */
	const uint8_t *header = (uint8_t *)l->table.s + sector;
	struct reader usable = reader_of(header + 40, 16);
	assert_int_equal(reader_le64(&usable), l->table.len / sector);
	assert_int_equal(reader_le64(&usable), l->backup_at / sector - 1);
	/* The backup says the same. */
	char first = l->table.s[sector];
	l->table.s[sector] = 'x';
	assert_true(partition_table_read(&s, t, &e));
	assert_int_equal(t->kind, TABLE_GPT);
	assert_int_equal(t->flags, TABLE_BACKUP_USED);
	l->table.s[sector] = first;
	free(t);
}

static void places(void **state)
{
	static const struct {
		const char *name;
		int which;
		uint64_t bytes;
		uint32_t sector;
		enum layout_fit fit;
		/* of the one that grows, and where the last one begins; or what is said */
		uint64_t size_mib, last_mib;
		const char *says;
	} tests[] = {
		{ "as it was", PC, 512 * MIB, 512, LAYOUT_AS_IS, 300, 417, NULL },
		{ "grow, the free end", PC, 512 * MIB, 512, LAYOUT_GROW, 304, 421, NULL },
		{ "larger", PC, 1000 * MIB, 512, LAYOUT_AS_IS, 300, 417, NULL },
		{ "larger, grow", PC, 1000 * MIB, 512, LAYOUT_GROW, 792, 909, NULL },
		{ "larger, odd", PC, 1000 * MIB + 512, 512, LAYOUT_GROW, 792, 909, NULL },
		{ "no multiple of the sector", PC, 1000 * MIB + 77, 512, LAYOUT_GROW, 792, 909,
		  NULL },
		{ "3 TB", PC, UINT64_C(3000592982016), 512, LAYOUT_GROW, 2861381, 2861498, NULL },
		{ "without the free end", PC, 507 * MIB + TAIL, 512, LAYOUT_AS_IS, 300, 417, NULL },
		{ "without it, grow", PC, 507 * MIB + TAIL, 512, LAYOUT_GROW, 300, 417, NULL },
		{ "a sector smaller", PC, 507 * MIB + TAIL - 512, 512, LAYOUT_AS_IS, 299, 416,
		  NULL },
		{ "the same, grow", PC, 507 * MIB + TAIL - 512, 512, LAYOUT_GROW, 299, 416, NULL },
		{ "the smallest", PC, 408 * MIB + TAIL, 512, LAYOUT_AS_IS, 201, 318, NULL },
		{ "smaller", PC, 408 * MIB + TAIL - 512, 512, LAYOUT_AS_IS, 0, 0,
		  "512 bytes (512 B) are missing" },
		{ "far smaller", PC, 100 * MIB, 512, LAYOUT_AS_IS, 0, 0,
		  "322978304 bytes (323 MB) are missing" },
		{ "nothing", PC, 0, 512, LAYOUT_GROW, 0, 0, "34304 bytes (34 kB) are missing" },
		{ "4Kn, NTFS", PC, 1000 * MIB, 4096, LAYOUT_AS_IS, 0, 0,
		  "of a disk with sectors of 512 bytes, the target has 4096" },
		{ "4Kn, ext", SERVER, 200 * MIB, 4096, LAYOUT_AS_IS, 100, 1, NULL },
		{ "4Kn, ext, grow", SERVER, 200 * MIB, 4096, LAYOUT_GROW, 198, 1, NULL },
		{ "4Kn, ext, smaller", SERVER, 90 * MIB, 4096, LAYOUT_GROW, 88, 1, NULL },
		{ "4Kn, ext, at odd sectors", ODD_SERVER, 200 * MIB, 4096, LAYOUT_AS_IS, 0, 0,
		  "not everything in it works there" },
		{ "4Kn, ext with small blocks", SMALL_BLOCKS, 200 * MIB, 4096, LAYOUT_AS_IS, 0, 0,
		  "not everything in it works there" },
		{ "nothing of it", EMPTY, MIB + TAIL, 512, LAYOUT_AS_IS, 0, 0,
		  "1048576 bytes (1.0 MB) are missing" },
		{ "a MiB of it", EMPTY, 2 * MIB + TAIL, 512, LAYOUT_AS_IS, 1, 1, NULL },
		{ "other sectors", SERVER, 200 * MIB, 1024, LAYOUT_AS_IS, 0, 0, "has 1024" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint64_t size = tests[i].bytes - tests[i].bytes % tests[i].sector;
		struct kimg_partition list[4];
		struct kimg_payload payload;
		struct kimg_manifest m = manifest_of(tests[i].which, list, &payload);
		struct layout l;
		struct error e = { 0 };
		bool ok = layout_make(&m, tests[i].bytes, tests[i].sector, tests[i].fit, &l, &e);
		size_t grows = tests[i].which == PC ? 2 : 0, last = m.partition_count - 1;

		if (ok != !tests[i].says || (!ok && !strstr(e.text, tests[i].says)))
			fail_msg("%s: %s", tests[i].name, e.text);
		if (ok && (l.partitions[grows].size_bytes != tests[i].size_mib * MIB ||
			   l.partitions[last].first_byte != tests[i].last_mib * MIB))
			fail_msg("%s: %llu MiB, last at %llu", tests[i].name,
				 l.partitions[grows].size_bytes / MIB + 0ULL,
				 l.partitions[last].first_byte / MIB + 0ULL);
		if (ok) {
			assert_int_equal(l.moved,
					 l.partitions[grows].size_bytes != list[grows].size_bytes);
			assert_int_equal(l.backup_at + l.backup.len, size);
			check(&m, &l, size, tests[i].sector, tests[i].name);
			judged(&l, size, tests[i].sector, tests[i].name);
			assert_int_equal((uint8_t)l.table.s[0], tests[i].which == PC ? 0xeb : 0);
		}
		layout_release(&l);
	}
}

static void put32(uint8_t *p, uint64_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* Where a logical partition is the last one, an MBR is as it is, or it is not restored. */
static void mbr(void **state)
{
	static const struct {
		const char *name;
		uint64_t bytes;
		uint32_t sector;
		enum layout_fit fit;
		const char *says;
	} tests[] = {
		{ "as it was", 20 * MIB, 512, LAYOUT_AS_IS, NULL },
		{ "larger", 30 * MIB, 512, LAYOUT_AS_IS, NULL },
		{ "without the free end", 17 * MIB, 512, LAYOUT_AS_IS, NULL },
		/* The logical one ends at 16 MiB, but the extended one around it at 17. */
		{ "smaller", 17 * MIB - 1024, 512, LAYOUT_AS_IS,
		  "1024 bytes (1.0 kB) are missing" },
		{ "smaller than the last", 15 * MIB, 512, LAYOUT_AS_IS, "1048576 bytes" },
		{ "grow", 30 * MIB, 512, LAYOUT_GROW, "no partition that may grow" },
		{ "4Kn", 30 * MIB, 4096, LAYOUT_AS_IS, "sectors of 512 bytes" },
	};
	uint8_t first[512] = { 0xfa }, logical[512] = { 0 };
	struct kimg_partition list[] = {
		{ .number = 1, .first_byte = MIB, .size_bytes = 4 * MIB, .type = { 7 } },
		{ .number = 5,
		  .flags = KIMG_GROWS,
		  .first_byte = 6 * MIB,
		  .size_bytes = 10 * MIB,
		  .smallest_bytes = MIB,
		  .type = { 0x83 } },
	};
	struct kimg_sector sectors[] = { { 0, first }, { 5 * MIB, logical } };
	const struct kimg_manifest m = { .disk_bytes = 20 * MIB,
					 .sector_bytes = 512,
					 .table = KIMG_TABLE_MBR,
					 .sectors = sectors,
					 .sector_count = 2,
					 .partitions = list,
					 .partition_count = 2 };

	(void)state;
	first[446 + 4] = 7;
	put32(first + 446 + 8, 2048);
	put32(first + 446 + 12, 4 * 2048);
	first[462 + 4] = 5;
	put32(first + 462 + 8, 5 * 2048);
	put32(first + 462 + 12, 12 * 2048);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct layout l;
		struct error e = { 0 };
		bool ok = layout_make(&m, tests[i].bytes, tests[i].sector, tests[i].fit, &l, &e);

		if (ok != !tests[i].says || (!ok && !strstr(e.text, tests[i].says)))
			fail_msg("%s: %s", tests[i].name, e.text);
		if (ok) {
			assert_int_equal(l.table.len, 512);
			assert_memory_equal(l.table.s, first, 512);
			assert_int_equal(l.backup.len, 0);
			assert_false(l.moved);
			assert_int_equal(l.partitions[1].first_byte, 6 * MIB);
		}
		layout_release(&l);
	}
}

/* But for the entry of a primary partition that nothing lies behind. */
static void mbr_entry_is_fitted(void **state)
{
	static const struct {
		const char *name;
		uint64_t bytes, last_bytes;
		enum layout_fit fit;
		uint8_t size[4], last[3]; /* in sectors; its end by head, sector, cylinder */
		const char *says;
	} tests[] = {
		{ "as it was", 20 * MIB, MIB, LAYOUT_AS_IS, { 0, 0x50 }, { 1, 2, 3 }, NULL },
		{ "grow", 30 * MIB, MIB, LAYOUT_GROW, { 0, 0xc0 }, { 210, 15, 3 }, NULL },
		{ "cut", 12 * MIB, MIB, LAYOUT_AS_IS, { 0, 0x30 }, { 135, 6, 1 }, NULL },
		{ "cut too far", 7 * MIB - 512, MIB, LAYOUT_AS_IS, { 0 }, { 0 }, "512 bytes" },
		{ "beyond cylinders",
		  9000 * MIB,
		  MIB,
		  LAYOUT_GROW,
		  { 0, 0x10, 0x19, 1 },
		  { 254, 255, 255 },
		  NULL },
		{ "beyond 32 bits",
		  UINT64_C(3) << 40,
		  MIB,
		  LAYOUT_GROW,
		  { 0, 0xc8, 0xff, 0xff },
		  { 254, 255, 255 },
		  NULL },
		{ "something behind it",
		  30 * MIB,
		  17 * MIB,
		  LAYOUT_GROW,
		  { 0 },
		  { 0 },
		  "no partition that may grow" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint8_t first[512] = { 0xfa };
		struct kimg_partition list[] = {
			{ .number = 2,
			  .flags = KIMG_GROWS,
			  .first_byte = 6 * MIB,
			  .size_bytes = 10 * MIB,
			  .smallest_bytes = MIB,
			  .type = { 0x83 } },
		};
		struct kimg_sector sectors[] = { { 0, first } };
		const struct kimg_manifest m = { .disk_bytes = 20 * MIB,
						 .sector_bytes = 512,
						 .table = KIMG_TABLE_MBR,
						 .sectors = sectors,
						 .sector_count = 1,
						 .partitions = list,
						 .partition_count = 1 };
		struct layout l;
		struct error e = { 0 };

		/* An extended one that is empty is no record. */
		first[446 + 4] = 5;
		put32(first + 446 + 8, tests[i].last_bytes / 512);
		put32(first + 446 + 12, 2048);
		memcpy(first + 462, "\x80\x00\x21\x00\x83\x01\x02\x03", 8);
		put32(first + 462 + 8, 6 * 2048);
		put32(first + 462 + 12, 10 * 2048);
		bool ok = layout_make(&m, tests[i].bytes, 512, tests[i].fit, &l, &e);
		if (ok != !tests[i].says || (!ok && !strstr(e.text, tests[i].says)))
			fail_msg("%s: %s", tests[i].name, e.text);
		if (ok) {
			uint8_t want[512];

			memcpy(want, first, sizeof(want));
			memcpy(want + 462 + 5, tests[i].last, 3);
			memcpy(want + 462 + 12, tests[i].size, 4);
			for (size_t k = 0; k < sizeof(want); k++)
				if ((uint8_t)l.table.s[k] != want[k])
					fail_msg("%s: byte %zu is %02x", tests[i].name, k,
						 (uint8_t)l.table.s[k]);
			assert_int_equal(l.moved, want[462 + 13] != 0x50);
		}
		layout_release(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
		cmocka_unit_test(mbr),
		cmocka_unit_test(mbr_entry_is_fitted),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
