/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths as long as they may be, and longer ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define BUILD_RECORDS 1200u
#include "ntfs_builder.h"

#define FIRST 20u /* record of the outermost folder */

struct seen {
	size_t good, orphans;
	size_t longest; /* bytes of a good path */
};

static bool count(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	assert_int_equal(entry->flags, 0);
	if (strncmp(entry->path, "$Orphans/", 9) == 0) {
		s->orphans++;
		return true;
	}
	s->good++;
	if (strlen(entry->path) > s->longest)
		s->longest = strlen(entry->path);
	return true;
}

/* `folders` folders, each in the one before, all of that name; then a file in each of the last
 * two. Inner ones come first in the MFT if `backwards`. */
static struct seen chain(unsigned folders, const char *name, const char *file, bool backwards)
{
	struct seen s = { 0 };
	struct error e = { 0 };
	struct builder b;
	unsigned last = FIRST;

	build_init(&b, 512, 4096, 1024, 400);
	for (unsigned i = 0; i < folders; i++) {
		unsigned own = backwards ? FIRST + folders - i : FIRST + i;

		build_file(&b, own, i ? REF(last) : ROOT_REF, name, NTFS_FOLDER);
		if (i + 2 == folders)
			build_file(&b, BUILD_RECORDS - 1, REF(own), file, 0);
		last = own;
	}
	build_file(&b, BUILD_RECORDS - 2, REF(last), file, 0);
	struct filesystem *f = build_open(&b, &e);
	assert_non_null(f);
	assert_true(f->walk(f, count, &s, &e));
	f->close(f);
	build_release(&b);
	return s;
}

static void many_folders(void **state)
{
	(void)state;

	for (unsigned backwards = 0; backwards < 2; backwards++) {
		struct seen s = chain(NTFS_DEPTH_MAX, "a", "file", backwards);
		assert_int_equal(s.good, NTFS_DEPTH_MAX + 2);
		assert_int_equal(s.longest, 2 * NTFS_DEPTH_MAX + 4);
		s = chain(NTFS_DEPTH_MAX + 1, "a", "file", backwards);
		assert_int_equal(s.good, NTFS_DEPTH_MAX + 1 + 1);
		assert_int_equal(s.orphans, 1);
	}
}

static void long_paths(void **state)
{
	char name[256], shorter[255];
	(void)state;

	memset(name, 'n', 255);
	name[255] = '\0';
	memset(shorter, 'n', 254);
	shorter[254] = '\0';
	/* 127 * 256 + 255 = 32767 units. */
	struct seen s = chain(127, name, name, false);
	assert_int_equal(s.good, 127 + 2);
	assert_int_equal(s.longest, NTFS_PATH_UNITS);
	s = chain(128, name, shorter, false);
	assert_int_equal(s.good, 128 + 1);
	assert_int_equal(s.longest, NTFS_PATH_UNITS);
	assert_int_equal(s.orphans, 1);
}

/* Among names that are one unit too long: the file's own one. */
static void one_unit_too_much(void **state)
{
	char name[256], most[255];
	(void)state;

	memset(name, 'n', 255);
	name[255] = '\0';
	memset(most, 'n', 254);
	most[254] = '\0';
	struct error e = { 0 };
	struct seen s = { 0 };
	struct builder b;
	build_init(&b, 512, 4096, 1024, 400);
	for (unsigned i = 0; i < 127; i++)
		build_file(&b, FIRST + i, i ? REF(FIRST + i - 1) : ROOT_REF, i ? name : "12",
			   NTFS_FOLDER);
	/* 3 + 126 * 256 = 32259; a folder of 253 makes it 32513; then a name may have 254. */
	build_file(&b, 200, REF(FIRST + 126), most + 1, NTFS_FOLDER);
	build_file(&b, 201, REF(200), most, 0);
	build_file(&b, 202, REF(200), name, 0);
	struct filesystem *f = build_open(&b, &e);
	assert_true(f->walk(f, count, &s, &e));
	assert_int_equal(s.good, 127 + 2);
	assert_int_equal(s.orphans, 1);
	assert_int_equal(s.longest, NTFS_PATH_UNITS);
	f->close(f);
	build_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_folders),
		cmocka_unit_test(long_paths),
		cmocka_unit_test(one_unit_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
