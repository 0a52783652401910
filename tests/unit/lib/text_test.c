/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 is decoded strictly, masked for terminals, and measured in columns. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include <cmocka.h>

#include "lib/base/text.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	const char *name, *bytes;
	size_t advance;
	uint32_t want;
} decoding[] = {
	{ "ASCII", "a", 1, 'a' },
	{ "first of two bytes", "\xc2\x80", 2, 0x80 },
	{ "u umlaut", "\xc3\xbc", 2, 0xfc },
	{ "last of two bytes", "\xdf\xbf", 2, 0x7ff },
	{ "first of three bytes", "\xe0\xa0\x80", 3, 0x800 },
	{ "euro", "\xe2\x82\xac", 3, 0x20ac },
	{ "before the surrogates", "\xed\x9f\xbf", 3, 0xd7ff },
	{ "after the surrogates", "\xee\x80\x80", 3, 0xe000 },
	{ "U+FFFD itself", "\xef\xbf\xbd", 3, TEXT_BAD },
	{ "first of four bytes", "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "last character", "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "past the last", "\xf4\x90\x80\x80", 1, TEXT_BAD },
	{ "five bytes", "\xf8\x88\x80\x80\x80", 1, TEXT_BAD },
	{ "overlong slash, two bytes", "\xc0\xaf", 1, TEXT_BAD },
	{ "overlong DEL", "\xc1\xbf", 1, TEXT_BAD },
	{ "overlong slash, three bytes", "\xe0\x80\xaf", 1, TEXT_BAD },
	{ "overlong U+07FF", "\xe0\x9f\xbf", 1, TEXT_BAD },
	{ "overlong slash, four bytes", "\xf0\x80\x80\xaf", 1, TEXT_BAD },
	{ "overlong U+FFFF", "\xf0\x8f\xbf\xbf", 1, TEXT_BAD },
	{ "first surrogate", "\xed\xa0\x80", 1, TEXT_BAD },
	{ "last surrogate", "\xed\xbf\xbf", 1, TEXT_BAD },
	{ "lonely continuation", "\x80", 1, TEXT_BAD },
	{ "0xfe", "\xfe", 1, TEXT_BAD },
	{ "0xff", "\xff", 1, TEXT_BAD },
	{ "two bytes cut", "\xc3", 1, TEXT_BAD },
	{ "three bytes cut after one", "\xe2", 1, TEXT_BAD },
	{ "three bytes cut after two", "\xe2\x82", 1, TEXT_BAD },
	{ "four bytes cut after three", "\xf0\x9f\x98", 1, TEXT_BAD },
	{ "wrong second byte", "\xc3(", 1, TEXT_BAD },
	{ "wrong third byte", "\xe2\x82(", 1, TEXT_BAD },
	{ "wrong fourth byte", "\xf0\x9f\x98(", 1, TEXT_BAD },
};

static void decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(decoding); i++) {
		size_t len = strlen(decoding[i].bytes);
		char *copy = malloc(len); /* at its exact size: no end mark to run into */
		assert_non_null(copy);
		memcpy(copy, decoding[i].bytes, len);
		const char *at = copy;
		uint32_t got = text_next(&at, copy + len);

		if (got != decoding[i].want || (size_t)(at - copy) != decoding[i].advance)
			fail_msg("%s: U+%04X after %td bytes", decoding[i].name, got, at - copy);
		bool valid = decoding[i].advance > 1 || decoding[i].want != TEXT_BAD;
		if (text_is_utf8(copy, len) != valid)
			fail_msg("%s: valid?", decoding[i].name);
		free(copy);
	}
}

static void encodes_what_it_decodes(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x110010; c++) {
		char bytes[4];
		size_t n = text_put(bytes, c);
		const char *at = bytes;
		bool valid = c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);

		if (text_next(&at, bytes + n) != (valid ? c : TEXT_BAD) || at != bytes + n)
			fail_msg("U+%04X does not come back", c);
	}
}

static const struct {
	const char *name, *in;
	size_t size;
	const char *want;
} masking[] = {
	{ "plain", "M\u00fcller", 64, "M\u00fcller" },
	{ "empty", "", 64, "" },
	{ "escape sequence", "a\033[31mb", 64, "a\uFFFD[31mb" },
	{ "newline and tab", "a\n\tb", 64, "a\uFFFD\uFFFDb" },
	{ "DEL", "a\177b", 64, "a\uFFFDb" },
	{ "C1 control (CSI)",
	  "a\xc2\x9b"
	  "31mb",
	  64, "a\uFFFD31mb" },
	{ "raw C1 byte",
	  "a\x9b"
	  "31mb",
	  64, "a\uFFFD31mb" },
	{ "right-to-left override", "exe.\u202etxt", 64, "exe.\uFFFDtxt" },
	{ "bidi isolate", "\u2066a\u2069", 64, "\uFFFDa\uFFFD" },
	{ "Arabic letter mark", "\u061ca", 64, "\uFFFDa" },
	{ "zero width space", "a\u200bb", 64, "a\uFFFDb" },
	{ "soft hyphen", "a\u00adb", 64, "a\uFFFDb" },
	{ "byte order mark", "\ufeffa", 64, "\uFFFDa" },
	{ "line separator", "a\u2028b", 64, "a\uFFFDb" },
	{ "private use", "\ue000", 64, "\uFFFD" },
	{ "noncharacter of a higher plane", "\U0001ffff", 64, "\uFFFD" },
	{ "tag characters", "a\U000e0041", 64, "a\uFFFD" },
	{ "broken byte",
	  "a\xff"
	  "b",
	  64, "a\uFFFDb" },
	{ "cut before a character that does not fit", "abc\u00fc", 5, "abc" },
	{ "just fits", "abc\u00fc", 6, "abc\u00fc" },
	{ "room for the end only", "abc", 1, "" },
	{ "mask does not fit", "a\033", 4, "a" },
};

static void masks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(masking); i++) {
		char *out = malloc(masking[i].size);

		assert_non_null(out);
		if (strcmp(text_mask(out, masking[i].size, masking[i].in), masking[i].want) != 0)
			fail_msg("%s: '%s'", masking[i].name, out);
		free(out);
	}
}

static const struct {
	const char *name, *text;
	size_t columns, width, fit; /* fit: bytes of it within `columns` */
} measuring[] = {
	{ "empty", "", 5, 0, 0 },
	{ "ASCII", "abc", 2, 3, 2 },
	{ "umlaut", "\u00fcber", 1, 4, 2 },
	{ "combining mark stays with its letter", "u\u0308b", 1, 2, 3 },
	{ "wide", "\u4e2d\u6587", 3, 4, 3 },
	{ "wide does not fit half", "a\u4e2d", 2, 3, 1 },
	{ "emoji", "\U0001f600", 1, 2, 0 },
	{ "broken bytes take one each", "\xff\xfe", 1, 2, 1 },
	{ "box drawing", "\u2500\u2502", 9, 2, 6 },
	{ "no column", "abc", 0, 3, 0 },
};

static void measures(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(measuring); i++) {
		size_t width = text_width(measuring[i].text);
		size_t fit = text_fit(measuring[i].text, measuring[i].columns);

		if (width != measuring[i].width || fit != measuring[i].fit)
			fail_msg("%s: width %zu, fit %zu", measuring[i].name, width, fit);
	}
}

/* The C library knows the whole of Unicode: the oracle for our small table. */
static void lowers_as_the_c_library_does(void **state)
{
	static const struct {
		uint32_t first, last;
	} blocks[] = {
		{ 0, 0x17f }, /* Latin, with Extended-A */
		{ 0x1de, 0x1ef },   { 0x1f8, 0x21f },
		{ 0x222, 0x233 },   { 0x370, 0x3cf }, /* Greek */
		{ 0x400, 0x481 },   { 0x48a, 0x52f }, /* Cyrillic */
		{ 0x1e00, 0x1eff },                   /* Latin Extended Additional */
	};

	(void)state;
	if (!setlocale(LC_ALL, "C.UTF-8"))
		skip();
	for (size_t i = 0; i < COUNT(blocks); i++)
		for (uint32_t c = blocks[i].first; c <= blocks[i].last; c++)
			if (text_lower(c) != towlower((wint_t)c))
				fail_msg("U+%04X becomes U+%04X, not U+%04X", c, text_lower(c),
					 (unsigned)towlower((wint_t)c));
	assert_int_equal(text_lower(0x4e2d), 0x4e2d);
}

static void a_string_grows(void **state)
{
	struct text t = { 0 };

	(void)state;
	assert_string_equal(text_end(&t), "");
	text_clear(&t);
	text_release(&t);
	text_add(&t, "a");
	text_add_n(&t, "bcd", 2);
	text_add_char(&t, 0xfc);
	text_add_char(&t, 0xd800); /* cannot be encoded */
	text_addf(&t, "%s=%d", "x", -7);
	assert_string_equal(text_end(&t), "abc\u00fc\uFFFDx=-7");
	assert_int_equal(t.len, strlen(t.s));
	for (int i = 0; i < 10000; i++)
		text_addf(&t, "%d,", i % 10);
	assert_int_equal(t.len, strlen("abc\u00fc\uFFFDx=-7") + 20000);
	size_t capacity = t.capacity;
	text_clear(&t);
	assert_string_equal(text_end(&t), "");
	assert_int_equal(t.len, 0);
	assert_int_equal(t.capacity, capacity);
	text_addf(&t, "%s", "");
	assert_string_equal(text_end(&t), "");
	text_release(&t);
	assert_null(t.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(encodes_what_it_decodes),
		cmocka_unit_test(masks),
		cmocka_unit_test(measures),
		cmocka_unit_test(lowers_as_the_c_library_does),
		cmocka_unit_test(a_string_grows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
