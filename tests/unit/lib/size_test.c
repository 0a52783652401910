/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/size.h"

static void test_sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} cases[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 9949, "9.9 kB" },
		{ 9999, "10 kB" },
		{ 999499, "999 kB" },
		{ 999999, "1.0 MB" },
		{ 104857600, "105 MB" },
		{ 512110190592, "512 GB" },
		{ 1000204886016, "1.0 TB" },
		{ UINT64_MAX, "18 EB" },
	};
	char got[32];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(size_words(got, sizeof(got), cases[i].bytes), cases[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
