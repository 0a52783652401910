/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RC4, entries and files of a quarantine of our own making: whole, cut, damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "triage/parse/quarantine.h"

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void cipher(uint8_t *p, size_t len)
{
	struct rc4 r;

	quarantine_cipher(&r);
	rc4_apply(&r, p, len);
}

/* The test vectors of RFC 6229, and those that everybody knows. */
static void rc4_vectors(void **state)
{
	static const struct {
		const char *key, *plain;
		uint8_t want[8];
		size_t len;
	} cases[] = {
		{ "Key", "Plaintext", { 0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a }, 8 },
		{ "Wiki", "pedia", { 0x10, 0x21, 0xbf, 0x04, 0x20 }, 5 },
		{ "\1\2\3\4\5",
		  "\0\0\0\0\0\0\0\0",
		  { 0xb2, 0x39, 0x63, 0x05, 0xf0, 0x3d, 0xc0, 0x27 },
		  8 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t bytes[8];
		struct rc4 r;

		memcpy(bytes, cases[i].plain, cases[i].len);
		rc4_init(&r, (const uint8_t *)cases[i].key, strlen(cases[i].key));
		rc4_apply(&r, bytes, cases[i].len / 2);
		rc4_apply(&r, bytes + cases[i].len / 2, cases[i].len - cases[i].len / 2);
		assert_memory_equal(bytes, cases[i].want, cases[i].len);
	}
}

#define FIRST 68u
#define PATH "C\0:\0\\\0a\0\0\0"

static size_t add_field(uint8_t *p, size_t at, unsigned kind, const void *data, size_t len)
{
	at = (at + 3) / 4 * 4;
	put(p + at, len, 2);
	put(p + at + 2, kind, 2);
	memcpy(p + at + 4, data, len);
	return at + 4 + len;
}

/* An entry of two things; returns its bytes. Plain, if so said: to be damaged first. */
static size_t make(uint8_t *p, bool plain)
{
	uint8_t *a = p + 60, *b = a + FIRST;
	size_t at = 12;

	memset(p, 0, 1024);
	memcpy(p, "\xdb\xe8\xc5\x01", 4);
	memset(a, 0x11, 16);
	memset(a + 16, 0x22, 16);
	put(a + 32, 132000000000000000, 8);
	put(a + 40, 2147686744, 8);
	memcpy(a + 52, "Virus:X/Test_1", 15);
	put(b, 2, 4);
	put(b + 4, at, 4);
	memcpy(b + at, PATH, sizeof(PATH) - 1);
	at += sizeof(PATH) - 1;
	put(b + at, 3, 2);
	memcpy(b + at + 2, "file", 5);
	at = add_field(b, at + 7, 0x5002, "abcdefghijklmnopqrst", 20);
	at = add_field(b, at, 0x6012, "\x10\0\0\0\0\0\0\0", 8);
	at = add_field(b, at, 0x600f, "\1\0\0\0\0\0\0\1", 8);
	put(b + 8, at, 4);
	memcpy(b + at, PATH, sizeof(PATH) - 1);
	memcpy(b + at + sizeof(PATH) - 1, "\0\0regkey", 9);
	at += sizeof(PATH) - 1 + 9;
	put(p + 40, FIRST, 4);
	put(p + 44, at, 4);
	if (!plain) {
		cipher(p, 60);
		cipher(a, FIRST);
		cipher(b, at);
	}
	return 60 + FIRST + at;
}

struct seen {
	size_t count, alone, problems;
	bool files;
};

static bool take(void *ctx, const struct quarantine_entry *entry,
		 const struct quarantine_resource *q, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	assert_int_equal(entry->id[0], 0x11);
	assert_int_equal(entry->scan_id[15], 0x22);
	assert_int_equal(entry->time, 132000000000000000);
	assert_int_equal(entry->threat_id, 2147686744);
	assert_true(entry->threat.left == 14 || (!q && entry->threat.left < 14));
	if (!q) {
		s->alone++;
		return true;
	}
	if (!s->problems) {
		assert_int_equal(q->path.left, sizeof(PATH) - 3);
		assert_int_equal(q->type.left, s->count ? 6 : 4);
		assert_int_equal(q->has_size, !s->count);
		assert_int_equal(q->size, s->count ? 0 : 16);
		assert_int_equal(q->created, s->count ? 0 : UINT64_C(0x0100000000000001));
		assert_int_equal(q->resource_id.left, s->count ? 0 : 20);
	}
	s->count++;
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)offset;
	(void)what;

	s->problems++;
}

static bool parse(const uint8_t *p, size_t len, struct seen *s)
{
	struct quarantine_entry entry;
	const struct parse_problems problems = { problem, s };
	struct error e = { 0 };
	uint8_t *copy = mem_alloc(len + 1);

	*s = (struct seen){ 0 };
	if (len)
		memcpy(copy + 1, p, len);
	bool ok = quarantine_entry(copy + 1, len, &problems, &entry, take, s, &e);
	assert_int_equal(e.kind, ok ? ERROR_NONE : ERROR_UNTRUSTED);
	free(copy);
	return ok;
}

static void entries(void **state)
{
	uint8_t p[1024];
	struct seen s = { 0 };
	size_t len = make(p, false);
	(void)state;

	assert_true(parse(p, len, &s));
	assert_int_equal(s.count, 2);
	assert_int_equal(s.problems, 0);
	for (size_t n = 0; n < len; n++) {
		assert_int_equal(parse(p, n, &s), n >= 60);
		assert_int_equal(s.problems > 0, n >= 60);
		/* Of what is cut anywhere behind it, the threat and the time stay. */
		assert_int_equal(s.count + s.alone > 0, n >= 60 + 52);
		assert_false(s.count && s.alone);
	}
	p[0] ^= 1; /* another magic: the lengths still say what it is, until they do not */
	assert_true(parse(p, len, &s));
	assert_int_equal(s.count, 2);
	p[40] ^= 1;
	assert_false(parse(p, len, &s));
}

static void damaged_entries(void **state)
{
	static const struct {
		const char *name;
		size_t at; /* in the third part */
		uint64_t value;
		size_t bytes, count, problems;
	} cases[] = {
		{ "as it is", 0, 2, 4, 2, 0 },
		{ "more than there is", 0, 0xffffffff, 4, SIZE_MAX, SIZE_MAX },
		{ "none", 0, 0, 4, 0, 0 },
		{ "places beyond the end", 4, UINT64_MAX, 8, 0, 1 },
		{ "a place beyond the end", 4, 0xffffffff, 4, 1, 1 },
		{ "more fields than there are", 22, 0xffff, 2, 2, 1 },
		{ "a field beyond the end", 32, 0xffff, 2, 2, 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t p[1024];
		struct seen s = { 0 };
		size_t len = make(p, true);

		put(p + 60 + FIRST + cases[i].at, cases[i].value, cases[i].bytes);
		cipher(p, 60);
		cipher(p + 60, FIRST);
		cipher(p + 60 + FIRST, len - 60 - FIRST);
		assert_true(parse(p, len, &s));
		assert_int_equal(s.alone, !s.count);
		if (cases[i].count == SIZE_MAX)
			assert_true(s.count <= len && s.problems);
		else if (s.count != cases[i].count || !s.problems != !cases[i].problems)
			fail_msg("%s: %zu, %zu problems", cases[i].name, s.count, s.problems);
	}
}

static bool measure(void *ctx, const struct quarantine_entry *entry,
		    const struct quarantine_resource *q, struct error *e)
{
	(void)e;
	*(size_t *)ctx += (q ? q->path.left : 0) + entry->threat.left;
	return true;
}

/* Very many things with one long path, or one long name of a threat, are not said very many times. */
static void shared_bytes(void **state)
{
	const size_t count = 20000, path = 300000, all = 4 + 4 * count + path + 16;
	(void)state;

	for (unsigned i = 0; i < 2; i++) {
		const size_t first = i ? 400000 : FIRST, len = 60 + first + all;
		uint8_t *p = mem_alloc(len), *b = p + 60 + first;
		struct quarantine_entry entry;
		struct seen s = { 0 };
		const struct parse_problems problems = { problem, &s };
		struct error e = { 0 };
		size_t said = 0;

		put(p + 40, first, 4);
		put(p + 44, all, 4);
		memset(p + 60 + 52, 'T', first - 53);
		put(b, count, 4);
		for (size_t n = 0; n < count; n++) /* or each an empty one of its own */
			put(b + 4 + 4 * n, 4 + 4 * count + (i ? 8 * n : 0), 4);
		if (!i)
			memset(b + 4 + 4 * count, 'p', path);
		cipher(p, 60);
		cipher(p + 60, first);
		cipher(b, all);
		assert_true(quarantine_entry(p, len, &problems, &entry, measure, &said, &e));
		assert_true(said > path / 2 && said < (i ? 1025 * count : 3 * len));
		assert_int_equal(s.problems, 1);
		free(p);
	}
}

/* More places than are followed are a problem; so is a first part that cannot be one. */
static void too_many_or_too_few(void **state)
{
	(void)state;
	for (unsigned more = 0; more < 3; more++) {
		const size_t count = 65536 + more % 2, all = 4 + 8 * count;
		const size_t first = more < 2 ? FIRST : 51;
		uint8_t *p = mem_alloc(60 + FIRST + all), *b = p + 60 + FIRST;
		struct quarantine_entry entry;
		struct seen s = { 0 };
		const struct parse_problems problems = { problem, &s };
		struct error e = { 0 };
		size_t said = 0;

		make(p, true);
		put(p + 40, first, 4);
		put(p + 44, all, 4);
		memset(b, 0, all);
		put(b, count, 4);
		for (size_t n = 0; n < count; n++)
			put(b + 4 + 4 * n, 4 + 4 * count, 4);
		cipher(p, 60);
		cipher(p + 60, FIRST);
		cipher(b, all);
		assert_true(quarantine_entry(p, 60 + FIRST + all, &problems, &entry, measure, &said,
					     &e));
		assert_int_equal(said, more < 2 ? 65536 * 14 : 0);
		assert_int_equal(s.problems, more > 0);
		free(p);
	}
}

struct bytes {
	uint8_t *p;
};

static bool read_at(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	memcpy(buf, ((struct bytes *)ctx)->p + offset, len);
	return true;
}

static char sums[2][SHA256_HEX];

static bool stream(void *ctx, const struct quarantine_stream *q, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	assert_int_equal(q->id, s->count ? 4 : 1);
	assert_int_equal(q->name.left, s->count ? 4 : 0);
	if (q->there == q->size)
		assert_string_equal(q->sha256, sums[s->count]);
	s->count++;
	return true;
}

/* Two streams, the first longer than what is read at once. */
static void files(void **state)
{
	const size_t first = 300000, all = 20 + first + 24 + 5;
	struct bytes b = { mem_alloc(all) };
	uint8_t *second = b.p + 20 + first;
	(void)state;

	put(b.p, 1, 4);
	put(b.p + 8, first, 8);
	memset(b.p + 20, 'x', first);
	put(second, 4, 4);
	put(second + 8, 5, 8);
	put(second + 16, 4, 4);
	memcpy(second + 20, ":\0Z\0hello", 9);
	sha256_hex(sums[0], b.p + 20, first);
	sha256_hex(sums[1], "hello", 5);
	cipher(b.p, all);
	static const size_t sizes[] = { 0, 19, 20, 1000, 300019, 300020, 300039, 300044, 300048 };
	for (size_t i = 0; i <= sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t len = i < sizeof(sizes) / sizeof(sizes[0]) ? sizes[i] : all;
		const struct partition_source source = { read_at, &b, len, 512 };
		struct seen s = { 0 };
		const struct parse_problems problems = { problem, &s };
		struct error e = { 0 };
		bool ok = quarantine_file(&source, &problems, stream, &s, &e);

		assert_int_equal(ok, len >= 20);
		assert_int_equal(s.count, len < 20 ? 0 : len < 300044 ? 1 : 2);
		assert_int_equal(s.problems, len >= 20 && len < all && len != 300020);
	}
	free(b.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rc4_vectors),         cmocka_unit_test(entries),
		cmocka_unit_test(damaged_entries),     cmocka_unit_test(shared_bytes),
		cmocka_unit_test(too_many_or_too_few), cmocka_unit_test(files),
	};

	return cmocka_run_group_tests_name("quarantine", tests, NULL, NULL);
}
