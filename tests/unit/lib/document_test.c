/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One document in its four forms; letters that a printer lacks; PCL byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/data/document.h"
#include "lib/data/letters.h"
#include "lib/data/pcl.h"

static const struct {
	const char *input, *in_1252, *in_ascii; /* both as UTF-8 */
	size_t lost_1252, lost_ascii;
} letters[] = {
	{ "Änne Müller, Straße", "Änne Müller, Straße", "Aenne Mueller, Strasse", 0, 0 },
	{ "Wałęsa Şahin Miloš", "Walesa Sahin Miloš", "Walesa Sahin Milos", 0, 0 },
	{ "5 € – „ja“ …", "5 € – „ja“ …", "5 EUR - \"ja\" ...", 0, 0 },
	{ "☐ a → b ≤ 3", "[ ] a -> b <= 3", "[ ] a -> b <= 3", 0, 0 },
	{ "Mu\u0308ller", "Mueller", "Mueller", 0, 0 },
	{ "ẞ İzmir Ĳ", "SS Izmir IJ", "SS Izmir IJ", 0, 0 },
	{ "Їжак", "????", "????", 4, 4 },
	{ "a\x1b[1mb\x7f", "a?[1mb?", "a?[1mb?", 2, 2 },
	{ "\xff\xfe", "??", "??", 2, 2 },
	{ "two\nlines", "two\nlines", "two\nlines", 0, 0 },
	{ "", "", "", 0, 0 },
};

static void test_letters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		struct text out = { 0 };

		print_message("# %zu\n", i);
		assert_int_equal(letters_add(&out, LETTERS_1252, letters[i].input),
				 letters[i].lost_1252);
		assert_string_equal(text_end(&out), letters[i].in_1252);
		text_clear(&out);
		assert_int_equal(letters_add(&out, LETTERS_ASCII, letters[i].input),
				 letters[i].lost_ascii);
		assert_string_equal(text_end(&out), letters[i].in_ascii);
		text_release(&out);
	}
}

/* Every byte that Windows-1252 has comes back as itself. */
static void test_bytes(void **state)
{
	static const char lacks[] = "\x81\x8d\x8f\x90\x9d";

	(void)state;
	for (unsigned b = 0x80; b < 0x100; b++) {
		static const uint16_t high[] = {
			0x20ac, 0,      0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
			0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0,      0x17d,  0,
			0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
			0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0,      0x17e,  0x178,
		};
		struct text utf8 = { 0 }, bytes = { 0 };

		if (strchr(lacks, (int)b))
			continue;
		text_add_char(&utf8, b < 0xa0 ? high[b - 0x80] : b);
		letters_add_bytes(&bytes, text_end(&utf8));
		assert_int_equal(bytes.len, 1);
		assert_int_equal((unsigned char)bytes.s[0], b);
		text_release(&bytes);
		text_release(&utf8);
	}
}

static struct document *sample(const char *mark, size_t rows)
{
	static const struct document_facts facts = {
		.title = "Fernsprechliste",
		.author = "Stadt Musterlingen",
		.date = "2026-11-01",
		.footer = "Stadt Musterlingen · Kit 42",
		.mark = "",
	};
	static const struct document_column columns[] = {
		{ NULL, 0, false },
		{ "Name", 200, true },
		{ "Rufnummer", 200, false },
	};
	struct document_facts own = facts;
	struct document *d;

	own.mark = mark;
	d = document_new(&own);
	document_words(d, "# Änne Müller\nTask: to **know**\n\n# How to reach\n"
			  "  mobile:     +49 171 392 00 50\n");
	document_table(d, columns, 3, DOCUMENT_GRID);
	for (size_t i = 0; i < rows; i++) {
		const char *const cells[] = { "x", "Müller, Änne", "+49 171 392 00 50\nfax" };

		document_row(d, cells);
	}
	document_field(d, "Erledigt am", true);
	return d;
}

static struct text made(struct document *d, enum document_form form, size_t *pages)
{
	struct document_made m = { 0 };
	struct error e = { 0 };

	assert_true(document_make(d, form, &m, &e));
	assert_int_equal(m.lost, 0);
	*pages = m.pages;
	return m.bytes; /* the caller's now */
}

static size_t count(const struct text *t, const char *word)
{
	size_t n = 0;

	for (const char *at = t->s;
	     (at = memmem(at, (size_t)(t->s + t->len - at), word, strlen(word))); at++)
		n++;
	return n;
}

static void test_text(void **state)
{
	struct document *d = sample("", 1);
	size_t pages;
	struct text t = made(d, DOCUMENT_TEXT, &pages);

	(void)state;
	assert_int_equal(pages, 1);
	assert_int_equal(count(&t, "\n"), 60);
	assert_non_null(strstr(t.s, "\nÄnne Müller\n====="));
	assert_non_null(strstr(t.s, "\nTask: to know\n"));
	assert_non_null(strstr(t.s, "\n- mobile: +49 171 392 00 50\n"));
	assert_non_null(strstr(t.s, "\n     Name                                 Rufnummer\n"));
	assert_non_null(strstr(t.s, "\n[ ]  Müller, Änne                         "
				    "+49 171 392 00 50\n"));
	assert_non_null(strstr(t.s, "\n                                          fax\n---"));
	assert_non_null(strstr(t.s, "\nErledigt am: ____"));
	assert_non_null(strstr(t.s, "\nStadt Musterlingen · Kit 42 "));
	assert_non_null(strstr(t.s, "page 1 of 1\n\f"));
	text_release(&t);
	document_free(d);
}

/* Many rows: every page is full, marked and numbered, and no line is too long. */
static void test_pages(void **state)
{
	struct document *d = sample("EXERCISE", 100);
	size_t pages, width = 0;
	struct text t = made(d, DOCUMENT_LETTERS, &pages);

	(void)state;
	assert_true(pages > 4);
	assert_int_equal(count(&t, "\r\n"), 60 * pages);
	assert_int_equal(count(&t, "\f"), pages);
	assert_int_equal(count(&t, "EXERCISE\r\n"), pages);
	assert_int_equal(count(&t, "[ ]  Mueller, Aenne"), 100);
	for (const char *s = t.s; *s; s++) {
		width = *s == '\n' || *s == '\f' ? 0 : width + 1;
		assert_true(width <= 79); /* with the carriage return */
		assert_true((unsigned char)*s < 0x80);
	}
	/* A row is never divided: what begins it and what ends it are on one page. */
	for (const char *page = t.s; *page;) {
		struct text one = { 0 };
		size_t n = strcspn(page, "\f");

		text_add_n(&one, page, n);
		assert_int_equal(count(&one, "[ ]  "), count(&one, "  fax\r\n"));
		text_release(&one);
		page += n + (page[n] == '\f');
	}
	text_release(&t);
	document_free(d);
}

static void test_pcl(void **state)
{
	static const char begin[] = "\x1b%-12345X@PJL ENTER LANGUAGE=PCL\r\n\x1b"
				    "E\x1b&l26A\x1b&l0O\x1b&l6D\x1b&l3E\x1b&l64F\x1b&l0L"
				    "\x1b(19U\x1b(s0p12h10v0s0b4099T\x1b&a10L";
	static const char end[] = "\x1b"
				  "E\x1b%-12345X";
	struct document *d = sample("EXERCISE", 100);
	size_t pages;
	struct text t = made(d, DOCUMENT_PCL, &pages);

	(void)state;
	assert_true(t.len > sizeof(begin) + sizeof(end));
	assert_memory_equal(t.s, begin, sizeof(begin) - 1);
	assert_memory_equal(t.s + t.len - sizeof(end) + 1, end, sizeof(end) - 1);
	assert_int_equal(count(&t, "\f"), pages - 1);
	assert_int_equal(count(&t, "M\xfcller, \xc4nne"), 100);
	assert_int_equal(count(&t, "\x1b(s3B"), count(&t, "\x1b(s0B"));
	assert_int_equal(count(&t, "\xc3"), 0); /* no UTF-8 is left */
	text_release(&t);
	document_free(d);
}

/* Nothing of a text is an order to a printer or a terminal, nor one of our own marks. */
static void test_orders(void **state)
{
	static const char *const controls[] = { "\x1b[2J", "\x1b&l1X", "\x01",     "\x02",
						"\f",      "\x7f",     "\xc2\x85", "\u202e" };
	static const enum document_form forms[] = { DOCUMENT_TEXT, DOCUMENT_LETTERS, DOCUMENT_PCL };
	const struct document_facts nothing = { "", "", "", "", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++)
		for (size_t k = 0; k < sizeof(forms) / sizeof(forms[0]); k++) {
			struct document *with = document_new(&nothing);
			struct document_made m = { 0 };
			struct error e = { 0 };
			char text[32];

			snprintf(text, sizeof(text), "here%sthere", controls[i]);
			document_text(with, text);
			assert_true(document_make(with, forms[k], &m, &e));
			assert_null(memmem(m.bytes.s, m.bytes.len, text, strlen(text)));
			assert_null(memmem(m.bytes.s, m.bytes.len, "herethere", 9));
			assert_non_null(memmem(m.bytes.s, m.bytes.len, "here", 4));
			document_made_release(&m);
			document_free(with);
		}
}

static void test_pdf(void **state)
{
	struct document *d = sample("EXERCISE", 100);
	size_t pages, again;
	struct text t = made(d, DOCUMENT_PDF, &pages), u = made(d, DOCUMENT_PDF, &again);

	(void)state;
	assert_true(pages > 2);
	assert_memory_equal(t.s, "%PDF-", 5);
	assert_int_equal(t.len, u.len);
	assert_memory_equal(t.s, u.s, t.len);
	text_release(&u);
	text_release(&t);
	document_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letters), cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_text),    cmocka_unit_test(test_pages),
		cmocka_unit_test(test_pcl),     cmocka_unit_test(test_pdf),
		cmocka_unit_test(test_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
