/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Web servers that behave, and many that do not: each a row of what it does request by
 * request, on 127.0.0.1. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#undef skip /* of cmocka, a macro: streams have one too */

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/image/stream_http.h"
#include "webserver.h"

static uint8_t *make_bytes(void)
{
	uint8_t *p = mem_alloc(SIZE);
	uint32_t x = 1;

	for (size_t i = 0; i < SIZE; i++)
		p[i] = (uint8_t)((x = x * 1664525u + 1013904223u) >> 24);
	return p;
}

/* Everything, in pieces as a reader of images asks for them. */
static bool read_all(struct stream *s, uint8_t *into, struct error *e)
{
	static const size_t pieces[] = { 4096, 65536, 1, 1000000, 16384, 70001 };
	bool end = false;

	for (size_t at = 0, i = 0; at < SIZE; i++) {
		size_t n = pieces[i % 6] < SIZE - at ? pieces[i % 6] : SIZE - at;

		if (s->at != at)
			return error_set(e, ERROR_USAGE, "at is wrong");
		if (!s->read(s, into + at, n, e))
			return false;
		at += n;
	}
	if (!s->at_end(s, &end, e))
		return false;
	if (!end || !s->at_end(s, &end, e) || !end || s->at != SIZE)
		return error_set(e, ERROR_USAGE, "the end is not seen");
	return true;
}

static const struct {
	const char *name;
	struct step steps[STEPS];
	enum error_kind kind;
	const char *want;    /* words of the refusal */
	size_t requests;     /* 0: any */
	unsigned patience_s; /* 0: 4 */
} rows[] = {
	{ "good", { { GOOD, 0 } }, 0, NULL, 2, 0 },
	{ "no more than a part each", { { PART, 500001 } }, 0, NULL, 9, 0 },
	{ "closes", { { CUT, 1000000 }, { CUT, 0 }, { CUT, 7 }, { GOOD, 0 } }, 0, NULL, 5, 0 },
	{ "closes all the time", { { CUT, 100000 } }, 0, NULL, 42, 0 },
	{ "goes away", { { AWAY, 5 }, { GOOD, 0 } }, 0, NULL, 3, 0 },
	{ "odd, but now and then a byte",
	  { { FIRST, 1 },
	    { FIRST, 2 },
	    { FIRST, 3 },
	    { CUT, 1 },
	    { FIRST, 4 },
	    { FIRST, 5 },
	    { FIRST, 6 },
	    { GOOD, 0 } },
	  0,
	  NULL,
	  9,
	  0 },
	{ "odd, and without a word",
	  { { FIRST, 1 }, { FIRST, 1 }, { FIRST, 1 }, { FIRST, 1 }, { NOTHING, 0 }, { GOOD, 0 } },
	  0,
	  NULL,
	  7,
	  2 },
	{ "resets", { { RESET, 1000000 }, { GOOD, 0 } }, 0, NULL, 0, 0 },
	{ "falls silent", { { SILENT, 5000 }, { MUTE, 0 }, { GOOD, 0 } }, 0, NULL, 4, 2 },
	{ "slow", { { DRIP, 200000 } }, 0, NULL, 2, 0 },
	{ "busy for a while",
	  { { STATUS, 503 }, { STATUS, 500 }, { STATUS, 429 }, { GOOD, 0 } },
	  0,
	  NULL,
	  5,
	  0 },
	{ "another place, then right",
	  { { FIRST, 1 }, { FIRST, 70000 }, { GOOD, 0 } },
	  0,
	  NULL,
	  4,
	  0 },
	{ "shorter than its range", { { LENGTH, 1 }, { GOOD, 0 } }, 0, NULL, 3, 0 },
	{ "no length, too many", { { BEYOND, ALL } }, 0, NULL, 2, 0 },
	{ "no length, too few", { { LESS, 9 }, { LESS, 100000 }, { GOOD, 0 } }, 0, NULL, 4, 0 },
	{ "does not say which, then does", { { BLIND, 0 }, { GOOD, 0 } }, 0, NULL, 3, 0 },
	{ "size not told", { { STAR, 1000000 }, { STAR, ALL } }, 0, NULL, 3, 0 },
	{ "no ranges", { { WHOLE, ALL } }, 0, NULL, 1, 0 },
	{ "no ranges, no length", { { ENDING, ALL } }, 0, NULL, 1, 0 },
	{ "ranges only when asked again", { { WHOLE, 5 }, { GOOD, 0 } }, 0, NULL, 3, 0 },
	{ "all, when asked for what is behind the end",
	  { { GOOD, 0 }, { WHOLE, ALL } },
	  0,
	  NULL,
	  2,
	  0 },
	{ "nothing more after the last byte", { { GOOD, 0 }, { STATUS, 500 } }, 0, NULL, 2, 0 },
	{ "silence after the last byte", { { GOOD, 0 }, { MUTE, 0 } }, 0, NULL, 2, 1 },
	{ "chunks", { { CHUNKS, 0 } }, 0, NULL, 2, 0 },
	{ "torn chunks", { { TORN, 200000 }, { CHUNKS, 0 } }, 0, NULL, 3, 0 },
	{ "noise, then right",
	  { { NOISE, 0 }, { ANCIENT, 0 }, { TWICE, 0 }, { LONG, 65 }, { GOOD, 0 } },
	  0,
	  NULL,
	  6,
	  0 },
	{ "a long head", { { LONG, 60 } }, 0, NULL, 2, 0 },
	{ "answers before the answer", { { WAITS, 100 } }, 0, NULL, 2, 0 },

	{ "a byte and silence",
	  { { SILENT, 5 }, { MUTE, 0 } },
	  ERROR_FAILED,
	  "the server is silent at byte 5; no new byte in 1 seconds",
	  0,
	  1 },
	{ "always busy",
	  { { STATUS, 503 } },
	  ERROR_FAILED,
	  "answers with status 503; no new byte in 1 seconds",
	  0,
	  1 },
	{ "always another place",
	  { { FIRST, 1 } },
	  ERROR_FAILED,
	  "asked for byte 0, the server sends byte 1",
	  5,
	  0 },
	{ "another place later",
	  { { CUT, 10 }, { FIRST, 1 } },
	  ERROR_FAILED,
	  "asked for byte 10, the server sends byte 11",
	  6,
	  0 },
	{ "always shorter",
	  { { LENGTH, 1 } },
	  ERROR_FAILED,
	  "announces 4000007 bytes and sends 4000006",
	  5,
	  0 },
	{ "never says which", { { BLIND, 0 } }, ERROR_FAILED, "does not say which bytes", 5, 0 },
	{ "says it twice", { { TWICE, 0 } }, ERROR_FAILED, "contradicts itself", 5, 0 },
	{ "folds lines", { { FOLDED, 0 } }, ERROR_FAILED, "", 5, 0 },
	{ "noise", { { NOISE, 0 } }, ERROR_FAILED, "not proper HTTP", 5, 0 },
	{ "HTTP/0.9", { { ANCIENT, 0 } }, ERROR_FAILED, "not proper HTTP", 5, 0 },
	{ "a head without end", { { LONG, 100000 } }, ERROR_FAILED, "is too long", 5, 0 },
	{ "an answer that never comes", { { WAITS, 100000 } }, ERROR_FAILED, "", 0, 0 },
	{ "changes its size",
	  { { CUT, 100 }, { GREW, 5 } },
	  ERROR_FAILED,
	  "had 4000007 bytes and now has 4000012",
	  2,
	  0 },
	{ "grows at the end", { { GOOD, 0 }, { EMPTY, 0 } }, ERROR_FAILED, "now has 0", 2, 0 },
	{ "no ranges, closes", { { WHOLE, 1000 } }, ERROR_FAILED, "cannot go on at byte 1000", 2, 0 },
	{ "no ranges, breaks",
	  { { BROKEN, 1000 } },
	  ERROR_FAILED,
	  "cannot go on at byte 1000",
	  2,
	  0 },
	{ "no ranges, no length, closes",
	  { { ENDING, 1000 } },
	  ERROR_UNTRUSTED,
	  "ends after 1000 bytes: it was cut short",
	  1,
	  0 },
	{ "empty", { { EMPTY, 0 } }, ERROR_UNTRUSTED, "ends after 0 bytes", 1, 0 },
	{ "says that it is not there",
	  { { CUT, 8 }, { STATUS, 416 } },
	  ERROR_FAILED,
	  "says that byte 8 of 4000007 is not there",
	  6,
	  0 },
	{ "compressed", { { ZIPPED, 0 } }, ERROR_FAILED, "Content-Encoding", 1, 0 },
	{ "elsewhere", { { MOVED, 0 } }, ERROR_FAILED, "elsewhere (http://192.0.2.1/", 1, 0 },
	{ "not there", { { STATUS, 404 } }, ERROR_FAILED, "no such file (status 404)", 1, 0 },
	{ "gone in the middle", { { CUT, 8 }, { STATUS, 410 } }, ERROR_FAILED, "status 410", 2, 0 },
	{ "with a password", { { STATUS, 401 } }, ERROR_FAILED, "without a password", 1, 0 },
	{ "no teapot", { { STATUS, 418 } }, ERROR_FAILED, "answers with status 418", 1, 0 },
	{ "no content", { { STATUS, 204 } }, ERROR_FAILED, "", 1, 0 },
};

/* What came of a row. Rows run side by side: most of them only wait. */
static struct {
	uint8_t *got;
	bool ok;
	size_t requests;
	char url[64];
	struct error e;
} came[sizeof(rows) / sizeof(rows[0])];
#define THREADS 24
static _Atomic size_t next_row;

static void *run_rows(void *bytes)
{
	for (size_t i; (i = next_row++) < sizeof(rows) / sizeof(rows[0]);) {
		const struct stream_options o = { rows[i].patience_s ? rows[i].patience_s : 4 };
		struct server v;

		server_start(&v, rows[i].steps, bytes, came[i].url);
		struct stream *s = stream_http_open(came[i].url, &o, &came[i].e);

		came[i].got = mem_alloc(SIZE);
		came[i].ok = s && read_all(s, came[i].got, &came[i].e);
		if (s)
			s->close(s);
		server_stop(&v);
		came[i].requests = v.requests;
	}
	return NULL;
}

static void behaviours(void **state)
{
	uint8_t *bytes = make_bytes();
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, run_rows, bytes), 0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = came[i].e.text;

		if (came[i].ok != !rows[i].want || came[i].e.kind != rows[i].kind ||
		    (came[i].ok && memcmp(came[i].got, bytes, SIZE) != 0) ||
		    (!came[i].ok && (!strstr(text, rows[i].want) || !strstr(text, came[i].url))) ||
		    (rows[i].requests && came[i].requests != rows[i].requests))
			fail_msg("%s: %zu requests, kind %d: %s", rows[i].name, came[i].requests,
				 (int)came[i].e.kind, text);
		free(came[i].got);
	}
	free(bytes);
}

static struct stream *open_good(struct server *v, const struct step *steps, const uint8_t *bytes,
				unsigned patience_s)
{
	const struct stream_options o = { .patience_s = patience_s };
	struct error e = { 0 };
	char url[64];

	server_start(v, steps, bytes, url);
	struct stream *s = stream_http_open(url, &o, &e);

	if (!s)
		fail_msg("%s", e.text);
	return s;
}

/* A wrong byte is handed on: it is the image's digests that find it. */
static void lies_are_not_seen_here(void **state)
{
	static const struct step steps[STEPS] = { { LIAR, 2000000 } };
	uint8_t *bytes = make_bytes(), *got = mem_alloc(SIZE);
	struct error e = { 0 };
	struct server v;
	struct stream *s = open_good(&v, steps, bytes, 1);

	(void)state;
	assert_true(read_all(s, got, &e));
	s->close(s);
	server_stop(&v);
	assert_int_equal(got[2000000], 0x55);
	got[2000000] = bytes[2000000];
	assert_memory_equal(got, bytes, SIZE);
	free(got);
	free(bytes);
}

/* Short ways are read over, long ones asked for anew, and nothing is skipped past the end. */
static void skips(void **state)
{
	static const struct step ranges[STEPS] = { { GOOD, 0 } }, none[STEPS] = { { WHOLE, ALL } };
	uint8_t *bytes = make_bytes(), got[16];
	bool end = true;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct error e = { 0 };
		struct server v;
		struct stream *s = open_good(&v, i ? none : ranges, bytes, 1);

		assert_int_equal(s->end, SIZE);
		assert_true(s->read(s, got, 16, &e));
		assert_true((s->skip)(s, 3500000, &e));
		assert_true(s->read(s, got, 16, &e));
		assert_memory_equal(got, bytes + 3500016, 16);
		assert_true((s->skip)(s, SIZE - 3500032 - 1, &e));
		assert_int_equal(s->at, SIZE - 1);
		assert_true(s->at_end(s, &end, &e) && !end);
		assert_true((s->skip)(s, 1, &e));
		assert_true(s->at_end(s, &end, &e) && end);
		assert_int_equal(s->at, SIZE);
		assert_false((s->skip)(s, 1, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		assert_non_null(strstr(e.text, "ends after 4000007 bytes"));
		e = (struct error){ 0 };
		assert_false(s->read(s, got, 1, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		e = (struct error){ 0 };
		assert_false((s->skip)(s, UINT64_MAX, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		s->close(s);
		server_stop(&v);
		assert_int_equal(v.requests, i ? 1 : 3);
	}
	free(bytes);
}

/* Who does not know where the end is does not jump past it. */
static void skips_without_a_total(void **state)
{
	static const struct step steps[STEPS] = { { STAR, 1000 } };
	uint8_t *bytes = make_bytes(), got[16];
	struct error e = { 0 };
	struct server v;
	struct stream *s = open_good(&v, steps, bytes, 1);

	(void)state;
	assert_true(s->read(s, got, 16, &e));
	assert_false((s->skip)(s, SIZE, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "ends after 4000007 bytes"));
	s->close(s);
	server_stop(&v);
	free(bytes);
}

static void long_skips(void **state)
{
	static const struct step steps[STEPS] = { { GOOD, 0 } };
	uint8_t *bytes = make_bytes(), got[16];
	struct error e = { 0 };
	struct server v;
	struct stream *s = open_good(&v, steps, bytes, 1);

	(void)state;
	assert_true((s->skip)(s, 1200000, &e)); /* more than the ring holds */
	assert_true(s->read(s, got, 16, &e));
	assert_memory_equal(got, bytes + 1200000, 16);
	assert_false((s->skip)(s, SIZE, &e));
	assert_non_null(strstr(e.text, "ends after 4000007 bytes"));
	s->close(s);
	server_stop(&v);
	assert_int_equal(v.requests, 1);
	e = (struct error){ 0 };
	s = open_good(&v, steps, bytes, 1);
	assert_true((s->skip)(s, 3900000, &e));
	assert_int_equal(s->at, 3900000);
	assert_true(s->read(s, got, 16, &e));
	assert_memory_equal(got, bytes + 3900000, 16);
	assert_false((s->skip)(s, 3500000, &e));
	assert_non_null(strstr(e.text, "ends after 4000007 bytes"));
	s->close(s);
	server_stop(&v);
	assert_int_equal(v.requests, 2);
	assert_int_equal(v.first[1], 3900000);
	free(bytes);
}

/* What leaves this PC: no more than the request needs, and not through a proxy. */
static void says_little(void **state)
{
	static const struct step steps[STEPS] = { { GOOD, 0 } };
	static const char want[] = "GET /a.kimg HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
				   "Range: bytes=0-\r\nUser-Agent: blackstart\r\nAccept: */*\r\n"
				   "Accept-Encoding: identity\r\n\r\n";
	uint8_t *bytes = make_bytes();
	struct server v;
	char head[512];
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	struct stream *s = open_good(&v, steps, bytes, 1);

	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
	s->close(s);
	assert_int_equal(getsockname(v.listener, (struct sockaddr *)&at, &len), 0);
	server_stop(&v);
	snprintf(head, sizeof(head), want, ntohs(at.sin_port));
	assert_string_equal(v.head, head);
	free(bytes);
}

/* A name that is too long for DNS is refused without asking anybody. */
#define LABEL70 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqr"

static void addresses(void **state)
{
	static const struct {
		const char *url;
		enum error_kind kind;
		const char *want;
	} bad[] = {
		{ "https://127.0.0.1:1/a", ERROR_USAGE, "encrypted" },
		{ "HTTPS://127.0.0.1:1/a", ERROR_USAGE, "encrypted" },
		{ "ftp://127.0.0.1:1/a", ERROR_USAGE, "no address" },
		{ "file:///etc/passwd", ERROR_USAGE, "no address" },
		{ "http://", ERROR_USAGE, "no address" },
		{ "http:///a", ERROR_USAGE, "no address" },
		{ "http://127.0.0.1:99999/a", ERROR_USAGE, "no address" },
		{ "http://[::1/a", ERROR_USAGE, "no address" },
		{ "http://127.0.0.1:1/a#b", ERROR_USAGE, "no address" },
		{ "http://127.0.0.1:1/a b", ERROR_USAGE, "%20" },
		{ "http://127.0.0.1:1/a\r\nX: y", ERROR_USAGE, "%20" },
		{ "http://me:secret@127.0.0.1:1/a", ERROR_USAGE, "user name" },
		{ "http://me@127.0.0.1:1/a", ERROR_USAGE, "user name" },
		{ "http://127.0.0.1:1/a", ERROR_FAILED, "cannot be reached" },
		{ "http://" LABEL70 ".invalid:1/a", ERROR_FAILED, "nobody here knows" },
		{ "http://[::1]:1/a", ERROR_FAILED, "cannot be reached" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct error e = { 0 };

		assert_null(stream_http_open(bad[i].url, NULL, &e));
		if (e.kind != bad[i].kind || !strstr(e.text, bad[i].want))
			fail_msg("%s: %s", bad[i].url, e.text);
		assert_null(strstr(e.text, "secret"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(behaviours),
		cmocka_unit_test(lies_are_not_seen_here),
		cmocka_unit_test(skips_without_a_total),
		cmocka_unit_test(skips),
		cmocka_unit_test(long_skips),
		cmocka_unit_test(says_little),
		cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests_name("stream_http", tests, NULL, NULL);
}
