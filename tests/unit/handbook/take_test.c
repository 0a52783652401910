/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A long text in pieces: each fits, none divides a letter, together they are all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "handbook/take.h"

static const struct {
	const char *text;
	size_t bytes;
	const char *want; /* pieces, each ended by '|' */
} cases[] = {
	{ "", 40, "" },
	{ "short", 40, "P1 1/1\nshort|" },
	{ "one two three four", 22, "P1 1/2\none two three|P1 2/2\nfour|" },
	{ "line one\nline two", 22, "P1 1/2\nline one|P1 2/2\nline two|" },
	{ "abcdefghijklmnop", 22, "P1 1/2\nabcdefghijklm|P1 2/2\nnop|" },
	{ "ääääääääää", 22, "P1 1/2\nääääää|P1 2/2\nääää|" },
	{ "x", 17, NULL },
};

static void test_pieces(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct take_pieces p;
		struct text got = { 0 };
		struct error e = { 0 };

		print_message("# %s\n", cases[i].text);
		assert_int_equal(take_pieces("P1", cases[i].text, cases[i].bytes, &p, &e),
				 cases[i].want != NULL);
		for (size_t n = 0; n < p.count; n++) {
			assert_true(strlen(p.texts[n]) <= cases[i].bytes);
			text_addf(&got, "%s|", p.texts[n]);
		}
		assert_string_equal(text_end(&got), cases[i].want ? cases[i].want : "");
		text_release(&got);
		take_pieces_release(&p);
	}
}

static void test_too_long(void **state)
{
	struct take_pieces p;
	struct text t = { 0 };
	struct error e = { 0 };

	(void)state;
	for (int i = 0; i < TAKE_PIECES; i++)
		text_add(&t, "0123456789 ");
	assert_true(take_pieces("P1", t.s, 20, &p, &e));
	assert_int_equal(p.count, TAKE_PIECES);
	take_pieces_release(&p);
	text_add(&t, "more");
	assert_false(take_pieces("P1", t.s, 20, &p, &e));
	take_pieces_release(&p);
	text_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pieces),
					    cmocka_unit_test(test_too_long) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
