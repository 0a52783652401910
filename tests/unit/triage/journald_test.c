/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Journals of systemd: both kinds of offsets, packed data, broken chains, and what must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/image/frame.h"
#include "lib/image/kimg.h"
#include "triage/parse/journald.h"
#include "triage/parse/lz4.h"

#define HEADER 272u
#define BASE_US UINT64_C(1700000000123456)

struct file {
	uint8_t bytes[16384];
	size_t len;
	bool compact;
};

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void start(struct file *f, bool compact)
{
	*f = (struct file){ .len = HEADER, .compact = compact };
	memcpy(f->bytes, "LPKSHHRH", 8);
	put(f->bytes + 12, 4u | 8u | (compact ? 16u : 0), 4);
	f->bytes[16] = 1;
	memset(f->bytes + 40, 0xab, 16);
	put(f->bytes + 88, HEADER, 8);
}

static uint64_t object(struct file *f, uint8_t type, uint8_t flags, size_t bytes)
{
	uint64_t at = f->len;

	assert_true(f->len + bytes + 8 <= sizeof(f->bytes));
	f->bytes[at] = type;
	f->bytes[at + 1] = flags;
	put(f->bytes + at + 8, bytes, 8);
	f->len += (bytes + 7) & ~(size_t)7;
	return at;
}

static uint64_t data(struct file *f, uint8_t flags, const void *payload, size_t len)
{
	size_t head = f->compact ? 72 : 64;
	uint64_t at = object(f, 1, flags, head + len);

	memcpy(f->bytes + at + head, payload, len);
	return at;
}

static uint64_t text(struct file *f, const char *s)
{
	return data(f, 0, s, strlen(s));
}

static uint64_t entry(struct file *f, uint64_t seqnum, const uint64_t *items, size_t count)
{
	size_t item = f->compact ? 4 : 16;
	uint64_t at = object(f, 3, 0, 64 + count * item);

	put(f->bytes + at + 16, seqnum, 8);
	put(f->bytes + at + 24, BASE_US + seqnum, 8);
	put(f->bytes + at + 32, 1000 + seqnum, 8);
	memset(f->bytes + at + 40, 0xcd, 16);
	for (size_t i = 0; i < count; i++)
		put(f->bytes + at + 64 + i * item, items[i], f->compact ? 4 : 8);
	return at;
}

static uint64_t array(struct file *f, const uint64_t *items, size_t count, size_t room)
{
	size_t item = f->compact ? 4 : 8;
	uint64_t at = object(f, 6, 0, 24 + room * item);

	for (size_t i = 0; i < count; i++)
		put(f->bytes + at + 24 + i * item, items[i], item);
	return at;
}

static void finish(struct file *f, uint64_t first_array, uint64_t entries)
{
	put(f->bytes + 96, f->len - HEADER, 8);
	put(f->bytes + 152, entries, 8);
	put(f->bytes + 176, first_array, 8);
}

struct seen {
	struct journald_header header;
	size_t entries, recovered, fields, missing, problems;
	uint64_t seqnums[64];
	char said[512]; /* "NAME=value;" of all fields */
};

static bool see_header(void *ctx, const struct journald_header *h, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->header = *h;
	return true;
}

static bool see_entry(void *ctx, const struct journald_entry *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	assert_true(s->entries < 64);
	s->seqnums[s->entries++] = r->seqnum;
	s->recovered += r->recovered;
	s->fields += r->count;
	s->missing += r->missing;
	assert_int_equal(r->realtime, BASE_US + r->seqnum);
	assert_int_equal(r->monotonic, 1000 + r->seqnum);
	assert_int_equal(r->boot_id[15], 0xcd);
	for (size_t i = 0; i < r->count; i++) {
		const struct journald_field *f = &r->fields[i];
		size_t at = strlen(s->said);

		snprintf(s->said + at, sizeof(s->said) - at, "%.*s=%.*s;", (int)f->name_len,
			 f->name, (int)(f->len < 40 ? f->len : 40), (const char *)f->value);
	}
	return true;
}

static void see_problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)offset;
	(void)what;

	s->problems++;
}

/* From memory of just that size, so that the sanitizer sees a step beyond it. */
static bool parse(const struct file *f, size_t len, bool recover, struct seen *s)
{
	const struct parse_problems problems = { see_problem, s };
	const struct journald_to to = { see_header, see_entry, s };
	uint8_t *copy = mem_alloc(len ? len : 1);
	struct error e = { 0 };

	*s = (struct seen){ 0 };
	memcpy(copy, f->bytes, len);
	bool good = journald_parse(copy, len, recover, &problems, &to, &e);
	assert_true(good == (e.kind == 0));
	free(copy);
	return good;
}

static void both_kinds(void **state)
{
	(void)state;
	for (int compact = 0; compact < 2; compact++) {
		struct file f;
		struct seen s = { 0 };

		start(&f, compact);
		uint64_t a[] = { text(&f, "MESSAGE=hello"), text(&f, "_PID=7"),
				 text(&f, "MESSAGE=again") };
		uint64_t one = entry(&f, 1, a, 2), two = entry(&f, 2, a + 1, 2);
		uint64_t three = entry(&f, 3, a, 3);
		uint64_t first = array(&f, (uint64_t[]){ one, two }, 2, 2);
		uint64_t second = array(&f, (uint64_t[]){ three }, 1, 4); /* with room */
		put(f.bytes + first + 16, second, 8);
		finish(&f, first, 3);
		assert_true(parse(&f, f.len, false, &s));
		assert_int_equal(s.problems, 0);
		assert_int_equal(s.entries, 3);
		assert_int_equal(s.recovered + s.missing, 0);
		assert_int_equal(s.header.entries, 3);
		assert_int_equal(s.header.state, 1);
		assert_int_equal(s.header.machine_id[0], 0xab);
		assert_string_equal(s.said, "MESSAGE=hello;_PID=7;MESSAGE=again;_PID=7;"
					    "MESSAGE=hello;MESSAGE=again;_PID=7;");
		/* Asked to search, nothing is found twice. */
		assert_true(parse(&f, f.len, true, &s));
		assert_int_equal(s.entries, 3);
		assert_int_equal(s.recovered, 0);
		/* Cut anywhere: what is whole is read, and nothing beyond is touched. */
		for (size_t len = 0; len < f.len; len++)
			if (parse(&f, len, true, &s))
				assert_true(s.problems > 0 || s.entries == 0);
	}
}

static void broken_chains(void **state)
{
	struct file f;
	struct seen s = { 0 };
	(void)state;

	start(&f, true);
	uint64_t d = text(&f, "MESSAGE=x");
	uint64_t one = entry(&f, 1, &d, 1), two = entry(&f, 2, &d, 1), three = entry(&f, 3, &d, 1);
	uint64_t first = array(&f, (uint64_t[]){ one, two }, 2, 2);
	uint64_t second = array(&f, (uint64_t[]){ three }, 1, 1);
	finish(&f, first, 3);

	const struct {
		uint64_t next, array, two;
		size_t entries, recovered;
	} cases[] = {
		{ first, first, two, 3, 1 },    /* a loop */
		{ 16, first, two, 3, 1 },       /* into the header */
		{ 1u << 30, first, two, 3, 1 }, /* behind the end */
		{ one, first, two, 3, 1 },      /* an entry is no array; it also lies before */
		{ 0, first, two, 3, 1 },        /* fewer than stated */
		{ second, 0, two, 3, 3 },       /* no array at all */
		{ second, first, one, 3, 1 },   /* the same entry twice */
		{ second, first, d, 3, 1 },     /* data are no entry */
		{ second, first, two + 8, 3, 1 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		put(f.bytes + first + 16, cases[i].next, 8);
		put(f.bytes + 176, cases[i].array, 8);
		put(f.bytes + first + 28, cases[i].two, 4);
		assert_true(parse(&f, f.len, false, &s));
		assert_int_equal(s.entries, cases[i].entries);
		assert_int_equal(s.recovered, cases[i].recovered);
		assert_true(s.problems > 0);
	}
	/* An entry whose length is damaged does not hide that behind it. */
	put(f.bytes + first + 16, second, 8);
	put(f.bytes + first + 28, two, 4);
	put(f.bytes + one + 8, 72 + 1, 8);
	assert_true(parse(&f, f.len, false, &s));
	assert_int_equal(s.entries, 3);
	assert_true(s.problems > 0);
	/* An object that lies about its length neither. */
	put(f.bytes + one + 8, 68, 8);
	put(f.bytes + d + 8, 200, 8);
	put(f.bytes + 176, 0, 8);
	assert_true(parse(&f, f.len, false, &s));
	assert_int_equal(s.recovered, 3);
}

/* Nor does one that claims to hold those behind it, or to have ended before its last field: all are there, with
 * their own fields and no more, found by the chain or by a search. */
static void lengths_of_entries(void **state)
{
	static const struct {
		int more; /* items than there are, in the size of the second entry */
		size_t fields;
	} cases[] = {
		{ 0, 9 },  { 1, 9 },  { 3, 9 },    { 13, 9 }, /* to zeros within the head of data */
		{ 17, 9 }, /* to the beginning of the last entry: only the chain knows better */
		{ 25, 9 }, { -1, 8 }, { 9000, 6 }, /* beyond the end: it is none */
	};
	(void)state;

	for (unsigned n = 0; n < 4 * sizeof(cases) / sizeof(*cases); n++) {
		const bool compact = n & 1, by_search = n & 2;
		const int items_said = 3 + cases[n / 4].more;
		const size_t fields = cases[n / 4].fields;
		struct file f;
		struct seen s = { 0 };
		uint64_t at[4], items[3];

		if (by_search && items_said == 20)
			continue;

		start(&f, compact);
		items[0] = text(&f, "_PID=7");
		items[2] = text(&f, "_COMM=a");
		for (unsigned i = 0; i < 4; i++) {
			items[1] = text(&f, "MESSAGE=of this entry");
			at[i] = entry(&f, i + 1, items, i == 1 ? 3 : 2);
		}
		uint64_t first = array(&f, at, 4, 8);
		finish(&f, by_search ? 0 : first, 4);
		put(f.bytes + at[1] + 8, 64 + (size_t)items_said * (compact ? 4 : 16), 8);
		assert_true(parse(&f, f.len, false, &s));
		if (s.entries != (fields == 6 ? 3 : 4) || s.fields != fields)
			fail_msg("%u: %zu entries, %zu fields", n, s.entries, s.fields);
		if (!by_search)
			assert_int_equal(s.problems > 0, items_said != 3);
		assert_int_equal(s.recovered, by_search ? s.entries : 0);
	}
}

static void damaged_fields(void **state)
{
	struct file f;
	struct seen s = { 0 };
	(void)state;

	start(&f, false);
	uint64_t items[] = {
		text(&f, "GOOD=1"),
		text(&f, "no name"),
		text(&f, "lower=1"),
		text(&f, "=1"),
		text(&f, "EMPTY="),
		0,
		3,
		UINT64_MAX - 7,
		data(&f, 1,
		     "\xfd"
		     "7zXZ",
		     5), /* xz */
		data(&f, 2, "\1\0\0\0\0\0\0\0", 8),
		data(&f, 4, "nothing", 7),
		data(&f, 64, "ODD=1", 5),
	};
	uint64_t one = entry(&f, 1, items, sizeof(items) / sizeof(*items));
	finish(&f, array(&f, &one, 1, 1), 1);
	assert_true(parse(&f, f.len, false, &s));
	assert_int_equal(s.entries, 1);
	assert_int_equal(s.missing, 10);
	assert_int_equal(s.problems, 1);
	assert_string_equal(s.said, "EMPTY=;GOOD=1;");
	/* Times and numbers that cannot be: no entry. */
	for (size_t at = 16; at <= 32; at += 8) {
		struct file bad = f;

		put(bad.bytes + one + at, at == 32 ? UINT64_MAX : 0, 8);
		assert_true(parse(&bad, bad.len, false, &s));
		assert_int_equal(s.entries, 0);
		assert_int_equal(s.problems, 1);
	}
}

static void packed(void **state)
{
	/* "LZ=" and 13 times "ab": literals, then a match that reaches into itself. */
	static const uint8_t lz[] = "\x1d\0\0\0\0\0\0\0\x5f"
				    "LZ=ab"
				    "\2\0\4\x10"
				    "b";
	char plain[3000];
	uint8_t *frame = mem_alloc(KIMG_STORED_MAX);
	struct frame_packer *p = frame_packer_new(3);
	struct file f;
	struct seen s = { 0 };
	(void)state;

	memset(plain, 'z', sizeof(plain));
	memcpy(plain, "ZSTD=", 5);
	size_t len = frame_pack(p, plain, sizeof(plain), frame);
	start(&f, true);
	uint64_t items[] = { data(&f, 2, lz, sizeof(lz) - 1), data(&f, 4, frame, len),
			     data(&f, 4, frame, len - 1) };
	uint64_t one = entry(&f, 1, items, 3);
	finish(&f, array(&f, &one, 1, 1), 1);
	assert_true(parse(&f, f.len, false, &s));
	assert_int_equal(s.fields, 2);
	assert_int_equal(s.missing, 1);
	assert_string_equal(s.said, "LZ=ababababababababababababab;"
				    "ZSTD=zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz;");
	frame_packer_free(p);
	free(frame);
}

/* Blocks and what they unpack to, or NULL. */
/* A name that is there twice: in the entry's order, whichever of them is packed and lies elsewhere. */
static void twice(void **state)
{
	(void)state;
	for (unsigned swapped = 0; swapped < 2; swapped++) {
		struct file f;
		struct seen s = { 0 };

		start(&f, true);
		uint64_t items[2];
		items[swapped] = text(&f, "A=plain");
		items[!swapped] = data(&f, 2,
				       "\3\0\0\0\0\0\0\0\x30"
				       "A=p",
				       12);
		uint64_t at = entry(&f, 1, items, 2);
		finish(&f, array(&f, &at, 1, 1), 1);
		assert_true(parse(&f, f.len, false, &s));
		assert_string_equal(s.said, swapped ? "A=p;A=plain;" : "A=plain;A=p;");
	}
}

static void lz4_blocks(void **state)
{
	static const struct {
		const char *name, *packed;
		size_t len;
		const char *plain;
		size_t plain_len; /* where there is none: what is stated */
	} blocks[] = {
		{ "literals",
		  "\x30"
		  "abc",
		  4, "abc", 3 },
		{ "a match",
		  "\x30"
		  "abc\3\0\x10"
		  "d",
		  8, "abcabcad", 8 },
		{ "nothing", "\0", 1, "", 0 },
		{ "stated too short",
		  "\x30"
		  "abc",
		  4, NULL, 2 },
		{ "stated too long",
		  "\x30"
		  "abc",
		  4, NULL, 4 },
		{ "literals cut",
		  "\x40"
		  "abc",
		  4, NULL, 4 },
		{ "a match before the beginning",
		  "\x30"
		  "abc\4\0\x10"
		  "d",
		  8, NULL, 8 },
		{ "distance zero",
		  "\x30"
		  "abc\0\0\x10"
		  "d",
		  8, NULL, 8 },
		{ "distance cut",
		  "\x30"
		  "abc\3",
		  5, NULL, 7 },
		{ "no room for the shortest match",
		  "\x30"
		  "abc\3\0",
		  6, NULL, 5 },
		{ "a match beyond the end",
		  "\x3f"
		  "abc\3\0\xff",
		  7, NULL, 100 },
		{ "endless length", "\xf0\xff\xff\xff", 4, NULL, 900 },
		{ "no bytes", "", 0, NULL, 1 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(blocks) / sizeof(*blocks); i++) {
		uint8_t *in = mem_alloc(blocks[i].len ? blocks[i].len : 1);
		uint8_t *tight = mem_alloc(blocks[i].plain_len ? blocks[i].plain_len : 1);

		memcpy(in, blocks[i].packed, blocks[i].len);
		bool good = lz4_unpack(in, blocks[i].len, tight, blocks[i].plain_len);
		if (good != !!blocks[i].plain)
			fail_msg("%s", blocks[i].name);
		if (good)
			assert_memory_equal(tight, blocks[i].plain, blocks[i].plain_len);
		free(in);
		free(tight);
	}
}

static void heads(void **state)
{
	struct file f;
	struct seen s = { 0 };
	(void)state;

	start(&f, true);
	finish(&f, 0, 0);
	assert_true(parse(&f, f.len, false, &s));
	assert_int_equal(s.entries + s.problems, 0);
	put(f.bytes + 12, 32, 4);
	assert_false(parse(&f, f.len, false, &s));
	put(f.bytes + 12, 0, 4);
	put(f.bytes + 88, 64, 8);
	assert_false(parse(&f, f.len, false, &s));
	put(f.bytes + 88, UINT64_MAX, 8);
	assert_true(parse(&f, f.len, true, &s));
	assert_int_equal(s.problems, 1);
	f.bytes[0] = 'l';
	assert_false(parse(&f, f.len, false, &s));
}

static bool count_entry(void *ctx, const struct journald_entry *r, struct error *e)
{
	size_t *counts = ctx;
	(void)e;

	counts[0]++;
	counts[1] += r->count;
	return true;
}

static bool no_header(void *ctx, const struct journald_header *h, struct error *e)
{
	(void)ctx;
	(void)h;
	(void)e;
	return true;
}

/* A field of 1 MiB in 8192 entries would be 8 GiB: it is left out where it becomes too much. */
static void shared_without_end(void **state)
{
	enum { LARGE = 1 << 20, ENTRIES = 8192 };
	size_t len = HEADER + 64 + LARGE + ENTRIES * 80, at = HEADER + 64 + LARGE;
	uint8_t *bytes = mem_alloc(len);
	struct error e = { 0 };
	struct file head;
	size_t counts[2] = { 0 };
	const struct journald_to to = { no_header, count_entry, counts };
	(void)state;

	start(&head, false);
	memcpy(bytes, head.bytes, HEADER);
	put(bytes + 96, len - HEADER, 8);
	bytes[HEADER] = 1;
	put(bytes + HEADER + 8, 64 + LARGE, 8);
	memset(bytes + HEADER + 64, 'A', LARGE);
	bytes[HEADER + 65] = '=';
	for (uint64_t i = 0; i < ENTRIES; i++, at += 80) {
		bytes[at] = 3;
		put(bytes + at + 8, 80, 8);
		put(bytes + at + 16, i + 1, 8);
		put(bytes + at + 24, BASE_US, 8);
		put(bytes + at + 64, HEADER, 8);
	}
	assert_true(journald_parse(bytes, len, true, NULL, &to, &e));
	assert_int_equal(counts[0], ENTRIES);
	assert_true(counts[1] > 64 && counts[1] < 64 * 3);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_kinds),
		cmocka_unit_test(broken_chains),
		cmocka_unit_test(lengths_of_entries),
		cmocka_unit_test(damaged_fields),
		cmocka_unit_test(packed),
		cmocka_unit_test(twice),
		cmocka_unit_test(lz4_blocks),
		cmocka_unit_test(heads),
		cmocka_unit_test(shared_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
