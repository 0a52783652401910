/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times of entries as they are typed: when it happened, by when it is to be done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "handbook/log.h"
#include "lib/data/berlin.h"

/* What is typed at a time, and what is understood; NULL: part of the refusal in `no`. */
static const struct {
	const char *now, *typed, *due, *no;
} dues[] = {
	{ "2026-11-26 10:00", "17:00", "2026-11-26 17:00 CET", NULL },
	{ "2026-11-26 18:00", "17:00", "2026-11-27 17:00 CET", NULL },
	{ "2026-11-26 18:00", "27.11. 09:00", "2026-11-27 09:00 CET", NULL },
	{ "2026-11-26 18:00", "26.11.2026 17:00", NULL, "is over already" },
	{ "2026-11-26 18:00", "soon", NULL, "is no time" },
	/* The night in between has 25 hours, and 23. */
	{ "2026-10-24 18:00", "17:00", "2026-10-25 17:00 CET", NULL },
	{ "2027-03-27 18:00", "17:00", "2027-03-28 17:00 CEST", NULL },
};

static void understands_due_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dues) / sizeof(dues[0]); i++) {
		char stamp[BERLIN_WORDS];
		struct berlin_input now;
		struct error e = { 0 };
		int64_t due;

		assert_true(berlin_parse(dues[i].now, BERLIN_NEAREST, 0, &now, &e));
		if (!dues[i].due) {
			assert_false(log_due_parse(dues[i].typed, now.utc_ms, &due, &e));
			assert_non_null(strstr(e.text, dues[i].no));
			continue;
		}
		assert_true(log_due_parse(dues[i].typed, now.utc_ms, &due, &e));
		assert_string_equal(berlin_stamp(stamp, due), dues[i].due);
	}
}

static void refuses_what_has_not_happened(void **state)
{
	struct berlin_input now;
	struct error e = { 0 };
	int64_t at;
	bool guessed;

	(void)state;
	assert_true(berlin_parse("2026-11-26 18:00", BERLIN_NEAREST, 0, &now, &e));
	assert_true(log_event_parse("22:30", now.utc_ms, &at, &guessed, &e)); /* last night */
	assert_true(at < now.utc_ms);
	assert_true(guessed);
	assert_false(log_event_parse("26.11.2026 18:11", now.utc_ms, &at, &guessed, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understands_due_times),
		cmocka_unit_test(refuses_what_has_not_happened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
