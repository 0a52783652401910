/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sysimage/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
/* After what it needs. */
#include <cmocka.h>

#define GIB (UINT64_C(1) << 30)
#define MIB (UINT64_C(1) << 20)

/* What is said of a write that failed after so many bytes. */
static void explains(void **state)
{
	static const struct {
		struct capture_room now;
		uint64_t written_bytes;
		enum error_kind kind;
		const char *want; /* in the words; NULL: they stay as they were */
	} rows[] = {
		{ { true, true, 9 * GIB }, 4 * GIB - 1, ERROR_FAILED, "as FAT" },
		{ { true, true, 9 * GIB }, 4 * GIB - 30 * MIB, ERROR_FAILED, "as FAT" },
		{ { true, true, 9 * GIB }, 3 * GIB, ERROR_FAILED, NULL },
		{ { true, false, 9 * GIB }, 4 * GIB - 1, ERROR_FAILED, NULL },
		{ { true, false, 0 }, 5 * GIB, ERROR_FAILED, "no room left" },
		{ { true, true, 3 * MIB }, 2 * GIB, ERROR_FAILED, "no room left" },
		{ { true, false, 3 * MIB }, 0, ERROR_FAILED, NULL }, /* refused before it wrote */
		{ { false, true, 0 }, 4 * GIB - 1, ERROR_FAILED, NULL },
		{ { true, true, 0 }, 4 * GIB - 1, ERROR_UNTRUSTED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { 0 };

		print_message("row %zu\n", i);
		error_set(&e, rows[i].kind, "it was so");
		assert_false(capture_room_explain(&rows[i].now, rows[i].written_bytes, &e));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains),
		cmocka_unit_test(looks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
