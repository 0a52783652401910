/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recovery passwords as people, scanners and print-outs have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/data/recovery_key.h"

#define KEY "042647-302313-590458-071500-554323-116567-412181-516978"

static void reads(void **state)
{
	static const struct {
		const char *name, *typed;
		unsigned wrong; /* group; 0: it is good */
	} tests[] = {
		{ "with hyphens", KEY, 0 },
		{ "with spaces", "042647 302313 590458 071500 554323 116567 412181 516978", 0 },
		{ "with nothing", "042647302313590458071500554323116567412181516978", 0 },
		{ "spaces around", "  " KEY " \t", 0 },
		{ "the line's end of a scanner", KEY "\r", 0 },
		{ "a scanner on a German keyboard",
		  "042647\xc3\x9f"
		  "302313\xc3\x9f"
		  "590458\xc3\x9f"
		  "071500\xc3\x9f"
		  "554323\xc3\x9f"
		  "116567\xc3\x9f"
		  "412181\xc3\x9f"
		  "516978",
		  0 },
		{ "a scanner on a Swiss keyboard",
		  "042647'302313'590458'071500'554323'116567'412181'516978", 0 },
		{ "hyphens of a word processor",
		  "042647\xe2\x80\x93"
		  "302313 590458 071500 554323 116567 412181\xe2\x80\x91"
		  "516978",
		  0 },
		{ "largest and smallest", "720885-000000-000011-000022-000033-000044-000055-720885",
		  0 },
		{ "first group", "042648-302313-590458-071500-554323-116567-412181-516978", 1 },
		{ "no multiple of 11", "042647-302313-590458-071500-554324-116567-412181-516978",
		  5 },
		{ "above 16 bits", "042647-302313-590458-071500-554323-116567-412181-720896", 8 },
		{ "five digits", "042647-302313-59045-071500-554323-116567-412181-516978", 3 },
		{ "seven digits", "042647-302313-5904580-071500-554323-116567-412181-516978", 3 },
		{ "seven digits first", "0426470-302313-590458-071500-554323-116567-412181-516978",
		  1 },
		{ "one missing in one piece", "04264730231359045807150055432311656741218151697",
		  8 },
		{ "one too many in one piece", "0426473023135904580715005543231165674121815169780",
		  8 },
		{ "seven groups", "042647-302313-590458-071500-554323-116567-412181", 8 },
		{ "nine groups", KEY "-000011", 8 },
		{ "a letter", "O42647-302313-590458-071500-554323-116567-412181-516978", 1 },
		{ "a letter behind", KEY "x", 8 },
		{ "nothing", "", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		char out[RECOVERY_KEY_TEXT] = "";
		unsigned wrong = recovery_key_read(tests[i].typed, out);

		if (wrong != tests[i].wrong)
			fail_msg("%s: group %u", tests[i].name, wrong);
		if (!wrong && strstr(tests[i].typed, "042647") && strcmp(out, KEY) != 0)
			fail_msg("%s: %s", tests[i].name, out);
	}
}

static void tells_it_from_a_passphrase(void **state)
{
	static const struct {
		const char *typed;
		bool meant;
	} tests[] = {
		{ KEY, true },
		{ "042647302313590458071500554323116567412181516978", true },
		{ "042647-302313-590458-071500-554323-116567-4121", true }, /* 40 digits */
		{ "042647-302313-590458-071500-554323-116567-412", false },
		{ "anaconda", false },
		{ "", false },
		{ KEY " Rathaus", false },
		{ "31.12.2026", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (recovery_key_is_meant(tests[i].typed) != tests[i].meant)
			fail_msg("'%s'", tests[i].typed);
}

static void finds_among_words(void **state)
{
	static const struct {
		const char *text;
		bool found;
	} tests[] = {
		{ "Recovery Key:\r\n\r\n\t" KEY "\r\n", true },
		{ KEY, true },
		{ "12-123456-" KEY, false }, /* nine groups of six: nobody knows which */
		{ "3FD763F9-74C7-4E90-8FA2-1F6A2E2B4E0C", false },
		{ "042647-302313-590458-071500-554323-116567-412181", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		const char *at = recovery_key_find(tests[i].text);

		if ((at != NULL) != tests[i].found || (at && strncmp(at, KEY, strlen(KEY)) != 0))
			fail_msg("'%s'", tests[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
		cmocka_unit_test(tells_it_from_a_passphrase),
		cmocka_unit_test(finds_among_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
