/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a box's lines is believed, and what not. Each text lies at the end of its memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "triage/check.h"

static const struct {
	const char *s;
	bool lines, json;
} cases[] = {
	{ "", false, false },
	{ "\n", true, false },
	{ "{}", false, false },
	{ "{}\n", true, true },
	{ "{}\n{}\n", true, true },
	{ "{}\n\n", true, false },
	{ "{}{}\n", true, false },
	{ "{}\r\n", true, false },
	{ "a\rb\n", false, false },
	{ "a\r\r\n", false, false },
	{ "[]\n", true, false },
	{ "{\"a\":1}\n", true, true },
	{ "{\"a\":1,}\n", true, false },
	{ "{,\"a\":1}\n", true, false },
	{ "{\"a\":1,,\"b\":2}\n", true, false },
	{ "{\"a\":1\"b\":2}\n", true, false },
	{ "{\"a\"}\n", true, false },
	{ "{\"a\":}\n", true, false },
	{ "{\"a\" :1}\n", true, false },
	{ "{a:1}\n", true, false },
	{ "{1:1}\n", true, false },
	{ "{\"a\":[1,2,{\"b\":[]}],\"c\":{\"d\":{}}}\n", true, true },
	{ "{\"a\":[1,2}\n", true, false },
	{ "{\"a\":[1,2]\n", true, false },
	{ "{\"a\":[\"b\":1]}\n", true, false },
	{ "{\"a\":{1}}\n", true, false },
	{ "{\"a\":[1,]}\n", true, false },
	{ "{\"a\":[,1]}\n", true, false },
	{ "{\"a\":true,\"b\":false,\"c\":null}\n", true, true },
	{ "{\"a\":tru}\n", true, false },
	{ "{\"a\":t", false, false },
	{ "{\"a\":truee}\n", true, false },
	{ "{\"a\":nul\n", true, false },
	{ "{\"a\":0,\"b\":-0,\"c\":-12.5e+10,\"d\":1E5,\"e\":1e-5}\n", true, true },
	{ "{\"a\":01}\n", true, false },
	{ "{\"a\":+1}\n", true, false },
	{ "{\"a\":-}\n", true, false },
	{ "{\"a\":1.}\n", true, false },
	{ "{\"a\":.5}\n", true, false },
	{ "{\"a\":1e}\n", true, false },
	{ "{\"a\":NaN}\n", true, false },
	{ "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00fF\\ud800\"}\n", true, true },
	{ "{\"a\":\"\\x\"}\n", true, false },
	{ "{\"a\":\"\\u12g4\"}\n", true, false },
	{ "{\"a\":\"\\u123\"}\n", true, false },
	{ "{\"a\":\"\\\n", true, false },
	{ "{\"a\":\"\\u\n", true, false },
	{ "{\"a\":\"open}\n", true, false },
	{ "{\"a\":\"0123456701234567\",\"b\":\"012345\"}\n", true, true },
	{ "{\"a\":\"\t\"}\n", false, false },
	{ "{\"a\":\"012345678\x1f\"}\n", false, false },
	{ "{\"a\":\"0123456\x7f\"}\n", false, false },
	{ "{\"ä\":\"Straße €\xf0\x9f\x98\x80\xef\xbf\xbd\"}\n", true, true },
	{ "{\"a\":\"\xff\"}\n", false, false },
	{ "{\"a\":\"\xc3\"}\n", false, false },
	{ "{\"a\":\"\xed\xa0\x80\"}\n", false, false },
	{ "{\"a\":\"\xc2\x9b\"}\n", false, false },
	{ "{\"a\":\"\xc2\xad\"}\n", false, false },
	{ "{\"a\":\"\xe2\x80\xae\"}\n", false, false },
	{ "{\"a\":\"\xef\xbb\xbf\"}\n", false, false },
	{ "{\"a\":\"\xee\x80\x80\"}\n", false, false },
	{ "\xff\n", false, false },
	{ "{}\n\x1b[2J\n", false, false },
	{ "{}\n{\"a\"\n", true, false },
};

static void judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t len = strlen(cases[i].s);
		char *s = malloc(len ? len : 1); /* what is read beyond it, ASan sees */

		memcpy(s, cases[i].s, len);
		if (check_lines(s, len) != cases[i].lines)
			fail_msg("lines: %s", cases[i].s);
		if (check_json_lines(s, len) != cases[i].json)
			fail_msg("JSON: %s", cases[i].s);
		free(s);
	}
}

static bool nested(size_t depth)
{
	char s[256] = "{\"a\":";
	size_t n = strlen(s);

	memset(s + n, '[', depth - 1);
	memset(s + n + depth - 1, ']', depth - 1);
	memcpy(s + n + 2 * (depth - 1), "}\n", 3);
	return check_json_lines(s, strlen(s));
}

static void has_a_depth(void **state)
{
	(void)state;
	assert_true(nested(2));
	assert_true(nested(CHECK_DEPTH_MAX));
	assert_false(nested(CHECK_DEPTH_MAX + 1));
	assert_false(nested(100));
}

/* A byte that is wrong is seen at each place. */
static void sees_each_byte(void **state)
{
	const char *good = "{\"abcdefghijk\":\"0123456789\",\"number\":-12.5,\"b\":[true,null]}\n";
	size_t len = strlen(good);
	char s[128];

	(void)state;
	for (size_t i = 0; i < len; i++) {
		memcpy(s, good, len);
		s[i] = '\x01';
		assert_false(check_lines(s, len));
		assert_false(check_json_lines(s, len));
		s[i] = '\xff';
		assert_false(check_lines(s, len));
		assert_false(check_json_lines(s, len));
	}
}

/* Every byte at each place of a long line, which is looked at in blocks. */
static void judges_each_place(void **state)
{
	char s[201];

	(void)state;
	for (size_t i = 0; i + 1 < sizeof(s); i++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			bool good = byte == '\n' || (byte >= 0x20 && byte < 0x7f) ||
				    (byte == '\r' && i + 2 == sizeof(s));

			memset(s, 'a', sizeof(s));
			s[sizeof(s) - 1] = '\n';
			s[i] = (char)byte;
			if (check_lines(s, sizeof(s)) != good)
				fail_msg("byte %02x at %zu", byte, i);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges),
		cmocka_unit_test(has_a_depth),
		cmocka_unit_test(sees_each_byte),
		cmocka_unit_test(judges_each_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
