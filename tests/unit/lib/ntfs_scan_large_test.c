/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Very many records of an MFT: in linear time, or this test takes minutes, and within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "lib/ntfs/scan_inside.h"
#include "ntfs_builder.h"
#include "ntfs_scan.h"

#define LARGE 512u /* bytes of a record */
struct large {
	uint8_t *bytes;
	size_t count;
};

static void large_record(struct large *l, uint32_t number, unsigned flags, uint64_t parent,
			 const char *name)
{
	uint8_t *r = l->bytes + (size_t)number * LARGE, *a = r + 56;
	size_t len = build_name_value(a + 24, parent, name, NTFS_WIN32),
	       all = (24 + len + 7) / 8 * 8;

	memcpy(r, "FILE", 4);
	put(r + 4, 48, 2);
	put(r + 6, LARGE / NTFS_STRIDE + 1, 2);
	put(r + 16, number == 5 ? 5 : 1, 2);
	put(r + 20, 56, 2);
	put(r + 22, NTFS_IN_USE | flags, 2);
	put(r + 24, 56 + all + 8, 4);
	put(r + 44, number, 4);
	put(a, NTFS_FILE_NAME, 4);
	put(a + 4, all, 4);
	put(a + 16, len, 4);
	put(a + 20, 24, 2);
	put(a + all, 0xffffffff, 4);
	build_fixup(r, LARGE);
}

struct tally {
	struct ntfs_scan *scan;
	size_t by_reason[NTFS_ORPHAN_NAMELESS + 1], longest, bytes;
};

static bool count_paths(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	struct tally *t = ctx;
	(void)e;

	for (size_t i = 0; i < r->name_count; i++) {
		struct ntfs_scan_path p =
			ntfs_scan_path(t->scan, r->names[i].parent, r->names[i].units);

		t->by_reason[p.why]++;
		t->bytes += p.len;
		t->longest = p.len > t->longest ? p.len : t->longest;
	}
	return true;
}

static struct tally tally(struct large *l)
{
	struct scan_memory m = { .bytes = l->bytes, .size = l->count * LARGE };
	const struct partition_source s = { scan_memory_read, &m, m.size, 512 };
	struct error e = { 0 };
	struct tally t = { .scan = ntfs_scan_mft(&s, &e) };
	clock_t start = clock();

	assert_non_null(t.scan);
	assert_true(ntfs_scan_folders(t.scan, NULL, &e));
	assert_true(ntfs_scan_each(t.scan, NULL, count_paths, &t, &e));
	ntfs_scan_free(t.scan);
	/* Sanitized, on a busy machine: 0.3 s; what is quadratic takes more than 100. */
	assert_true(clock() - start < 20 * CLOCKS_PER_SEC);
	return t;
}

static void linear_time(void **state)
{
	struct large l = { .count = 100000 + 6 };
	struct tally t;
	(void)state;

	l.bytes = mem_array(l.count, LARGE);
	large_record(&l, 5, NTFS_FOLDER, ROOT_REF, ".");
	/* All in one folder. */
	for (uint32_t i = 6; i < 60006; i++)
		large_record(&l, i, 0, ROOT_REF, "file");
	t = tally(&l);
	assert_int_equal(t.by_reason[NTFS_ORPHAN_NOT], 60001);

	/* Each in the next, the last in the first. */
	for (uint32_t i = 6; i < 100006; i++)
		large_record(&l, i, NTFS_FOLDER, REF(i + 1 < 100006 ? i + 1 : 6), "f");
	t = tally(&l);
	assert_int_equal(t.by_reason[NTFS_ORPHAN_LOOP], 100000);
	assert_int_equal(t.longest, 3);

	/* The same as a way that ends in the root: too deep, in pieces. */
	large_record(&l, 100005, NTFS_FOLDER, ROOT_REF, "f");
	t = tally(&l);
	assert_int_equal(t.by_reason[NTFS_ORPHAN_NOT], NTFS_SCAN_DEPTH + 2); /* and the root */
	assert_int_equal(t.by_reason[NTFS_ORPHAN_DEEP], 100000 - NTFS_SCAN_DEPTH - 1);
	assert_int_equal(t.longest, 2 * NTFS_SCAN_DEPTH + 1);
	free(l.bytes);
}

/* Paths of many folders with long names are not given whole for each of very many files. */
static void long_paths(void **state)
{
	enum { FOLDERS = 1000, LETTERS = 170, FILES = 20000 };
	struct large l = { .count = 6 + FOLDERS + FILES };
	char name[LETTERS + 1] = { 0 };
	(void)state;

	l.bytes = mem_array(l.count, LARGE);
	memset(name, 'n', LETTERS);
	large_record(&l, 5, NTFS_FOLDER, ROOT_REF, ".");
	for (uint32_t i = 6; i < 6 + FOLDERS; i++)
		large_record(&l, i, NTFS_FOLDER, i == 6 ? ROOT_REF : REF(i - 1), name);
	for (uint32_t i = 6 + FOLDERS; i < l.count; i++)
		large_record(&l, i, 0, REF(6 + FOLDERS - 1 - i % 4), "file");
	struct tally t = tally(&l);
	assert_true(t.longest > (FOLDERS - 3) * LETTERS);
	assert_true(t.by_reason[NTFS_ORPHAN_NOT] > NTFS_SCAN_PATHS_BYTES / t.longest);
	assert_true(t.by_reason[NTFS_ORPHAN_DEEP] > FILES / 2);
	assert_true(t.bytes < NTFS_SCAN_PATHS_BYTES + l.count * (NTFS_SCAN_PATH_LONG +
								 NTFS_SCAN_PATHS_EACH + LETTERS));
	free(l.bytes);
}

/* Records that all extend one: their parts are counted, and cut. */
static void many_parts(void **state)
{
	struct large l = { .count = 70006 };
	struct error e = { 0 };
	(void)state;

	l.bytes = mem_array(l.count, LARGE);
	for (uint32_t i = 5; i < l.count; i++) {
		large_record(&l, i, i == 5 ? NTFS_FOLDER : 0, ROOT_REF, "name");
		if (i > 6)
			put(l.bytes + (size_t)i * LARGE + 32, REF(6), 8);
	}
	struct scan_memory m = { .bytes = l.bytes, .size = l.count * LARGE };
	const struct partition_source s = { scan_memory_read, &m, m.size, 512 };
	struct scan_list list = scan_lines(ntfs_scan_mft(&s, &e));
	assert_int_equal(list.records, 2);
	assert_non_null(strstr(list.text.s, "\n6-1 c+ name = name"));
	assert_true(list.text.len < 70000 * 7);
	text_release(&list.text);
	free(l.bytes);
}

/* Records that say that they are shorter than their heads, at the very end of what is kept of all together. */
static void short_heads(void **state)
{
	const uint32_t whole = SCAN_CHUNK_BYTES / LARGE - 1;
	struct large l = { .count = 7 + whole + 2 };
	struct error e = { 0 };
	(void)state;

	for (uint32_t used = 0; used <= 40; used += 8) {
		l.bytes = mem_array(l.count, LARGE);
		for (uint32_t i = 5; i < l.count; i++) {
			uint8_t *r = l.bytes + (size_t)i * LARGE;

			large_record(&l, i, i == 5 ? NTFS_FOLDER : 0, ROOT_REF, "name");
			if (i < 7)
				continue;
			put(r + 24,
			    i < 7 + whole    ? LARGE
			    : i == 7 + whole ? LARGE - used
					     : used,
			    4);
			put(r + 32, REF(6), 8);
		}
		struct scan_memory m = { .bytes = l.bytes, .size = l.count * LARGE };
		const struct partition_source s = { scan_memory_read, &m, m.size, 512 };
		struct scan_list list = scan_lines(ntfs_scan_mft(&s, &e));
		assert_int_equal(list.records, 2);
		text_release(&list.text);
		free(l.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linear_time),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(many_parts),
		cmocka_unit_test(short_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
