/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A key becomes thirty words and comes back; wrong words are noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/crypto/words.h"
#include "trust/paper.h"

static void test_round(void **state)
{
	(void)state;
	for (int i = 0; i < 50; i++) {
		struct minisign_secret a, b;
		struct text words = { 0 };
		struct error e = { 0 };

		minisign_generate(&a);
		paper_words(&a, &words);
		assert_true(paper_secret(words.s, &b, &e));
		assert_memory_equal(&a, &b, sizeof(a));
		text_release(&words);
	}
}

/* Each word in turn becomes the next of the list; ten bits let one in 1,024 pass. */
static void test_wrong_word(void **state)
{
	static const uint8_t seed[32] = { 1, 2, 3 }, number[8] = { 9 };
	struct minisign_secret key, back;
	struct text words = { 0 };
	uint8_t bytes[42];
	int passed = 0;

	(void)state;
	minisign_from_seed(&key, seed, number);
	paper_words(&key, &words);
	for (int nr = 0; nr < PAPER_WORDS; nr++) {
		struct error e = { 0 };
		struct text wrong = { 0 };

		assert_true(words_decode(words.s, bytes, sizeof(bytes), PAPER_WORDS, &e));
		int last = nr * WORDS_BITS + WORDS_BITS - 1;
		bytes[last / 8] ^= (uint8_t)(1 << (7 - last % 8));
		words_encode(&wrong, bytes, PAPER_WORDS);
		passed += paper_secret(wrong.s, &back, &e);
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		text_release(&wrong);
	}
	assert_int_equal(passed, 0);
	text_release(&words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_wrong_word),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("paper", tests, NULL, NULL);
}
