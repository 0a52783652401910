/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose folder is it? By owner, group and mode, as the kernel will see it for uid 1000. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/medium.h"

static void folders(void **state)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		bool read, write;
	} tests[] = {
		{ 1000, 1000, 0700, true, true },   { 1000, 1000, 0500, true, false },
		{ 1000, 1000, 0300, false, true },  { 0, 0, 0755, true, false },
		{ 0, 0, 01777, true, true },        { 0, 0, 0700, false, false },
		{ 0, 0, 0744, false, false },       { 0, 1000, 0770, true, true },
		{ 0, 1000, 0750, true, false },     { 1000, 0, 0077, false, false },
		{ 0, 1000, 0707, false, false },    { 1001, 1001, 0751, false, false },
		{ 1001, 1001, 0772, false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		const struct stat st = { .st_uid = tests[i].uid,
					 .st_gid = tests[i].gid,
					 .st_mode = S_IFDIR | tests[i].mode };
		struct error r = { 0 }, w = { 0 };

		if (medium_is_ours(&st, false, &r) != tests[i].read)
			fail_msg("%zu: reading: %s", i, r.text);
		if (medium_is_ours(&st, true, &w) != tests[i].write)
			fail_msg("%zu: writing: %s", i, w.text);
		assert_true(tests[i].read || strstr(r.text, "only another user may read"));
		assert_true(tests[i].write || strstr(w.text, "belongs to another user"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
