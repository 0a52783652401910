/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sysimage/capture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>
/* After what it needs. */
#include <cmocka.h>

#include <linux/magic.h>

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

int __real_fstatfs(int fd, struct statfs *st);
int __wrap_fstatfs(int fd, struct statfs *st);

static const struct statfs *medium; /* NULL: the one that is there */

int __wrap_fstatfs(int fd, struct statfs *st)
{
	if (!medium)
		return __real_fstatfs(fd, st);
	*st = *medium;
	return 0;
}

/* What is said of a write that failed so. */
static void explains(void **state)
{
	static const struct {
		struct capture_room room;
		int write_errno;
		enum error_kind kind;
		const char *want; /* in the words; NULL: they stay as they were */
	} rows[] = {
		{ { true, true, 9 * GIB }, EFBIG, ERROR_FAILED, "as FAT" },
		{ { true, false, 9 * GIB }, EFBIG, ERROR_FAILED, NULL },
		{ { true, true, 9 * GIB }, ENOSPC, ERROR_FAILED, "no room left" },
		{ { true, false, 9 * GIB }, EDQUOT, ERROR_FAILED, "no room left" },
		{ { false, false, 0 }, ENOSPC, ERROR_FAILED, "no room left" },
		{ { true, true, 0 }, EIO, ERROR_FAILED, NULL },
		{ { true, true, 0 }, 0, ERROR_FAILED, NULL }, /* it was not a write */
		{ { true, true, 0 }, 0, ERROR_UNTRUSTED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { 0 };

		print_message("row %zu\n", i);
		error_set(&e, rows[i].kind, "it was so");
		assert_false(capture_room_explain(&rows[i].room, rows[i].write_errno, &e));
		assert_int_equal(e.kind, rows[i].kind);
		assert_non_null(strstr(e.text, rows[i].want ? rows[i].want : "it was so"));
	}
}

/* A folder in memory is not FAT and has room. */
static void looks(void **state)
{
	FILE *f = tmpfile();
	struct capture_room r;

	(void)state;
	assert_non_null(f);
	capture_room_look(&r, fileno(f));
	assert_true(r.known);
	assert_false(r.fat);
	fclose(f);
	capture_room_look(&r, -1);
	assert_false(r.known);
}

/* What only root may fill is not free. */
static void tells_fat(void **state)
{
	const struct statfs stick = {
		.f_type = MSDOS_SUPER_MAGIC, .f_bsize = 4096, .f_bfree = 9, .f_bavail = 5
	};
	struct capture_room r;

	(void)state;
	medium = &stick;
	capture_room_look(&r, -1);
	medium = NULL;
	assert_true(r.known && r.fat);
	assert_int_equal(r.free_bytes, 5 * 4096);
}

/* What a function prints on stderr. */
static void said_by_warn(const struct capture *c, char *said, size_t max)
{
	FILE *f = tmpfile();
	int old = dup(STDERR_FILENO);

	assert_non_null(f);
	dup2(fileno(f), STDERR_FILENO);
	capture_room_warn(c);
	dup2(old, STDERR_FILENO);
	close(old);
	rewind(f);
	said[fread(said, 1, max - 1, f)] = '\0';
	fclose(f);
}

static void warns(void **state)
{
	static const struct {
		struct capture_room room;
		uint64_t bytes[2];
		const char *want; /* NULL: nothing is said */
	} rows[] = {
		{ { true, false, 3 * GIB }, { 2 * GIB, GIB }, NULL },
		{ { true, false, 3 * GIB - 1 }, { 2 * GIB, GIB }, "are free" },
		{ { false, false, 0 }, { 2 * GIB, GIB }, NULL },
		{ { true, true, 9 * GIB }, { 2 * GIB, 2 * GIB - 1 }, NULL },
		{ { true, true, 9 * GIB }, { 2 * GIB, 2 * GIB }, "is FAT" },
		{ { true, false, 9 * GIB }, { 2 * GIB, 2 * GIB }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct capture *c = mem_alloc(sizeof(*c));
		char said[1000];

		c->room = rows[i].room;
		c->manifest.partition_count = 2;
		for (size_t k = 0; k < 2; k++) {
			c->partitions[k].size_bytes = rows[i].bytes[k];
			c->volumes[k].to = &c->partitions[k];
		}
		said_by_warn(c, said, sizeof(said));
		free(c);
		print_message("row %zu\n", i);
		if (rows[i].want)
			assert_non_null(strstr(said, rows[i].want));
		else
			assert_string_equal(said, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains),
		cmocka_unit_test(looks),
		cmocka_unit_test(tells_fat),
		cmocka_unit_test(warns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
