/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Progress in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/ui/progress.h"

static void test_progress(void **state)
{
	static const struct {
		const char *name;
		uint64_t done, total, elapsed_ms;
		const char *want;
	} cases[] = {
		{ "start", 0, 1000, 0, "  0 %" },
		{ "too early for a rate", 500, 1000, 1999, " 50 %" },
		{ "seconds", 50000000, 100000000, 10000, " 50 %  5.0 MB/s  10 s left" },
		{ "minutes", 100000000, 1000000000, 10000, " 10 %  10 MB/s  2 min left" },
		{ "hours", 1000000000, 1000000000000, 10000, "  0 %  100 MB/s  2 h 46 min left" },
		{ "done", 1000, 1000, 5000, "100 %  200 B/s" },
		{ "more than all", 2000, 1000, 5000, "100 %  200 B/s" },
		{ "no total", 50000000, 0, 10000, "50 MB  5.0 MB/s" },
		{ "not yet done is never 100", 999999, 1000000, 0, " 99 %" },
	};
	char got[96];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		progress_words(got, sizeof(got), cases[i].done, cases[i].total,
			       cases[i].elapsed_ms);
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", cases[i].name, got, cases[i].want);
	}
}

static void test_lines(void **state)
{
	char *bytes = NULL;
	size_t len = 0;

	(void)state;
	setenv("BLACKSTART_PROGRESS", "lines", 1);
	struct progress p = { .what = "a\x1b"
				      "b",
			      .total_bytes = 10,
			      .form = PROGRESS_LINES };

	p.out = open_memstream(&bytes, &len);
	p.done_bytes = 10;
	progress_end(&p);
	progress_end(&p); /* says nothing twice */
	fclose(p.out);
	assert_string_equal(bytes, "progress 10 10 a\xef\xbf\xbd"
				   "b\n");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_lines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
