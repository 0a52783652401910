/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heads of answers, right and wrong to the letter, and what is made of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/image/http_head.h"

#define OF(first, total) "HTTP/1.1 206 P\r\nContent-Range: bytes " first "/" total "\r\n"
#define MAX "18446744073709551615"

static const struct {
	const char *head; /* the blank line is added */
	uint64_t first, total;
	enum http_answer want;
	uint64_t until;
} rows[] = {
	/* asked for bytes from 5 on of a file of 10 */
	{ OF("bytes 5-9", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10"), 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10"), 5, 0, HTTP_BYTES, 10 },
	{ OF("5-7", "10"), 5, 10, HTTP_BYTES, 8 },
	{ OF("5-5", "10"), 5, 10, HTTP_BYTES, 6 },
	{ OF("5-9", "*"), 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "11"), 5, 10, HTTP_CHANGED, 0 },
	{ OF("5-8", "9"), 5, 10, HTTP_CHANGED, 0 },
	{ OF("4-9", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("6-9", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("0-9", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-4", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-10", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("-5", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("+5-9", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", ""), 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10x"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "*x"), 5, 10, HTTP_ODD, 0 },
	{ OF("5 -9", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("5-9,11-12", "20"), 5, 20, HTTP_ODD, 0 },
	{ OF("*", "10"), 5, 10, HTTP_ODD, 0 },
	{ OF("*", "*"), 5, 10, HTTP_ODD, 0 },
	{ OF("0-" MAX, "*"), 0, 0, HTTP_ODD, 0 },
	{ OF("0-18446744073709551614", "*"), 0, 0, HTTP_BYTES, UINT64_MAX },
	{ OF("18446744073709551616-18446744073709551617", "*"), 0, 0, HTTP_ODD, 0 },
	{ OF("184467440737095516160-184467440737095516161", "*"), 0, 0, HTTP_ODD, 0 },
	{ "HTTP/1.1 206 P\r\nCONTENT-RANGE:BYTES 5-9/10 \t\r\n", 5, 10, HTTP_BYTES, 10 },
	{ "HTTP/1.1 206 P\nContent-Range: bytes 5-9/10\n", 5, 10, HTTP_BYTES, 10 },
	{ "HTTP/1.1 206\r\nContent-Range: bytes 5-9/10\r\n", 5, 10, HTTP_BYTES, 10 },
	{ "HTTP/1.1 206 P\r\nContent-Range : bytes 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ "HTTP/1.1 206 P\r\n Content-Range: bytes 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ "HTTP/1.1 206 P\r\nContent-Range: bytes\r\n 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ "HTTP/1.1 206 P\r\nContent-Range: items 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ "HTTP/1.1 206 P\r\nX-Content-Range: bytes 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ "HTTP/1.1 206 P\r\nno colon\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "no colon\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") ": no name\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "A:\r\nB: \r\n", 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10") "Content-Range: bytes 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("*", "10") "Content-Range: bytes 5-9/10\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "Content-Length: 5\r\n", 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10") "Content-Length: 5\r\nContent-Length: 5\r\n", 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10") "Content-Length: 5\r\nContent-Length: 4\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "Content-Length: 4\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "Content-Length: 6\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "Content-Length: 5, 5\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "Content-Length: -5\r\n", 5, 10, HTTP_ODD, 0 },
	{ OF("5-9", "10") "Transfer-Encoding: chunked\r\n", 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10") "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", 5, 10, HTTP_ODD,
	  0 },
	{ OF("5-9", "10") "Content-Encoding: identity\r\n", 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10") "Content-Encoding: gzip\r\n", 5, 10, HTTP_NEVER, 0 },
	{ OF("5-9", "10") "Content-Encoding: identity, br\r\n", 5, 10, HTTP_NEVER, 0 },
	{ "HTTP/1.1 100 C\r\nContent-Range: bytes 1-2/3\r\n\r\n" OF("5-9", "10"), 5, 10, HTTP_BYTES,
	  10 },
	{ "HTTP/1.1 100 C\r\nbroken\r\n\r\n" OF("5-9", "10"), 5, 10, HTTP_BYTES, 10 },
	{ OF("5-9", "10") "\r\nContent-Range: bytes 0-1/2\r\nbroken\r\n", 5, 10, HTTP_BYTES, 10 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 10\r\n", 0, 0, HTTP_BYTES, 10 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 0\r\n", 0, 0, HTTP_BYTES, 0 },
	{ "HTTP/1.1 200 O\r\n", 0, 0, HTTP_BYTES, UINT64_MAX },
	{ "HTTP/1.1 200 O\r\nContent-Encoding: gzip\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 11\r\n", 0, 10, HTTP_CHANGED, 0 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 10\r\n", 5, 10, HTTP_NEVER, 0 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 11\r\n", 5, 10, HTTP_CHANGED, 0 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 10\r\n", 5, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 200 O\r\n", 5, 10, HTTP_NEVER, 0 },
	{ "HTTP/1.1 200 O\r\n", 10, 10, HTTP_NEVER, 0 },
	{ "HTTP/1.1 200 O\r\nContent-Length: 10\r\n", 10, 10, HTTP_END, 0 },
	{ "HTTP/1.1 416 N\r\nContent-Range: bytes */10\r\n", 10, 10, HTTP_END, 0 },
	{ "HTTP/1.1 416 N\r\nContent-Range: bytes */10\r\n", 10, 0, HTTP_END, 0 },
	{ "HTTP/1.1 416 N\r\nContent-Range: bytes */10\r\n", 11, 0, HTTP_END, 0 },
	{ "HTTP/1.1 416 N\r\nContent-Range: bytes */10\r\n", 9, 0, HTTP_ODD, 0 },
	{ "HTTP/1.1 416 N\r\nContent-Range: bytes */10\r\n", 10, 11, HTTP_CHANGED, 0 },
	{ "HTTP/1.1 416 N\r\n", 10, 10, HTTP_END, 0 },
	{ "HTTP/1.1 416 N\r\n", 9, 10, HTTP_ODD, 0 },
	{ "HTTP/1.1 416 N\r\n", 9, 0, HTTP_END, 0 },
	{ "HTTP/1.1 416 N\r\nContent-Encoding: gzip\r\n", 10, 10, HTTP_END, 0 },
	{ "HTTP/1.1 204 N\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 301 M\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 308 M\r\nLocation: http://192.0.2.1/\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 400 B\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 401 U\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 403 F\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 404 N\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 408 T\r\n", 0, 0, HTTP_AGAIN, 0 },
	{ "HTTP/1.1 410 G\r\n", 0, 0, HTTP_NEVER, 0 },
	{ "HTTP/1.1 425 E\r\n", 0, 0, HTTP_AGAIN, 0 },
	{ "HTTP/1.1 429 T\r\n", 0, 0, HTTP_AGAIN, 0 },
	{ "HTTP/1.1 500 I\r\n", 0, 0, HTTP_AGAIN, 0 },
	{ "HTTP/1.1 503 S\r\n", 0, 0, HTTP_AGAIN, 0 },
	{ "HTTP/1.1 999 S\r\n", 0, 0, HTTP_AGAIN, 0 },
};

/* The lines one after another, as libcurl hands them over. */
static void feed(struct http_head *h, const char *p, size_t len)
{
	const char *end = p + len;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t n = lf ? (size_t)(lf - p) + 1 : (size_t)(end - p);

		http_head_line(h, p, n);
		p += n;
	}
}

static void heads(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct http_asked asked = { "NAME", rows[i].first, rows[i].total != 0,
						  rows[i].total };
		struct http_head h = { 0 };
		struct error why = { 0 };
		uint64_t until = 77;

		feed(&h, rows[i].head, strlen(rows[i].head));
		feed(&h, "\r\n", 2);
		enum http_answer got = http_head_judge(&h, &asked, &until, &why);
		bool silent = got == HTTP_BYTES || got == HTTP_END;

		if (!h.done || got != rows[i].want || until != rows[i].until ||
		    why.kind != (silent ? ERROR_NONE : ERROR_FAILED) ||
		    (!silent && strncmp(why.text, "NAME: ", 6) != 0))
			fail_msg("row %zu: %s: answer %d until %llu: %s", i, rows[i].head, (int)got,
				 until + 0ULL, why.text);
	}
}

/* No status line, no answer: libcurl would not have it so, but nothing here leans on that. */
static void no_status(void **state)
{
	static const char *const broken[] = { "HTTP/1.1\r\n",         "HTTP/1.1 \r\n",
					      "HTTP/1.1 20\r\n",      "HTTP/1.1 x06\r\n",
					      "HTTP/1.1 1000\r\n",    "HTTP/1.1 -06\r\n",
					      "Content-Length: 1\r\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct http_head h = { 0 };

		feed(&h, broken[i], strlen(broken[i]));
		feed(&h, "\r\n", 2);
		assert_false(h.done);
	}
}

static void limits(void **state)
{
	const struct http_asked asked = { "NAME", 5, false, 0 };
	struct http_head h = { 0 };
	struct error why = { 0 };
	char line[300];
	uint64_t until;

	(void)state;
	memset(line, 'a', sizeof(line));
	memcpy(line, "Location: ", 10);
	http_head_line(&h, "HTTP/1.1 206 P\r\n", 16);
	http_head_line(&h, line, sizeof(line));
	assert_int_equal(strlen(h.location), HTTP_LOCATION_MAX);
	assert_memory_equal(h.location, line + 10, HTTP_LOCATION_MAX);
	/* A byte that is zero ends no name and no value. */
	http_head_line(&h, "Content-Range\0: bytes 5-9/10\r\n", 30);
	assert_true(h.bad && !h.has_range);
	h = (struct http_head){ 0 };
	http_head_line(&h, "Content-Range: bytes 5-9/10\0\r\n", 30);
	assert_true(h.bad && !h.has_range);
	/* Every line counts, those of answers before the answer too. */
	h = (struct http_head){ 0 };
	for (size_t n = 0; n < HTTP_HEAD_MAX / 16; n++)
		http_head_line(&h, "HTTP/1.1 206 P\r\n", 16);
	assert_false(h.too_long);
	http_head_line(&h, "Content-Range: bytes 5-9/10\r\n", 29);
	http_head_line(&h, "\r\n", 2);
	assert_true(h.too_long && h.has_range && h.done);
	assert_int_equal(http_head_judge(&h, &asked, &until, &why), HTTP_ODD);
	assert_non_null(strstr(why.text, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(heads), cmocka_unit_test(no_status),
					    cmocka_unit_test(limits) };

	return cmocka_run_group_tests_name("http_head", tests, NULL, NULL);
}
