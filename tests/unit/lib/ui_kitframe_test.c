/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words about the kit in the frame of every page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/ui/kitframe.h"

#define NOW 1795392000 /* 23 November 2026 */

static void test_frame(void **state)
{
	static const struct {
		const char *name, *review_by, *valid_until;
		bool exercise;
		enum kit_trust trust;
		const char *notice;
	} cases[] = {
		{ "nothing", "2027-05-01", "2027-11-01", false, KIT_SIGNED, "" },
		{ "last day of review", "2026-11-23", "2027-11-01", false, KIT_SIGNED, "" },
		{ "review due", "2026-11-22", "2027-11-01", false, KIT_SIGNED,
		  "review was due by 22 Nov 2026" },
		{ "expired wins", "2026-11-01", "2026-11-22", false, KIT_SIGNED,
		  "!OUT OF DATE since 22 Nov 2026: check before you rely on it" },
		{ "exercise and development", "2027-05-01", "2027-11-01", true, KIT_UNSIGNED,
		  "EXERCISE: none of this is real – DEVELOPMENT: kit not signed" },
		{ "a warning has its own line", "2026-11-01", "2026-11-22", true, KIT_UNSIGNED,
		  "!OUT OF DATE since 22 Nov 2026: check before you rely on it\n"
		  "EXERCISE: none of this is real – DEVELOPMENT: kit not signed" },
		{ "altered", "2027-05-01", "2027-11-01", false, KIT_DAMAGED,
		  "!KIT ALTERED: do not rely on it" },
		{ "refused", "2027-05-01", "2027-11-01", false, KIT_REFUSED,
		  "!KIT REFUSED: do not rely on it" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct kitinfo k = {
			.organisation = "Stadt Musterlingen",
			.version = 42,
			.data_date = "2026-11-01",
			.review_by = cases[i].review_by,
			.valid_until = cases[i].valid_until,
			.exercise = cases[i].exercise,
			.trust.trust = cases[i].trust,
		};
		struct text header = { 0 }, notice = { 0 };

		kit_frame(&k, NOW, &header, &notice);
		assert_string_equal(text_end(&header), "Stadt Musterlingen  Kit 42  1 Nov 2026");
		if (strcmp(text_end(&notice), cases[i].notice) != 0)
			fail_msg("%s: got '%s'", cases[i].name, text_end(&notice));
		text_release(&header);
		text_release(&notice);
	}
}

static void test_words(void **state)
{
	char got[40];

	(void)state;
	assert_string_equal(date_words(got, sizeof(got), "2026-03-09"), "9 Mar 2026");
	assert_string_equal(date_words(got, sizeof(got), "2026-13-09"), "2026-13-09");
	assert_string_equal(date_words(got, sizeof(got), "soon"), "soon");
	assert_string_equal(age_words(got, sizeof(got), 0), "from today");
	assert_string_equal(age_words(got, sizeof(got), 1), "1 day old");
	assert_string_equal(age_words(got, sizeof(got), 22), "22 days old");
	assert_string_equal(age_words(got, sizeof(got), 800), "2 years old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
