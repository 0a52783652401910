/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings block of a stick: kept, changed, refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "broker/settings.h"

#define HEAD "# GRUB Environment Block\n"
#define TWENTY "aaaaaaaaaaaaaaaaaaaa"
#define HUNDRED TWENTY TWENTY TWENTY TWENTY TWENTY
#define ALMOST_FULL                                                                                \
	HEAD "a=" HUNDRED HUNDRED "\nb=" HUNDRED HUNDRED "\nc=" HUNDRED HUNDRED                    \
	     "\nd=" HUNDRED HUNDRED "\ne=" HUNDRED TWENTY TWENTY TWENTY

static void block(uint8_t out[SETTINGS_BYTES], const char *text)
{
	memset(out, '#', SETTINGS_BYTES);
	memcpy(out, text, strlen(text));
}

static void updates(void **state)
{
	static const struct {
		const char *name, *old, *want; /* want NULL: refused */
	} tests[] = {
		{ "empty", HEAD, HEAD "language=de\nkeyboard=ch\n" },
		{ "replaced in place", HEAD "keyboard=us\na=1\nlanguage=en\nb=2\n",
		  HEAD "keyboard=ch\na=1\nlanguage=de\nb=2\n" },
		{ "others kept", HEAD "saved_entry=a b = c!\n",
		  HEAD "saved_entry=a b = c!\nlanguage=de\nkeyboard=ch\n" },
		{ "longer key is another", HEAD "languages=x\n",
		  HEAD "languages=x\nlanguage=de\nkeyboard=ch\n" },
		{ "no head", "language=de\n", NULL },
		{ "head of another program", "# GRUB Environment Block!\n", NULL },
		{ "no equals", HEAD "language\n", NULL },
		{ "no key", HEAD "=x\n", NULL },
		{ "key of odd letters", HEAD "a-b=x\n", NULL },
		{ "control character", HEAD "a=x\033\n", NULL },
		{ "umlaut", HEAD "a=\xc3\xa4\n", NULL },
		{ "backslash", HEAD "a=b\\\n", NULL },
		{ "twice", HEAD "a=1\na=2\n", NULL },
		{ "line after the padding", HEAD "##a=1\n", NULL },
		{ "value too long", HEAD "a=" HUNDRED HUNDRED "a\n", NULL },
		{ "full to the last byte", ALMOST_FULL "\n",
		  ALMOST_FULL "\nlanguage=de\nkeyboard=ch\n" },
		{ "one byte too full", ALMOST_FULL "a\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		uint8_t old[SETTINGS_BYTES], new[SETTINGS_BYTES], want[SETTINGS_BYTES];
		struct error e = { 0 };

		block(old, tests[i].old);
		bool ok = settings_update(old, "de", "ch", new, &e);
		if (ok != (tests[i].want != NULL))
			fail_msg("%s: %s", tests[i].name, ok ? "taken" : e.text);
		if (!ok)
			continue;
		block(want, tests[i].want);
		if (memcmp(new, want, SETTINGS_BYTES) != 0)
			fail_msg("%s: %.200s", tests[i].name, (const char *)new);
		/* Doing it again changes nothing. */
		assert_true(settings_update(new, "de", "ch", want, &e));
		assert_memory_equal(new, want, SETTINGS_BYTES);
	}
}

static void values(void **state)
{
	(void)state;
	assert_true(settings_is_language("de") && settings_is_language("en"));
	assert_false(settings_is_language("") || settings_is_language("de\n"));
	assert_true(settings_is_keyboard("gb"));
	assert_false(settings_is_keyboard("../de") || settings_is_keyboard("DE"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(updates),
		cmocka_unit_test(values),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
