/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list keeps its rules; bytes become words and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto/words.h"

static void test_rules(void **state)
{
	struct text all = { 0 };
	char hex[DIGEST_HEX];

	(void)state;
	for (unsigned i = 0; i < WORDS_COUNT; i++) {
		const char *w = words_at(i);
		size_t len = strlen(w);

		assert_true(len >= 4 && len <= 8);
		assert_int_equal(strspn(w, "abcdefghijklmnopqrstuvwx"), len);
		if (i > 0) /* sorted, and told apart by four letters */
			assert_true(strncmp(words_at(i - 1), w, 4) < 0);
		assert_int_equal(words_index(w, len), i);
		text_addf(&all, "%s\n", w);
	}
	struct digest d = digest_bytes(all.s, all.len);
	/* docs/formats/words.md names the same: the list never changes. */
	assert_string_equal(digest_to_hex(hex, &d),
			    "0e4d86bd77d962083fccb781457403ecd84a06ca173225d824218abd0b2ff4e1");
	text_release(&all);
}

static void test_index(void **state)
{
	static const struct {
		const char *typed, *word;
	} cases[] = {
		{ "batterie", "batterie" },
		{ "batt", "batterie" },
		{ "BATTer", "batterie" },
		{ "bat", NULL },
		{ "batterix", NULL },
		{ "batterien", NULL },
		{ "", NULL },
		{ "qqqq", NULL },
		{ "battx", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int index = words_index(cases[i].typed, strlen(cases[i].typed));

		assert_int_equal(index >= 0, cases[i].word != NULL);
		if (index >= 0)
			assert_string_equal(words_at((unsigned)index), cases[i].word);
	}
}

static void test_nearest(void **state)
{
	static const struct {
		const char *typed, *word;
	} cases[] = {
		{ "batterie", "batterie" },
		{ "baterie", "batterie" },
		{ "battereie", "batterie" },
		{ "abtterie", "batterie" },
		{ "BATTERIA", "batterie" },
		{ "battrei", "batterie" },
		{ "qqqqqqqq", NULL },
		{ "", NULL },
		{ "xx", NULL },
		{ "donaudampfschiff", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *got = words_nearest(cases[i].typed, strlen(cases[i].typed));

		assert_int_equal(got != NULL, cases[i].word != NULL);
		if (got)
			assert_string_equal(got, cases[i].word);
	}
}

static void test_both_ways(void **state)
{
	struct error e = { 0 };
	struct text out = { 0 };
	uint8_t bytes[42], back[42];

	(void)state;
	for (unsigned round = 0; round < 256; round++) {
		for (unsigned i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)(round * 37 + i * 59 + (i * round >> 3));
		bytes[41] &= 0xc0; /* 330 bits */
		text_clear(&out);
		words_encode(&out, bytes, 30);
		assert_true(words_decode(out.s, back, sizeof(back), 30, &e));
		assert_memory_equal(bytes, back, sizeof(bytes));
	}
	/* The most significant bit first: 1 << 10, 1, 2047. */
	static const uint8_t known[] = { 0x80, 0x00, 0x07, 0xff, 0x80 };
	char want[64];
	text_clear(&out);
	words_encode(&out, known, 3);
	snprintf(want, sizeof(want), "%s %s %s", words_at(1024), words_at(1), words_at(2047));
	assert_string_equal(out.s, want);
	text_release(&out);
}

static void test_decode_refuses(void **state)
{
	static const struct {
		const char *typed, *says;
	} cases[] = {
		{ "batt-ABEND\n\tbaum ", NULL },
		{ "batt abend", "these are 2 words; 3 are needed" },
		{ "batt abend baum haus", "these are 4 words; 3 are needed" },
		{ "", "these are 0 words; 3 are needed" },
		{ "batt abedn baum", "word 2, \"abedn\", is not in the list; perhaps \"abend\"?" },
		{ "batt abend qqqqqqqq", "word 3, \"qqqqqqqq\", is not in the list" },
	};
	uint8_t bytes[5];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error e = { 0 };
		bool ok = words_decode(cases[i].typed, bytes, sizeof(bytes), 3, &e);

		assert_int_equal(ok, cases[i].says == NULL);
		if (!ok) {
			assert_string_equal(e.text, cases[i].says);
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
		}
	}
}

static void test_random(void **state)
{
	struct text a = { 0 }, b = { 0 };
	struct error e = { 0 };
	uint8_t bytes[10];

	(void)state;
	words_random(&a, WORDS_ENVELOPE);
	words_random(&b, WORDS_ENVELOPE);
	assert_true(words_decode(a.s, bytes, sizeof(bytes), WORDS_ENVELOPE, &e));
	assert_string_not_equal(a.s, b.s);
	text_release(&a);
	text_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),          cmocka_unit_test(test_index),
		cmocka_unit_test(test_nearest),        cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_decode_refuses), cmocka_unit_test(test_random),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
