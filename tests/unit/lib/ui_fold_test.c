/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folding of text into lines: widths, indents, masking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/ui/fold.h"

struct fold_case {
	const char *name, *text;
	unsigned columns;
	const char *want; /* lines ended by |, indents as dots, headings as = */
};

static const struct fold_case marked[] = {
	{ "empty", "", 10, "" },
	{ "only line ends", "\n\n\n", 10, "" },
	{ "fits exactly", "1234567890", 10, "1234567890|" },
	{ "folds at a space", "eins zwei drei", 10, "eins zwei|drei|" },
	{ "keeps lines", "a\nb\n\nc\n", 10, "a|b||c|" },
	{ "cuts a long word", "abcdefghijklmno", 10, "abcdefghij|klmno|" },
	{ "cuts at a hyphen", "Abc-Defghijklm", 10, "Abc-|Defghijklm|" },
	{ "umlauts count once", "äöüäöüäöüä", 10, "äöüäöüäöüä|" },
	{ "wide characters count twice", "漢字漢字漢字", 10, "漢字漢字漢|字|" },
	{ "combining marks count nothing",
	  "a\xcc\x88"
	  "bcdefghij",
	  10,
	  "a\xcc\x88"
	  "bcdefghij|" },
	{ "wide character in one column", "漢", 1, "漢|" },
	{ "heading", "# Lage\ntext", 10, "=Lage|text|" },
	{ "deeper heading", "### Lage", 10, "=Lage|" },
	{ "not a heading", "#Lage", 10, "#Lage|" },
	{ "hanging indent", "- eins zwei drei vier", 12, "- eins zwei|..drei vier|" },
	{ "numbered", "10. eins zwei drei", 14, "10. eins zwei|....drei|" },
	{ "kept spaces", "  a   b", 20, "  a   b|" },
	{ "kept spaces, folded", "  eins zwei drei", 13, "  eins zwei|..drei|" },
	{ "indented list", "  - eins zwei drei", 14, "  - eins zwei|....drei|" },
	{ "a telephone number stays whole", "Meldestelle, +49 69 900 090 22", 22,
	  "Meldestelle,|+49 69 900 090 22|" },
	{ "a number at the end of a line", "an +49 69 900 090 22", 14, "an|+49 69 900 090|22|" },
	{ "what follows a number", "+49 69 900 090 22 an", 18, "+49 69 900 090 22|an|" },
	{ "amounts fold", "von 24 Stunden 7 Tage", 15, "von 24 Stunden|7 Tage|" },
	{ "tab", "a\tb", 20, "a       b|" },
	{ "carriage return at the end", "a\r\nb\r\n", 20, "a|b|" },
	{ "carriage return inside", "a\rb", 20, "a b|" },
	{ "escape sequence", "a\x1b[31mb", 20, "a\xef\xbf\xbd[31mb|" },
	{ "broken UTF-8",
	  "a\xff"
	  "b",
	  20,
	  "a\xef\xbf\xbd"
	  "b|" },
	{ "bidi",
	  "a\xe2\x80\xae"
	  "b",
	  20,
	  "a\xef\xbf\xbd"
	  "b|" },
	{ "no folding", "eins zwei drei vier", 0, "eins zwei drei vier|" },
	{ "spaces at the fold vanish", "eins      zwei", 6, "eins|zwei|" },
	{ "too narrow to hang", "- eins zwei", 5, "-|eins|zwei|" },
};

static const struct fold_case words[] = {
	{ "one line", "# a\n- b", 20, "# a - b|" },
	{ "empty is a line", "", 20, "|" },
	{ "folds", "eins zwei drei", 10, "eins zwei|drei|" },
};

static void check(const struct fold_case *c, void (*fold)(struct folded *, const char *, unsigned))
{
	struct folded f = { 0 };
	struct text got = { 0 };

	fold(&f, c->text, c->columns);
	for (size_t i = 0; i < f.count; i++) {
		const struct fold_line *l = &f.lines[i];

		if (l->heading)
			text_add(&got, "=");
		for (unsigned k = 0; k < l->indent; k++)
			text_add(&got, ".");
		text_add(&got, l->text);
		text_add(&got, "|");
		if (c->columns > 1 && l->indent + text_width(l->text) > c->columns)
			fail_msg("%s: line %zu is wider than %u", c->name, i, c->columns);
	}
	if (strcmp(text_end(&got), c->want) != 0)
		fail_msg("%s: got %s, want %s", c->name, text_end(&got), c->want);
	text_release(&got);
	fold_release(&f);
}

static void test_marked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++)
		check(&marked[i], fold_text);
}

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		check(&words[i], fold_words);
}

/* Every width folds every case to its end, and nothing but spaces is lost. */
static void test_every_width(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++) {
		for (unsigned columns = 1; columns < 30; columns++) {
			struct folded f = { 0 };

			fold_text(&f, marked[i].text, columns);
			for (size_t k = 0; k < f.count && columns > 1; k++)
				assert_true(f.lines[k].indent + text_width(f.lines[k].text) <=
					    columns);
			fold_release(&f);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_marked),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_every_width),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
