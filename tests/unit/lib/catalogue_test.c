/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a catalogue: what is read, what is refused, and that what is written is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/memory.h"
#include "lib/image/catalogue_read.h"
#include "lib/image/frame.h"

#define HASH "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define T "2026-11-26T15:04:05"
#define LINE(partition, type, size, hash, flags, modified, path)                                   \
	partition "\t" type "\t" size "\t" hash "\t" flags "\t" modified "\t-\t-\t" path

static const struct {
	const char *line;
	bool good;
} line_tests[] = {
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a/b"), true },
	{ LINE("128", "f", "3", HASH, "chp", T ".1234567Z", "a"), true },
	{ LINE("1", "f", "9223372036854775807", "-", "u", T ".000000000Z", "a"), true },
	{ LINE("1", "d", "0", "-", "-", "-", "a"), true },
	{ LINE("1", "o", "0", "-", "-", "0000-01-01T00:00:00Z", "a"), true },
	{ LINE("1", "s", "3", HASH, "-", "9999-12-31T23:59:59Z", "a:b"), true },
	{ LINE("1", "l", "3", HASH, "h", "2024-02-29T00:00:00.5Z", "\\\\\\x09\\x7f"), true },
	{ LINE("1", "f", "3", "-", "e", T "Z", "\\ud800"), true },
	{ LINE("1", "f", "3", "-", "w", T "Z", "\\xff\\xc3x"), true },
	{ LINE("1", "f", "3", "-", "x", T "Z", "Gr\303\266\303\237e"), true },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "\\xed\\xa0\\x80"), true }, /* of ext */

	{ "", false },
	{ LINE("0", "f", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("01", "f", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("4294967296", "f", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("", "f", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "q", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "ff", "3", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "f", "-3", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "f", "9223372036854775808", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "f", "99999999999999999999", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "f", "3", "-", "-", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH "0", "-", T "Z", "a"), false },
	{ LINE("1", "f", "3", "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
	       "-", T "Z", "a"),
	  false },
	{ LINE("1", "d", "0", HASH, "-", T "Z", "a"), false },
	{ LINE("1", "d", "3", "-", "-", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "u", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "w", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "hc", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "hh", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "q", T "Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", T, "a"), false },
	{ LINE("1", "f", "3", HASH, "-", T ".Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", T ".5", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", T ".1234567890Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", T "+01:00", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", "2026-02-29T00:00:00Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", "2026-13-01T00:00:00Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", "2026-12-01T24:00:00Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", "2026-12-01T00:00:60Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", "2026-12-01 00:00:00Z", "a"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", ""), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "/a"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a/"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a//b"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a/../b"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "."), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\tb"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\nb"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\x7f"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\xff"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\q"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\x4"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\x41"), false }, /* has its own spelling */
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\x00"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\xFF"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\xc3\\xb6"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\u0041"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "a\\ue000"), false },
	{ LINE("1", "f", "3", HASH, "-", T "Z", "\\ud800\\xed\\xa0\\x80"), false },
	{ "1\tf\t3\t" HASH "\t-\t-\t-\ta", false },
};

static void lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(line_tests) / sizeof(line_tests[0]); i++) {
		struct catalogue_line c;
		struct error e = { 0 };

		if (catalogue_parse(line_tests[i].line, strlen(line_tests[i].line), &c, &e) !=
		    line_tests[i].good)
			fail_msg("%s: %s", line_tests[i].line, e.text);
		assert_int_equal(e.kind, line_tests[i].good ? ERROR_NONE : ERROR_UNTRUSTED);
	}
}

static void fields(void **state)
{
	static const char line[] = LINE("3", "s", "12", "-", "cehpwxu", T ".0234567Z", "a:b");
	struct catalogue_line c;
	struct error e = { 0 };

	(void)state;
	assert_true(catalogue_parse(line, sizeof(line) - 1, &c, &e));
	assert_int_equal(c.partition, 3);
	assert_int_equal(c.type, 's');
	assert_int_equal(c.size_bytes, 12);
	assert_int_equal(c.flags, 127);
	assert_int_equal(c.modified.s, 1795705445);
	assert_int_equal(c.modified.ns, 23456700);
	assert_int_equal(c.modified.digits, 7);
	assert_int_equal(c.created.digits, 255);
	assert_int_equal(c.path_len, 3);
	assert_memory_equal(c.path, "a:b", 3);
}

/* A file system that is a table. */
struct table {
	struct filesystem fs;
	const struct filesystem_entry *entries;
	size_t count;
	enum error_kind fails; /* reading "broken" */
	size_t short_by;       /* and how much of it is missing */
	size_t largest;        /* that was asked for at once */
	unsigned reads;
};

static bool table_read(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
		       void *buf, size_t len, size_t *got, struct error *e)
{
	struct table *t = (struct table *)(void *)f;
	uint64_t size = entry->size_bytes;

	t->reads++;
	t->largest = len > t->largest ? len : t->largest;
	if (strcmp(entry->path, "broken") == 0) {
		if (t->fails)
			return error_set(e, t->fails, "broken");
		size -= t->short_by;
	}
	*got = offset >= size ? 0 : size - offset < len ? (size_t)(size - offset) : len;
	memset(buf, 'a', *got);
	return true;
}

#define ENTRY(name, kind, size)                                                                    \
	{                                                                                          \
		.path = name, .type = kind, .size_bytes = size                                     \
	}

/* Whole, and then the same from every byte on, in pieces of every length. */
static bool read_all(struct catalogue_writer *w, struct text *out, struct error *e)
{
	uint64_t len;

	if (!catalogue_sort(w, &len, e))
		return false;
	char *all = mem_alloc(len), *piece = mem_alloc(len);

	catalogue_bytes(w, 0, all, len);
	for (uint64_t at = 0; at < len; at++)
		for (size_t n = 1; n <= len - at; n += 1 + n / 4) {
			catalogue_bytes(w, at, piece, n);
			assert_memory_equal(piece, all + at, n);
		}
	text_add_n(out, all, len);
	free(piece);
	free(all);
	return true;
}

static bool write_table(struct table *t, struct text *out, struct error *e)
{
	struct catalogue_writer w = { 0 };
	bool ok = true;

	t->fs.read = table_read;
	for (size_t i = 0; ok && i < t->count; i++)
		ok = catalogue_add(&w, 2 - (i == 0), &t->fs, &t->entries[i], e);
	ok = ok && read_all(&w, out, e);
	catalogue_release(&w);
	return ok;
}

static void written(void **state)
{
	static const struct filesystem_entry entries[] = {
		ENTRY("zz", 'd', 99),
		ENTRY("b/c", 'f', 0),
		ENTRY("b", 'd', 0),
		{ .path = "b", .stream = "Zone.Identifier", .type = 's', .size_bytes = 1000000 },
		ENTRY("b c", 'f', 1048577),
		{ .path = "\xed\xa0\x80",
		  .type = 'l',
		  .size_bytes = 3,
		  .modified = { .s = -1, .ns = 999999900, .digits = 7 } },
		{ .path = "left",
		  .type = 'f',
		  .size_bytes = 7,
		  .flags = FILESYSTEM_LEFT_OUT,
		  .changed = { .s = INT64_MAX, .digits = 9 } },
		ENTRY("broken", 'f', 10),
		ENTRY("a\\\t\x01", 'o', 5),
	};
	/* Of 1000000 and 1048577 times "a", of nothing and of "aaa": sha256sum. */
	static const char want[] =
		"blackstart-catalogue 1\n"
		"1\td\t0\t-\t-\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\tzz\n"
		"2\tl\t3\t9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0\t-"
		"\t1969-12-31T23:59:59.9999999Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t\\ud800\n"
		"2\to\t0\t-\t-\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z"
		"\ta\\\\\\x09\\x01\n"
		"2\td\t0\t-\t-\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\tb\n"
		"2\tf\t1048577\t4a3f0c0c213adea174f9a3d4c13177315b588bdb2e9c1012d3d0bf0453ca0f6a\t-"
		"\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\tb c\n"
		"2\tf\t0\te3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\t-"
		"\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\tb/c\n"
		"2\ts\t1000000\tcdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0\t-"
		"\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z"
		"\tb:Zone.Identifier\n"
		"2\tf\t10\t-\tu\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z"
		"\tbroken\n"
		"2\tf\t7\t-\tx\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t-\tleft\n";
	struct table t = { .entries = entries,
			   .count = sizeof(entries) / sizeof(entries[0]),
			   .fails = ERROR_UNTRUSTED };
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	t.fs.kind = FILESYSTEM_NTFS;
	if (!write_table(&t, &out, &e))
		fail_msg("%s", e.text);
	assert_string_equal(out.s, want);
	assert_int_equal(t.largest, 1048576); /* large pieces, and no larger */
	text_release(&out);

	/* Of ext the same bytes are no half surrogate; cut content is as good as none. */
	t.fs.kind = FILESYSTEM_EXT;
	t.fails = ERROR_NONE;
	t.short_by = 1;
	assert_true(write_table(&t, &out, &e));
	assert_non_null(strstr(out.s, "\t\\xed\\xa0\\x80\n"));
	assert_non_null(strstr(out.s, "2\tf\t10\t-\tu\t"));
	text_release(&out);

	/* A disk that cannot be read ends it. */
	t.fails = ERROR_FAILED;
	assert_false(write_table(&t, &out, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	text_release(&out);
}

/* Names of one file that come one after another cost one reading; no others do. */
static void linked(void **state)
{
#define LINKED(name, number, size)                                                                 \
	{                                                                                          \
		.path = name, .type = 'f', .id = number, .size_bytes = size,                       \
		.flags = FILESYSTEM_ONE_OF_SEVERAL                                                 \
	}
	static const struct filesystem_entry entries[] = {
		LINKED("of the other partition", 5, 3),
		LINKED("a", 5, 3),
		LINKED("b", 5, 3), /* not read */
		{ .path = "c", .type = 'f', .id = 5, .size_bytes = 3 },
		{ .path = "b",
		  .stream = "s",
		  .type = 's',
		  .id = 5,
		  .size_bytes = 3,
		  .flags = FILESYSTEM_ONE_OF_SEVERAL },
		LINKED("d", 5, 3), /* not read */
		LINKED("e", 6, 3),
		LINKED("f", 6, 4),
	};
	struct table t = { .entries = entries, .count = sizeof(entries) / sizeof(entries[0]) };
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_true(write_table(&t, &out, &e));
	assert_int_equal(t.reads, 6);
	assert_non_null(strstr(
		out.s, "9834876dcfb05cb167a5c24953eba58c4ac89b1adf57f28f2f9d09af107ee8f0\th\t"
		       "1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z\tb\n"));
	text_release(&out);
}

/* What a file claims to hold costs nothing to claim: only so much of a file system is hashed. */
static void claimed(void **state)
{
	static const struct filesystem_entry entries[] = {
		ENTRY("broken", 'f',
		      UINT64_C(30) << 30), /* of partition 1, which is its own affair */
		ENTRY("other", 'f', (UINT64_C(64) << 30) + 1001), /* all of it, and more */
		ENTRY("broken", 'f', UINT64_C(40) << 30),         /* cut short after one reading */
		ENTRY("c", 'f', (UINT64_C(24) << 30) + 1001),     /* one byte too many */
		ENTRY("d", 'f', 1000),
		ENTRY("e", 'f', (UINT64_C(24) << 30) + 1),
		ENTRY("f", 's', 0),
	};
	struct table t = { .entries = entries,
			   .count = sizeof(entries) / sizeof(entries[0]),
			   .fails = ERROR_UNTRUSTED };
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	t.fs.size_bytes = 500;
	assert_true(write_table(&t, &out, &e));
	assert_int_equal(t.reads, 3);
	assert_non_null(strstr(out.s, "2\tf\t68719477737\t-\tu\t"));
	assert_non_null(strstr(out.s, "2\tf\t42949672960\t-\tu\t"));
	assert_non_null(strstr(out.s, "2\tf\t25769804777\t-\tu\t"));
	assert_non_null(strstr(out.s, "2\tf\t1000\t41edece42d63e8d9bf515a9ba6932e1c"));
	assert_non_null(strstr(out.s, "2\tf\t25769803777\t-\tu\t"));
	assert_non_null(strstr(out.s, "2\ts\t0\te3b0c442"));
	text_release(&out);
}

/* Names of a file that is damaged do not read it again and again. */
static void linked_and_broken(void **state)
{
	static const struct filesystem_entry entries[] = { LINKED("x", 5, 3),
							   LINKED("broken", 6, 3),
							   LINKED("other", 6, 3) };
	struct table t = { .entries = entries, .count = 3, .fails = ERROR_UNTRUSTED };
	struct text out = { 0 };
	struct error e = { 0 };

	(void)state;
	assert_true(write_table(&t, &out, &e));
	assert_int_equal(t.reads, 2);
	assert_non_null(strstr(out.s, "2\tf\t3\t-\thu\t1970-01-01T00:00:00Z\t1970-01-01T00:00:00Z"
				      "\t1970-01-01T00:00:00Z\tother\n"));
	text_release(&out);
}

static void not_written(void **state)
{
	static const struct filesystem_entry twice[] = { ENTRY("x", 'd', 0), ENTRY("a", 'f', 1),
							 ENTRY("b", 'f', 1), ENTRY("a", 'f', 2) };
	static const struct filesystem_entry other[] = { ENTRY("a", 'd', 0), ENTRY("a", 'f', 1) };
	static const struct filesystem_entry dots[] = { ENTRY("a/../b", 'f', 1) };
	char *far = mem_alloc(CATALOGUE_LINE_MAX + 1);
	const struct filesystem_entry too_long[] = { ENTRY(far, 'f', 1) };
	const struct {
		const struct filesystem_entry *entries;
		size_t count;
		bool good;
	} tests[] = { { twice, 4, false },
		      { twice, 3, true },
		      { other, 2, true },
		      { dots, 1, false },
		      { too_long, 1, false } };

	(void)state;
	memset(far, 'a', CATALOGUE_LINE_MAX);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct table t = { .entries = tests[i].entries, .count = tests[i].count };
		struct text out = { 0 };
		struct error e = { 0 };

		assert_int_equal(write_table(&t, &out, &e), tests[i].good);
		assert_int_equal(e.kind, tests[i].good ? ERROR_NONE : ERROR_UNTRUSTED);
		text_release(&out);
	}
	free(far);
}

#define FIRST CATALOGUE_FIRST_LINE
#define D(path) "1\td\t0\t-\t-\t-\t-\t-\t" path "\n"

static void whole(void **state)
{
	static const struct {
		const char *text;
		uint64_t lines;
		bool good;
	} tests[] = {
		{ FIRST, 0, true },
		{ FIRST D("a") D("b"), 2, true },
		{ FIRST D("a") D("a b") D("a/b"), 3, true }, /* by bytes */
		{ FIRST D("a") "2\td\t0\t-\t-\t-\t-\t-\ta\n", 2, true },
		{ "", 0, false },
		{ "blackstart-catalogue 2\n", 0, false },
		{ "blackstart-catalogue 1", 0, false },
		{ FIRST D("a"), 0, false },
		{ FIRST D("a"), 2, false },
		{ FIRST D("b") D("a"), 2, false },
		{ FIRST D("a") D("a"), 2, false },
		{ FIRST "2\td\t0\t-\t-\t-\t-\t-\ta\n" D("b"), 2, false },
		{ FIRST D("a") "1\td\t0\t-\t-\t-\t-\t-\tb", 2, false },
		{ FIRST D("a") "\n", 2, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct catalogue c = { 0 };
		struct catalogue_line line;
		struct error e = { 0 };
		bool more = true;
		uint64_t n = 0;
		bool good = catalogue_begin(&c, mem_string(tests[i].text), strlen(tests[i].text),
					    tests[i].lines, &e);

		while (good && more)
			if ((good = catalogue_next(&c, &line, &more, &e)))
				n += more;
		if (good != tests[i].good)
			fail_msg("%zu: %s", i, e.text);
		if (good)
			assert_int_equal(n, tests[i].lines);
		assert_int_equal(e.kind, good ? ERROR_NONE : ERROR_UNTRUSTED);
		catalogue_unload(&c);
	}
}

/* An image as far as its catalogue needs one: piece 0 is the disk's, 1 and 2 are the
 * list's; each has a frame of its own. */
struct pieces {
	struct image image;
	struct kimg_payload payload;
	struct kimg_frame frames[3];
	struct kimg_piece rows[3];
	uint64_t frame_at[4];
	uint32_t chunks[5];
	struct text list, data;
};

static void add_frame(struct pieces *p, uint32_t i, const char *plain, uint32_t len)
{
	struct frame_packer *packer = frame_packer_new(1);
	uint8_t *out = mem_alloc(KIMG_STORED_MAX);

	p->frame_at[i] = p->data.len;
	p->frames[i] = (struct kimg_frame){ .plain_bytes = len, .first_piece = i, .pieces = 1 };
	p->rows[i] = (struct kimg_piece){ len, i, digest_bytes(plain, len) };
	p->frames[i].stored_bytes = frame_pack(packer, plain, len, out);
	p->frames[i].stored = digest_bytes(out, p->frames[i].stored_bytes);
	text_add_n(&p->data, (char *)out, p->frames[i].stored_bytes);
	p->frame_at[i + 1] = p->data.len;
	free(out);
	frame_packer_free(packer);
}

static void make_pieces(struct pieces *p)
{
	struct kimg_manifest *m = &p->image.manifest;

	text_add(&p->list, FIRST);
	for (int i = 0; i < 70000; i++)
		text_addf(&p->list, "1\td\t0\t-\t-\t-\t-\t-\t%08d\n", i);
	assert_true(p->list.len > KIMG_CHUNK_BYTES && p->list.len < 2 * KIMG_CHUNK_BYTES);
	add_frame(p, 0, "disk", 4);
	add_frame(p, 1, p->list.s, KIMG_CHUNK_BYTES);
	add_frame(p, 2, p->list.s + KIMG_CHUNK_BYTES, (uint32_t)p->list.len - KIMG_CHUNK_BYTES);
	p->payload = (struct kimg_payload){ .kind = KIMG_PAYLOAD_CATALOGUE,
					    .size_bytes = p->list.len,
					    .first_chunk = 1,
					    .chunks = 2 };
	p->chunks[1] = 1;
	p->chunks[2] = 2;
	m->payloads = &p->payload;
	m->payload_count = 1;
	m->frames = 3;
	m->pieces = 3;
	m->chunks = 3;
	m->data_bytes = p->data.len;
	m->has_catalogue = true;
	m->catalogue_lines = 70000;
	m->catalogue_bytes = p->list.len;
	m->catalogue_digest = digest_bytes(p->list.s, p->list.len);
	p->image.index = (struct kimg_index){ p->frames, p->frame_at, p->rows, p->chunks };
}

/* To 2 MiB more than are used now, and back. */
static void limit_memory(bool on)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	char text[64] = "";
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);

	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	if (on)
		limit.rlim_cur = strtoull(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) +
				 2 * KIMG_CHUNK_BYTES;
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
}

/* Only its own frames are read and must be good; everything it says of itself must be so. */
static void out_of_an_image(void **state)
{
	static const struct {
		const char *name;
		enum error_kind kind; /* ERROR_NONE: it is read */
		const char *words;
	} tests[] = {
		{ "as it is", ERROR_NONE, "" },
		{ "the disk's frame is damaged", ERROR_NONE, "" },
		{ "a frame of the list is damaged", ERROR_UNTRUSTED, "" },
		{ "another digest", ERROR_UNTRUSTED, "" },
		{ "another size", ERROR_UNTRUSTED, "" },
		{ "no such payload", ERROR_FAILED, "" },
		{ "frames in another order", ERROR_UNTRUSTED, "" },
		{ "a chunk of zeros", ERROR_UNTRUSTED, "has holes" },
		{ "a line too many", ERROR_UNTRUSTED, "" },
		{ "a hole", ERROR_UNTRUSTED, "has holes" },
		{ "a piece twice", ERROR_UNTRUSTED, "is there twice" },
		{ "more than memory has", ERROR_FAILED, "has 1 MiB, more than half of the memory" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		struct pieces p = { 0 };
		struct catalogue c = { 0 };
		struct catalogue_line line;
		struct error e = { 0 };
		bool more = true;

		make_pieces(&p);
		if (i == 1)
			p.data.s[5] ^= 1;
		if (i == 2)
			p.data.s[p.data.len - 5] ^= 1;
		if (i == 3)
			p.image.manifest.catalogue_digest.bytes[3] ^= 1;
		if (i == 4)
			p.image.manifest.catalogue_bytes--;
		if (i == 5)
			p.payload.kind = KIMG_PAYLOAD_GAP;
		if (i == 6)
			p.chunks[1] = 2;
		if (i == 7)
			p.chunks[2] = KIMG_ZEROS;
		if (i == 8)
			p.image.manifest.catalogue_lines--;
		if (i == 9)
			p.chunks[2] = KIMG_HOLE;
		if (i == 10)
			p.chunks[2] = 1;
		if (i == 11)
			limit_memory(true);
		struct stream *s = stream_memory(p.data.s, p.data.len);
		bool good = catalogue_load(&c, &p.image, s, &e);

		if (i == 11)
			limit_memory(false);
		while (good && more)
			good = catalogue_next(&c, &line, &more, &e);
		if (e.kind != tests[i].kind || good != !e.kind || !strstr(e.text, tests[i].words))
			fail_msg("%s: %d %s", tests[i].name, e.kind, e.text);
		if (good)
			assert_memory_equal(c.bytes, p.list.s, p.list.len);
		stream_close(s);
		catalogue_unload(&c);
		text_release(&p.list);
		text_release(&p.data);
	}
}

static void patterns(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool want;
	} tests[] = {
		{ "*", "", true },
		{ "", "", true },
		{ "", "a", false },
		{ "a", "a", true },
		{ "a", "ab", false },
		{ "a*", "ab/c", true },
		{ "*.exe", "a/b.exe", true },
		{ "*.exe", "a/b.exe.txt", false },
		{ "*a*b*c", "xaxbxbxc", true },
		{ "*a*b*c", "xaxcxb", false },
		{ "a?", "ab", false },
		{ "**", "ab", true },
		{ "a*a", "a", false },
		{ "Windows/*/a", "Windows/b/c/a", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		assert_int_equal(catalogue_matches(tests[i].pattern, tests[i].path,
						   strlen(tests[i].path)),
				 tests[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),           cmocka_unit_test(fields),
		cmocka_unit_test(written),         cmocka_unit_test(linked),
		cmocka_unit_test(claimed),         cmocka_unit_test(linked_and_broken),
		cmocka_unit_test(not_written),     cmocka_unit_test(whole),
		cmocka_unit_test(out_of_an_image), cmocka_unit_test(patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
