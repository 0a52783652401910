/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The language: which one is chosen, and how it is switched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/language.h"

static const char *const names[] = { "BLACKSTART_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };

static const struct {
	const char *name;
	const char *value[4]; /* of the variables above */
	const char *want;
} rows[] = {
	{ "nothing is set", { NULL }, "en" },
	{ "LANG", { NULL, NULL, NULL, "de_DE.UTF-8" }, "de" },
	{ "LC_MESSAGES before LANG", { NULL, NULL, "en_GB.UTF-8", "de_DE.UTF-8" }, "en" },
	{ "LC_ALL before LC_MESSAGES", { NULL, "de_AT", "en_GB", "en_GB" }, "de" },
	{ "ours before all", { "en", "de_DE", "de_DE", "de_DE" }, "en" },
	{ "an empty one does not count", { "", "", "", "de_CH" }, "de" },
	{ "one that we do not speak", { "fr", NULL, NULL, "de_DE" }, "en" },
	{ "C", { NULL, "C", NULL, "de_DE" }, "en" },
};

static void is_chosen_by_the_environment(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t k = 0; k < 4; k++)
			if (rows[i].value[k])
				setenv(names[k], rows[i].value[k], 1);
			else
				unsetenv(names[k]);
		language_init();
		if (strcmp(language_code(), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, language_code());
		/* Programs started from here speak the same. */
		assert_string_equal(getenv("BLACKSTART_LANGUAGE"), rows[i].want);
	}
}

static void is_switched_and_kept(void **state)
{
	(void)state;
	assert_true(language_set("de"));
	assert_string_equal(language_code(), "de");
	assert_false(language_set("fr"));
	assert_false(language_set(""));
	assert_false(language_set("../de"));
	assert_string_equal(language_code(), "de");
	assert_true(language_set("en"));
	assert_string_equal(language_code(), "en");
	assert_string_equal(_("no such message"), "no such message");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_chosen_by_the_environment),
		cmocka_unit_test(is_switched_and_kept),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
