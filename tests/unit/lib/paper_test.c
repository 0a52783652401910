/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages: breaks, page numbers known before, one page or an error, same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/data/paper.h"

static const struct paper_frame plain = {
	.title = "Title", .author = "Author", .date = "2026-11-01", .footer = "foot", .mark = ""
};

struct job {
	size_t paragraphs, rows;
	size_t second, third; /* pages of the headings as the last drawing saw them */
	unsigned tight;
};

static void draw(struct paper *p, const void *with)
{
	struct job *job = *(struct job *const *)with;
	static const struct paper_column columns[] = {
		{ "", 1, PAPER_BODY, PAPER_TICK },
		{ "Words", 9, PAPER_BODY, PAPER_WORDS },
	};
	static const char *const cells[] = { "x", "**bold** and long, long, long words\n- point" };

	paper_heading(p, 1, "First", "first");
	paper_contents(p);
	for (size_t i = 0; i < job->paragraphs; i++)
		paper_text(p, PAPER_BODY, "One line.");
	paper_heading(p, 1, "Second", "second");
	paper_table(p, columns, 2, PAPER_RULED);
	for (size_t i = 0; i < job->rows; i++)
		paper_row(p, cells, 0);
	paper_table_end(p);
	paper_page(p);
	paper_heading(p, 2, "Third", "third");
	paper_field(p, "Name", false);
	paper_field(p, "Date", false);
	paper_tick(p, "Done");
	job->second = paper_page_of(p, "second");
	job->third = paper_page_of(p, "third");
	job->tight = paper_tight(p);
}

static bool write_job(const struct paper_frame *f, struct job *job, const char *path,
		      struct error *e)
{
	return paper_write(f, draw, &job, path, e);
}

static void test_page_numbers(void **state)
{
	(void)state;
	static const struct {
		size_t paragraphs, rows, second, third;
	} cases[] = {
		{ 0, 0, 1, 2 },
		{ 10, 5, 1, 2 },
		{ 45, 1, 2, 3 }, /* a page is about 39 such lines */
		{ 10, 60, 1, 5 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct job job = { .paragraphs = cases[i].paragraphs, .rows = cases[i].rows };
		struct error e = { 0 };

		assert_true(write_job(&plain, &job, "paper_test.pdf", &e));
		assert_int_equal(job.second, cases[i].second);
		assert_int_equal(job.third, cases[i].third);
	}
	unlink("paper_test.pdf");
}

/* A heading at the foot goes over with what follows: it is never alone. */
static void test_no_lonely_heading(void **state)
{
	(void)state;
	for (size_t n = 25; n < 45; n++) {
		struct job job = { .paragraphs = n, .rows = 30 };
		struct job less = { .paragraphs = n, .rows = 1 };
		struct error e = { 0 };

		assert_true(write_job(&plain, &job, "paper_test.pdf", &e));
		assert_true(write_job(&plain, &less, "paper_test.pdf", &e));
		/* With one row, heading and row share a page, and the third has the next. */
		assert_int_equal(less.third, less.second + 1);
		assert_int_equal(job.second, less.second);
	}
	unlink("paper_test.pdf");
}

static void draw_lines(struct paper *p, const void *with)
{
	struct job *job = *(struct job *const *)with;

	for (size_t i = 0; i < job->rows; i++)
		paper_text(p, PAPER_BODY, "One line.");
	job->tight = paper_tight(p);
}

static void test_one_page(void **state)
{
	(void)state;
	struct paper_frame one = plain;
	struct job few = { .rows = 10 }, more = { .rows = 42 }, many = { .rows = 100 };
	struct job *job = &few;
	struct error e = { 0 };

	one.one_page = true;
	assert_true(paper_write(&one, draw_lines, &job, "paper_test.pdf", &e));
	assert_int_equal(few.tight, 0);
	job = &more;
	assert_true(paper_write(&one, draw_lines, &job, "paper_test.pdf", &e));
	assert_true(more.tight > 0);
	unlink("paper_test.pdf");
	job = &many;
	assert_false(paper_write(&one, draw_lines, &job, "paper_test.pdf", &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	assert_non_null(strstr(e.text, "too much to say"));
	assert_int_equal(access("paper_test.pdf", F_OK), -1);
}

static size_t slurp(const char *path, char **bytes)
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	*bytes = malloc(1 << 20);
	n = fread(*bytes, 1, 1 << 20, f);
	fclose(f);
	unlink(path);
	return n;
}

static void draw_odd(struct paper *p, const void *with)
{
	char word[3000];

	(void)with;
	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	paper_text(p, PAPER_BODY, word); /* no space to break at */
	paper_text(p, PAPER_BODY,
		   "Şahin Wójcik \xe6\xbc\xa2 \xff \xe2\x80\xae \xf0\x9f\x98\x80 **open");
	paper_text(p, PAPER_BODY, "");
	paper_heading(p, 3, "", NULL); /* alone at the end */
}

static void test_odd_text_same_bytes(void **state)
{
	(void)state;
	struct error e = { 0 };
	char *a, *b;
	size_t n, m;

	assert_true(paper_write(&plain, draw_odd, NULL, "paper_test.pdf", &e));
	n = slurp("paper_test.pdf", &a);
	assert_true(paper_write(&plain, draw_odd, NULL, "paper_test.pdf", &e));
	m = slurp("paper_test.pdf", &b);
	assert_int_equal(n, m);
	assert_memory_equal(a, b, n);
	assert_memory_equal(a, "%PDF-", 5);
	free(a);
	free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_page_numbers),
		cmocka_unit_test(test_no_lonely_heading),
		cmocka_unit_test(test_one_page),
		cmocka_unit_test(test_odd_text_same_bytes),
	};

	if (chdir(getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp") != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
