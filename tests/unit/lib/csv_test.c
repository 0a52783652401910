/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables as spreadsheets save them, and what is refused with which line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/data/charset.h"
#include "lib/data/csv.h"

struct csv_case {
	const char *name, *input;
	const char *want; /* cells with '|' after each, rows with '\n'; NULL: refused */
	size_t line;      /* of the refusal */
};

static const struct csv_case csv_cases[] = {
	{ "empty", "", "", 0 },
	{ "only empty lines", "\n\n;;\n", "", 0 },
	{ "semicolon", "a;b\n1;2\n", "a|b|\n1|2|\n", 0 },
	{ "comma", "a,b\n1,2;3\n", "a|b|\n1|2;3|\n", 0 },
	{ "tab", "a\tb\n1\t2\n", "a|b|\n1|2|\n", 0 },
	{ "sep line", "sep=,\na,b;c\n1,2\n", "a|b;c|\n1|2|\n", 0 },
	{ "no line end", "a;b\n1;2", "a|b|\n1|2|\n", 0 },
	{ "spaces cut", " a ; b \n 1 ; 2 \n", "a|b|\n1|2|\n", 0 },
	{ "short row padded", "a;b;c\n1\n", "a|b|c|\n1|||\n", 0 },
	{ "empty surplus dropped", "a;b\n1;2;;;\n", "a|b|\n1|2|\n", 0 },
	{ "quoted separator", "a;b\n\"1;x\";2\n", "a|b|\n1;x|2|\n", 0 },
	{ "doubled quotes", "a;b\n\"say \"\"no\"\"\";2\n", "a|b|\nsay \"no\"|2|\n", 0 },
	{ "quoted line break", "a;b\n\"1\nx\";2\n3;4\n", "a|b|\n1\nx|2|\n3|4|\n", 0 },
	{ "quote inside a cell", "a;b\n1\"x;2\n", "a|b|\n1\"x|2|\n", 0 },
	{ "empty line between", "a;b\n\n1;2\n", "a|b|\n1|2|\n", 0 },
	{ "surplus cell", "a;b\n1;2\n1;2;3\n", NULL, 3 },
	{ "quote never closed", "a;b\n1;2\n\"3;4\n5;6\n", NULL, 3 },
	{ "text after quote", "a;b\n1;\"2\" x\n", NULL, 2 },
	{ "break before the fault", "a;b\n\"1\n2\";3\n4;\"5\"6\n", NULL, 4 },
};

static void add_row(struct text *out, const struct csv_row *row, size_t columns)
{
	for (size_t i = 0; i < columns; i++) {
		text_add(out, row->cells[i]);
		text_add(out, "|");
	}
	if (columns)
		text_add(out, "\n");
}

static void test_csv(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(csv_cases) / sizeof(csv_cases[0]); i++) {
		const struct csv_case *c = &csv_cases[i];
		struct arena a = { 0 };
		struct error e = { 0 };
		struct text got = { 0 };
		struct csv t;
		size_t line = 0;
		bool ok = csv_parse(c->input, strlen(c->input), &a, &t, &line, &e);

		print_message("# %s\n", c->name);
		assert_int_equal(ok, c->want != NULL);
		if (ok) {
			add_row(&got, &t.head, t.columns);
			for (size_t r = 0; r < t.count; r++)
				add_row(&got, &t.rows[r], t.columns);
			assert_string_equal(text_end(&got), c->want);
			assert_int_equal(e.kind, ERROR_NONE);
		} else {
			assert_int_equal(line, c->line);
			assert_int_equal(e.kind, ERROR_UNTRUSTED);
		}
		text_release(&got);
		arena_release(&a);
	}
}

/* The line a row is said to be on is the one an editor shows. */
static void test_lines(void **state)
{
	static const char input[] = "a;b\n\n\"1\n\n2\";3\n4;5\n";
	struct arena a = { 0 };
	struct error e = { 0 };
	struct csv t;
	size_t line = 0;

	(void)state;
	assert_true(csv_parse(input, sizeof(input) - 1, &a, &t, &line, &e));
	assert_int_equal(t.count, 2);
	assert_int_equal(t.rows[0].line, 3);
	assert_int_equal(t.rows[1].line, 6);
	arena_release(&a);
}

struct charset_case {
	const char *name, *input;
	size_t len;
	const char *want; /* NULL: refused */
	size_t line;
};
#define BYTES(s) s, sizeof(s) - 1

static const struct charset_case charset_cases[] = {
	{ "ascii", BYTES("abc\n"), "abc\n", 0 },
	{ "utf-8", BYTES("M\xc3\xbcller"), "Müller", 0 },
	{ "bom", BYTES("\xef\xbb\xbfM\xc3\xbcller"), "Müller", 0 },
	{ "windows-1252", BYTES("M\xfcller \x80 \x96"), "Müller € –", 0 },
	{ "crlf", BYTES("a\r\nb\r\n"), "a\nb\n", 0 },
	{ "lone cr", BYTES("a\rb"), "a\nb", 0 },
	{ "mixed", BYTES("M\xc3\xbcller\nM\xfcller"), NULL, 2 },
	{ "broken after bom", BYTES("\xef\xbb\xbfx\n\nM\xfcller"), NULL, 3 },
	{ "unused in 1252", BYTES("a\n\x81"), NULL, 2 },
	{ "nul", BYTES("a\0b"), NULL, 1 },
	{ "utf-16",
	  BYTES("\xff\xfe"
		"a\0b\0"),
	  NULL, 1 },
	{ "escape", BYTES("a\n\x1b[2J"), NULL, 2 },
	{ "bidi", BYTES("a\nb\n\xe2\x80\xaegnp"), NULL, 3 },
};

static void test_charset(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(charset_cases) / sizeof(charset_cases[0]); i++) {
		const struct charset_case *c = &charset_cases[i];
		struct error e = { 0 };
		struct text out = { 0 };
		size_t line = 0;
		bool ok = charset_to_utf8(c->input, c->len, &out, &line, &e);

		print_message("# %s\n", c->name);
		assert_int_equal(ok, c->want != NULL);
		if (ok)
			assert_string_equal(text_end(&out), c->want);
		else
			assert_int_equal(line, c->line);
		text_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_charset),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
