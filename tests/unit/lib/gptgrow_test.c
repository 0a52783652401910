/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Growing a partition on media of many sizes, with the current going at every write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/disk/gptgrow.h"
#include "lib/disk/partition.h"

#define SECTOR 512u
#define MIB (UINT64_C(1) << 20)
#define IMAGE_BYTES (531 * MIB) /* as build/image makes it: 2 + 512 + 16 + 1 MiB */
#define KEPT 128u               /* sectors of a medium that are not zero */

/* A medium that keeps only sectors that were written, and may forget unflushed ones. */
struct medium {
	uint64_t size_bytes;
	struct {
		uint64_t lba;
		uint8_t bytes[SECTOR];
		uint8_t old[SECTOR]; /* what a cut brings back */
		bool dirty;
	} kept[KEPT];
	size_t count;
	size_t writes_left; /* sectors until the current goes; SIZE_MAX never */
	size_t written, flushes;
};

static uint8_t *sector_of(struct medium *m, uint64_t lba)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->kept[i].lba == lba)
			return m->kept[i].bytes;
	assert_true(m->count < KEPT);
	m->kept[m->count].lba = lba;
	return m->kept[m->count++].bytes;
}

static bool read_medium(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct medium *m = ctx;

	assert_true(offset % SECTOR == 0 && len % SECTOR == 0);
	if (offset + len > m->size_bytes)
		return error_set(e, ERROR_FAILED, "past the end");
	memset(buf, 0, len);
	for (size_t i = 0; i < m->count; i++)
		if (m->kept[i].lba >= offset / SECTOR && m->kept[i].lba < (offset + len) / SECTOR)
			memcpy((uint8_t *)buf + (m->kept[i].lba * SECTOR - offset),
			       m->kept[i].bytes, SECTOR);
	return true;
}

static bool write_medium(void *ctx, uint64_t offset, const void *buf, size_t len, struct error *e)
{
	struct medium *m = ctx;

	assert_true(offset % SECTOR == 0 && len % SECTOR == 0 && offset + len <= m->size_bytes);
	for (size_t at = 0; at < len; at += SECTOR) {
		if (m->writes_left == 0)
			return error_set(e, ERROR_FAILED, "no current");
		if (m->writes_left != SIZE_MAX)
			m->writes_left--;
		m->written++;
		uint8_t *to = sector_of(m, (offset + at) / SECTOR);
		for (size_t i = 0; i < m->count; i++)
			if (m->kept[i].bytes == to && !m->kept[i].dirty) {
				memcpy(m->kept[i].old, to, SECTOR);
				m->kept[i].dirty = true;
			}
		memcpy(to, (const uint8_t *)buf + at, SECTOR);
	}
	return true;
}

static bool flush_medium(void *ctx, struct error *e)
{
	struct medium *m = ctx;

	if (m->writes_left == 0)
		return error_set(e, ERROR_FAILED, "no current");
	for (size_t i = 0; i < m->count; i++)
		m->kept[i].dirty = false;
	m->flushes++;
	return true;
}

/* The current is back. Of the unflushed sectors some are there, some are not. */
static void cut(struct medium *m, unsigned luck)
{
	for (size_t i = 0; i < m->count; i++) {
		bool lost = luck == 0 || (luck > 1 && (unsigned)rand() % 2);

		if (m->kept[i].dirty && lost)
			memcpy(m->kept[i].bytes, m->kept[i].old, SECTOR);
		m->kept[i].dirty = false;
	}
	m->writes_left = SIZE_MAX;
}

static struct gpt_device device_of(struct medium *m)
{
	return (struct gpt_device){ read_medium, write_medium, flush_medium, m, m->size_bytes };
}

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void put_header(struct medium *m, uint64_t own, uint64_t other, uint64_t entries_at,
		       const uint8_t *entries)
{
	uint8_t *h = sector_of(m, own);

	memset(h, 0, SECTOR);
	memcpy(h, "EFI PART\0\0\1\0\x5c\0\0", 16);
	put(h + 24, own, 8);
	put(h + 32, other, 8);
	put(h + 40, 34, 8);
	put(h + 48, IMAGE_BYTES / SECTOR - 34, 8);
	memcpy(h + 56, "a stick of ours!", 16);
	put(h + 72, entries_at, 8);
	put(h + 80, 128, 4);
	put(h + 84, 128, 4);
	put(h + 88, gpt_crc32(0, entries, 16384), 4);
	put(h + 16, gpt_crc32(0, h, 92), 4);
	for (unsigned i = 0; i < 32; i++)
		memcpy(sector_of(m, entries_at + i), entries + (size_t)i * SECTOR, SECTOR);
}

/* The three partitions of docs/formats/stick.md, on a medium that may be larger. */
static void make_stick(struct medium *m, uint64_t size_bytes)
{
	static const uint64_t parts[][2] = {
		{ 2048, 4095 },
		{ 4096, 4096 + 512 * 2048 - 1 },
		{ 4096 + 512 * 2048, 4096 + 528 * 2048 - 1 },
	};
	uint8_t *entries = mem_alloc(16384);

	*m = (struct medium){ .size_bytes = size_bytes, .writes_left = SIZE_MAX };
	for (size_t i = 0; i < 3; i++) {
		memset(entries + i * 128, (int)i + 1, 32);
		put(entries + i * 128 + 32, parts[i][0], 8);
		put(entries + i * 128 + 40, parts[i][1], 8);
		entries[i * 128 + 56] = (uint8_t)('A' + i);
	}
	uint8_t *mbr = sector_of(m, 0);
	memset(mbr, 0xeb, 440); /* boot code, which must stay */
	put(mbr + 446, 0x80, 1);
	put(mbr + 450, 0xee, 1);
	put(mbr + 454, 1, 4);
	put(mbr + 458, IMAGE_BYTES / SECTOR - 1, 4);
	put(mbr + 510, 0xaa55, 2);
	put_header(m, 1, IMAGE_BYTES / SECTOR - 1, 2, entries);
	put_header(m, IMAGE_BYTES / SECTOR - 1, 1, IMAGE_BYTES / SECTOR - 33, entries);
	free(entries);
}

static struct partition_table *table_of(struct medium *m)
{
	const struct partition_source s = { read_medium, m, m->size_bytes, SECTOR };
	struct partition_table *t = mem_alloc(sizeof(*t));
	struct error e = { 0 };

	if (!partition_table_read(&s, t, &e))
		fail_msg("%s", e.text);
	return t;
}

static struct gpt_growth *grow(struct medium *m)
{
	const struct gpt_device d = device_of(m);
	struct gpt_growth *g = mem_alloc(sizeof(*g));
	struct error e = { 0 };

	if (!gpt_growth_plan(&d, 3, g, &e))
		fail_msg("%s", e.text);
	if (g->needed)
		assert_true(gpt_growth_write(&d, g, &e) || m->writes_left == 0);
	return g;
}

/* Three partitions, the first two as they were, the third of this size. */
static void expect_table(struct medium *m, uint64_t third_bytes, unsigned flags)
{
	struct partition_table *t = table_of(m);

	assert_int_equal(t->kind, TABLE_GPT);
	assert_int_equal(t->flags & ~flags, 0);
	assert_int_equal(t->count, 3);
	assert_int_equal(t->list[0].first_byte, MIB);
	assert_int_equal(t->list[0].size_bytes, MIB);
	assert_int_equal(t->list[1].first_byte, 2 * MIB);
	assert_int_equal(t->list[1].size_bytes, 512 * MIB);
	assert_int_equal(t->list[2].first_byte, 514 * MIB);
	assert_int_equal(t->list[2].size_bytes, third_bytes);
	free(t);
}

static void sizes(void **state)
{
	static const struct {
		uint64_t medium_bytes, want_bytes;
	} tests[] = {
		{ IMAGE_BYTES, 16 * MIB }, /* exactly as large as the image: nothing to do */
		{ IMAGE_BYTES + 512, 16 * MIB },
		{ IMAGE_BYTES + MIB, 17 * MIB },
		{ 2000 * MIB, 1485 * MIB },
		{ UINT64_C(4000000000), 3300 * MIB },
		{ UINT64_C(64) << 30, (UINT64_C(64) << 30) - 515 * MIB },
		{ UINT64_C(64023257088), 0 }, /* an odd one, for the invariants alone */
		{ UINT64_C(4) << 40, (UINT64_C(4) << 40) - 515 * MIB },
	};
	struct medium *m = mem_alloc(sizeof(*m));

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		make_stick(m, tests[i].medium_bytes);
		struct gpt_growth *g = grow(m);
		uint64_t got = g->size_bytes, end = g->first_byte + got;

		assert_int_equal(end % MIB, 0);
		assert_true(end <= tests[i].medium_bytes - 33 * 512);
		assert_true(end + MIB > tests[i].medium_bytes - 33 * 512);
		if (tests[i].want_bytes)
			assert_int_equal(got, tests[i].want_bytes);
		assert_int_equal(g->needed, tests[i].medium_bytes != IMAGE_BYTES);
		free(g);
		expect_table(m, got, 0);
		/* boot code kept, protective partition over the whole medium */
		assert_int_equal(sector_of(m, 0)[439], 0xeb);
		assert_int_equal(sector_of(m, 0)[446], 0x80);
		/* the second time there is nothing to do, and the backup is a table too */
		m->written = 0;
		free(grow(m));
		assert_int_equal(m->written, 0);
		memset(sector_of(m, 1), 0, SECTOR);
		expect_table(m, got, TABLE_BACKUP_USED);
		free(grow(m));
		expect_table(m, got, 0);
	}
	free(m);
}

static void cuts(void **state)
{
	const uint64_t size_bytes = 4000 * MIB, grown = 3485 * MIB;
	struct medium *m = mem_alloc(sizeof(*m)), *done = mem_alloc(sizeof(*done));

	(void)state;
	srand(4);
	make_stick(done, size_bytes);
	free(grow(done));
	assert_int_equal(done->written, 67);
	assert_int_equal(done->flushes, 2);
	for (size_t n = 0; n <= done->written; n++)
		for (unsigned luck = 0; luck < 6; luck++) {
			make_stick(m, size_bytes);
			m->writes_left = n;
			free(grow(m));
			cut(m, luck);
			struct partition_table *t = table_of(m);
			bool is_old = t->count == 3 && t->list[2].size_bytes == 16 * MIB;
			free(t);
			expect_table(m, is_old ? 16 * MIB : grown, TABLE_BACKUP_USED);
			free(grow(m)); /* the next start */
			expect_table(m, grown, 0);
			uint8_t now[34 * 512], want[34 * 512];
			struct error e = { 0 };
			assert_true(read_medium(m, 0, now, sizeof(now), &e) &&
				    read_medium(done, 0, want, sizeof(want), &e));
			assert_memory_equal(now, want, sizeof(now));
		}
	free(m);
	free(done);
}

static void refusals(void **state)
{
	static const struct {
		const char *name;
		uint64_t medium_bytes;
		unsigned number;
		unsigned wipe; /* sectors 1 to this and the backup's header */
		const char *want;
	} tests[] = {
		{ "cut off", IMAGE_BYTES - 8 * MIB, 3, 0, "smaller than its partition table" },
		{ "no such partition", 4000 * MIB, 4, 0, "no data partition" },
		{ "not the last", 4000 * MIB, 2, 0, "not its last" },
		{ "no table", 4000 * MIB, 3, 1, "both partition tables" },
		{ "tiny", 2 * MIB, 3, 0, "no data partition" },
	};
	struct medium *m = mem_alloc(sizeof(*m));
	struct gpt_growth *g = mem_alloc(sizeof(*g));

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct error e = { 0 };

		make_stick(m, tests[i].medium_bytes);
		const struct gpt_device d = device_of(m);
		if (tests[i].wipe)
			memset(sector_of(m, 1), 0, SECTOR);
		if (gpt_growth_plan(&d, tests[i].number, g, &e) || !strstr(e.text, tests[i].want))
			fail_msg("%s: %s", tests[i].name, e.kind ? e.text : "taken");
		assert_int_equal(m->written, 0);
	}
	free(g);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(cuts),
		cmocka_unit_test(refusals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
