/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change journal: its versions, what lies between records, carving, and paths as they were. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/disk/utf16.h"
#include "samples.h"
#include "triage/parse/usn_paths.h"
#include "usn_builder.h"

#define FOLDER USN_FOLDER
#define FILE_REF USN_REF(40, 1)

struct seen {
	size_t records, problems;
	uint64_t first_problem;
	struct usn_record last;
	struct text text;
	struct usn_paths *paths;
};

static bool count(void *ctx, const struct usn_record *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	s->records++;
	s->last = *r;
	return true;
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	struct seen *s = ctx;
	(void)what;

	if (!s->problems++)
		s->first_problem = offset;
}

static struct seen parse_as(struct journal *j, bool carve)
{
	struct seen s = { 0 };
	const struct parse_problems problems = { problem, &s };
	const struct partition_source bytes = usn_source_of(j);
	const struct usn_source source = { .bytes = &bytes, .carve = carve };
	struct error e = { 0 };

	assert_true(usn_parse(&source, &problems, count, &s, &e));
	return s;
}

static void versions(void **state)
{
	static struct journal j;
	struct usn_record r;
	(void)state;

	j.len = 0;
	uint8_t *two = usn_add(&j, 2, FILE_REF, USN_ROOT, "two.txt", USN_FILE_CREATE, 0x20);
	uint8_t *three =
		usn_add(&j, 3, USN_REF(41, 7), USN_REF(9, 2), "x", USN_FILE_DELETE, FOLDER);
	uint8_t *four = usn_add_extents(&j, USN_REF(42, 3), 2);
	usn_put(three + 16, 1, 8); /* the upper half of 128 bits */

	assert_int_equal(usn_record_parse(two, j.len, true, &r), 80);
	assert_int_equal(r.file, FILE_REF);
	assert_int_equal(r.parent, USN_ROOT);
	assert_int_equal(r.time, USN_TIME);
	assert_int_equal(r.reason, USN_FILE_CREATE);
	assert_int_equal(r.attributes, 0x20);
	assert_int_equal(r.name.left, 14);
	assert_int_equal(usn_record_parse(three, 80, false, &r), 80);
	assert_int_equal(r.file, USN_REF(41, 7));
	assert_int_equal(r.file_high, 1);
	assert_int_equal(r.parent, USN_REF(9, 2));
	assert_int_equal(r.usn, 80);
	assert_int_equal(usn_record_parse(four, 96, true, &r), 96);
	assert_int_equal(r.extent_count, 2);
	assert_int_equal(r.extents.left, 32);
	assert_int_equal(r.reason, 0x80000001);
	assert_int_equal(r.name.left, 0);

	struct seen s = parse_as(&j, false);
	assert_int_equal(s.records, 3);
	assert_int_equal(s.problems, 0);
}

/* What is no record, whatever else it is; both ways of reading, or only the strict one. */
static void what_is_none(void **state)
{
	const struct {
		const char *name;
		unsigned version;
		size_t at;
		uint64_t value;
		size_t bytes;
		bool plain; /* taken within a journal */
	} cases[] = {
		{ "as it is", 2, 52, 0x20, 4, true },
		{ "no length", 2, 0, 0, 4, false },
		{ "shorter than its head", 2, 0, 56, 4, false },
		{ "not a multiple of 8", 2, 0, 76, 4, false },
		{ "longer than what is there", 2, 0, 88, 4, false },
		{ "longer than a page", 2, 0, 8192, 4, false },
		{ "version 1", 2, 4, 1, 2, false },
		{ "version 5", 2, 4, 5, 2, false },
		{ "minor version", 2, 6, 1, 2, false },
		{ "name before the head's end", 2, 58, 58, 2, false },
		{ "name at an odd place", 2, 58, 61, 2, false },
		{ "name of half a unit", 2, 56, 13, 2, false },
		{ "name past the end", 2, 56, 40, 2, false },
		{ "room behind the name", 2, 56, 2, 2, false },
		{ "a name of nothing", 3, 56 + 16, 0, 2, false },
		{ "no time", 2, 32, 0, 8, true },
		{ "a time to come", 2, 32, UINT64_MAX, 8, true },
		{ "no reason", 2, 40, 0, 4, true },
		{ "no file", 2, 8, 0, 8, true },
		{ "usn at an odd place", 2, 24, 3, 8, true },
		{ "a control in the name", 2, 60, 7, 2, true },
		{ "extents of another size", 4, 62, 24, 2, false },
		{ "more extents than there are", 4, 60, 3, 2, false },
		{ "fewer extents", 4, 60, 1, 2, false },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		static struct journal j;
		struct usn_record r;

		j.len = 0;
		if (cases[i].version == 4)
			usn_add_extents(&j, FILE_REF, 2);
		else
			usn_add(&j, cases[i].version, FILE_REF, USN_ROOT, "two.txt", 1, 0x20);
		usn_put(j.bytes + cases[i].at, cases[i].value, cases[i].bytes);
		bool plain = usn_record_parse(j.bytes, j.len, false, &r) == j.len;
		bool strict = usn_record_parse(j.bytes, j.len, true, &r) == j.len;
		if (plain != cases[i].plain || strict != (i == 0))
			fail_msg("%s: %d %d", cases[i].name, plain, strict);
		/* Whatever it is, it ends. */
		assert_true(parse_as(&j, false).records <= 1);
	}
}

/* Gaps of zeros and of garbage, at places that are multiples of eight. */
static void gaps(void **state)
{
	static const size_t lengths[] = { 0,    8,    16,   504,  512,  520,
					  4032, 4088, 4096, 4104, 8200, 40008 };
	(void)state;

	for (int garbage = 0; garbage < 2; garbage++) {
		for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
			static struct journal j;

			j.len = 0;
			usn_add(&j, 2, FILE_REF, USN_ROOT, "a", 1, 0x20);
			size_t gap = j.len;
			memset(j.bytes + j.len, garbage ? 0xc3 : 0, lengths[i]);
			j.len += lengths[i];
			usn_add(&j, 3, FILE_REF, USN_ROOT, "b", 1, 0x20);
			/* Less than a step at the end is none. */
			memset(j.bytes + j.len, 0, 5);
			j.len += 5;
			struct seen s = parse_as(&j, false);
			assert_int_equal(s.records, 2);
			/* Only at the end of a page are zeros nothing. */
			bool is_page = !garbage && lengths[i] == 4096 - gap;
			assert_int_equal(s.problems, lengths[i] && !is_page);
			if (s.problems)
				assert_int_equal(s.first_problem, garbage ? gap : gap + lengths[i]);
			s = parse_as(&j, true);
			assert_int_equal(s.records, 2);
			assert_int_equal(s.problems, 0);
		}
	}
}

/* A record that is cut off costs itself only, wherever it is cut. */
static void cut_off(void **state)
{
	(void)state;
	for (size_t cut = 0; cut < 80; cut++) {
		static struct journal j;

		j.len = 0;
		usn_add(&j, 2, FILE_REF, USN_ROOT, "first", 1, 0x20);
		size_t whole = j.len;
		usn_add(&j, 2, FILE_REF, USN_ROOT, "two.txt", 1, 0x20);
		j.len = whole + cut;
		assert_int_equal(parse_as(&j, false).records, 1);
	}
}

static void a_bad_sector(void **state)
{
	static struct journal j;
	(void)state;

	j.len = 0;
	for (int i = 0; i < 128; i++)
		usn_add(&j, 2, FILE_REF, USN_ROOT, "ab", 1, 0x20); /* 64 bytes */
	j.bad_from = 1024;
	j.bad_to = 1536;
	struct seen s = parse_as(&j, false);
	assert_int_equal(s.records, 120);
	assert_int_equal(s.problems, 2); /* and where the numbers go on */
	j.bad_to = 0;
}

/* A journal whose beginning, and a part in the middle, was given back: nobody reads the holes. */
struct holed {
	struct journal *j;
	uint64_t size;
};
#define HOLE_BYTES (UINT64_C(1) << 40)

static bool read_holed(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct holed *h = ctx;
	(void)e;

	memset(buf, 0, len);
	h->j->read += len;
	assert_true(offset >= HOLE_BYTES - 4096 && offset + len <= h->size);
	for (size_t i = 0; i < len; i++)
		if (offset + i >= HOLE_BYTES && offset + i < HOLE_BYTES + h->j->len)
			((uint8_t *)buf)[i] = h->j->bytes[offset + i - HOLE_BYTES];
	return true;
}

static uint64_t next_holed(void *ctx, uint64_t offset)
{
	const struct holed *h = ctx;

	return offset <= HOLE_BYTES              ? HOLE_BYTES
	       : offset < HOLE_BYTES + h->j->len ? offset
						 : UINT64_MAX;
}

static void holes(void **state)
{
	static struct journal j;
	struct holed h = { .j = &j, .size = HOLE_BYTES + (8u << 20) };
	struct error e = { 0 };
	struct seen s = { 0 };
	(void)state;

	j.len = j.read = 0;
	usn_add(&j, 2, FILE_REF, USN_ROOT, "a", 1, 0x20);
	const struct partition_source bytes = { read_holed, &h, h.size, 512 };
	const struct usn_source source = { .bytes = &bytes, .next_stored = next_holed, .ctx = &h };
	assert_true(usn_parse(&source, NULL, count, &s, &e));
	assert_int_equal(s.records, 1);
	assert_int_equal(s.last.offset, HOLE_BYTES);
	assert_true(j.read <= 4u << 20);
}

/* Records over the border of what is read at once. */
static bool read_repeated(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct journal *j = ctx;
	(void)e;

	for (size_t i = 0; i < len; i++)
		((uint8_t *)buf)[i] = j->bytes[(offset + i) % j->len];
	return true;
}

static void large(void **state)
{
	static struct journal j;
	struct error e = { 0 };
	struct seen s = { 0 };
	(void)state;

	j.len = 0;
	usn_add(&j, 2, FILE_REF, USN_ROOT, "a name of 72 bytes", 1, 0x20);
	usn_add(&j, 3, FILE_REF, USN_ROOT, "abc", 1, 0x20);
	assert_int_equal(j.len % 4096 == 0, 0);
	const size_t each = 60000;
	const struct partition_source bytes = { read_repeated, &j, j.len * each, 512 };
	const struct usn_source source = { .bytes = &bytes };
	assert_true(usn_parse(&source, NULL, count, &s, &e));
	assert_true(bytes.size_bytes > 2 * (4u << 20));
	assert_int_equal(s.records, 2 * each);
}

static bool note(void *ctx, const struct usn_record *r, struct error *e)
{
	struct seen *s = ctx;
	(void)e;

	usn_paths_note(s->paths, r);
	return true;
}

static bool list(void *ctx, const struct usn_record *r, struct error *e)
{
	struct seen *s = ctx;
	struct usn_path p = usn_paths_at(s->paths, r, false);
	char name[3 * 255];
	(void)e;

	text_add_n(&s->text, p.s, p.len);
	text_add_n(&s->text, name, utf16_wtf8(name, r->name));
	text_add(&s->text, p.why ? "?\n" : "\n");
	return true;
}

static void assert_paths(struct journal *j, const struct ntfs_scan *mft, const char *want)
{
	struct seen s = { .paths = usn_paths_new(mft) };
	const struct partition_source bytes = usn_source_of(j);
	const struct usn_source source = { .bytes = &bytes };
	struct error e = { 0 };

	assert_true(usn_parse(&source, NULL, note, &s, &e));
	assert_true(usn_parse(&source, NULL, list, &s, &e));
	assert_string_equal(text_end(&s.text), want);
	text_release(&s.text);
	usn_paths_free(s.paths);
}

/* A folder is renamed, moved, deleted, and its number used anew: each record has the path of its time. */
static void paths_of_the_time(void **state)
{
	static struct journal j;
	const uint64_t a = USN_REF(50, 1), b = USN_REF(51, 1), anew = USN_REF(50, 2);
	(void)state;

	j.len = 0;
	/* Before anything is said about b: it was then where it is first said to be. */
	usn_add(&j, 2, FILE_REF, b, "early", 1, 0x20);
	usn_add(&j, 2, a, USN_ROOT, "a", USN_FILE_CREATE, FOLDER);
	usn_add(&j, 2, FILE_REF, a, "one", 1, 0x20);
	usn_add(&j, 2, b, USN_ROOT, "b", USN_RENAME_OLD_NAME, FOLDER);
	usn_add(&j, 2, b, a, "b2", USN_RENAME_NEW_NAME, FOLDER);
	usn_add(&j, 2, FILE_REF, b, "two", 1, 0x20);
	usn_add(&j, 2, a, USN_ROOT, "a", USN_RENAME_OLD_NAME, FOLDER);
	usn_add(&j, 2, a, USN_ROOT, "a.locked", USN_RENAME_NEW_NAME, FOLDER);
	usn_add(&j, 2, FILE_REF, b, "three", 1, 0x20);
	usn_add(&j, 2, b, a, "b2", USN_FILE_DELETE, FOLDER);
	usn_add(&j, 2, a, USN_ROOT, "a.locked", USN_FILE_DELETE, FOLDER);
	usn_add(&j, 2, anew, USN_ROOT, "anew", USN_FILE_CREATE, FOLDER);
	usn_add(&j, 2, FILE_REF, anew, "four", 1, 0x20);
	usn_add(&j, 2, FILE_REF, a, "late", 1, 0x20);
	usn_add(&j, 2, FILE_REF, USN_REF(77, 1), "nowhere", 1, 0x20);
	assert_paths(&j, NULL,
		     "b/early\na\na/one\nb\na/b2\na/b2/two\na\na.locked\na.locked/b2/three\n"
		     "a.locked/b2\na.locked\nanew\nanew/four\na.locked/late\nnowhere?\n");
}

/* Two folders in each other: a bound, no path. */
static void a_loop(void **state)
{
	static struct journal j;
	(void)state;

	j.len = 0;
	usn_add(&j, 2, USN_REF(50, 1), USN_REF(51, 1), "a", 1, FOLDER);
	usn_add(&j, 2, USN_REF(51, 1), USN_REF(50, 1), "b", 1, FOLDER);
	usn_add(&j, 2, FILE_REF, USN_REF(51, 1), "f", 1, 0x20);
	assert_paths(&j, NULL, "a?\nb?\nf?\n");
}

/* As deep as it may be, and one deeper. */
static void depth(void **state)
{
	(void)state;
	for (unsigned more = 0; more < 2; more++) {
		static struct journal j;
		const unsigned deep = USN_DEPTH - 1 + more;
		struct text want = { 0 };

		j.len = 0;
		for (unsigned i = 1; i <= deep; i++)
			usn_add(&j, 2, USN_REF(100 + i, 1), i == 1 ? USN_ROOT : USN_REF(99 + i, 1),
				"d", USN_FILE_CREATE, FOLDER);
		usn_add(&j, 2, FILE_REF, USN_REF(100 + deep, 1), "file", 1, 0x20);
		for (unsigned i = 1; i <= deep; i++) {
			for (unsigned k = 1; k < i; k++)
				text_add(&want, "d/");
			text_add(&want, "d\n");
		}
		for (unsigned k = 0; k < deep && !more; k++)
			text_add(&want, "d/");
		text_add(&want, more ? "file?\n" : "file\n");
		assert_paths(&j, NULL, want.s);
		text_release(&want);
	}
}

/* Folders that the journal does not speak of are taken from the MFT. */
static void with_an_mft(void **state)
{
	static uint8_t mft[64 * 1024];
	static struct journal j;
	struct journal *m = mem_alloc(sizeof(*m));
	struct error e = { 0 };
	(void)state;

	/* Records 50 "outer" in the root, and 51 "inner" in it; sequence 3 each. */
	for (unsigned i = 50; i < 52; i++) {
		uint8_t *r = mft + i * 1024, *a = r + 56, *v = a + 24;

		memcpy(r, "FILE", 4);
		usn_put(r + 4, 48, 2);
		usn_put(r + 6, 3, 2);
		usn_put(r + 16, 3, 2);
		usn_put(r + 20, 56, 2);
		usn_put(r + 22, 3, 2);
		usn_put(r + 24, 56 + 104 + 8, 4);
		usn_put(r + 44, i, 4);
		usn_put(a, 0x30, 4);
		usn_put(a + 4, 104, 4);
		usn_put(a + 16, 76, 4);
		usn_put(a + 20, 24, 2);
		usn_put(v, i == 50 ? USN_ROOT : USN_REF(50, 3), 8);
		v[64] = 5;
		v[65] = 1;
		for (unsigned k = 0; k < 5; k++)
			v[66 + 2 * k] = (uint8_t)(i == 50 ? "outer" : "inner")[k];
		usn_put(a + 104, 0xffffffff, 4);
		usn_put(r + 48, 1, 2);
		usn_put(r + 510, 1, 2);
		usn_put(r + 1022, 1, 2);
	}
	memcpy(m->bytes, mft, sizeof(mft) < sizeof(m->bytes) ? sizeof(mft) : sizeof(m->bytes));
	m->len = 52 * 1024;
	const struct partition_source s = usn_source_of(m);
	struct ntfs_scan *scan = ntfs_scan_mft(&s, &e);
	assert_non_null(scan);
	assert_true(ntfs_scan_folders(scan, NULL, &e));

	j.len = 0;
	usn_add(&j, 2, FILE_REF, USN_REF(51, 3), "now", 1, 0x20);
	usn_add(&j, 2, FILE_REF, USN_REF(51, 2), "another use", 1, 0x20);
	usn_add(&j, 2, USN_REF(50, 3), USN_ROOT, "before", USN_RENAME_OLD_NAME, FOLDER);
	usn_add(&j, 2, USN_REF(50, 3), USN_ROOT, "outer", USN_RENAME_NEW_NAME, FOLDER);
	usn_add(&j, 2, FILE_REF, USN_REF(51, 3), "then", 1, 0x20);
	assert_paths(&j, scan, "before/inner/now\nanother use?\nbefore\nouter\nouter/inner/then\n");
	ntfs_scan_free(scan);
	free(m);
}

/* Paths of many folders with long names are not given whole for each of very many records. */
static void long_paths(void **state)
{
	enum { FOLDERS = 250, LETTERS = 200, RECORDS = 5000 };
	struct usn_paths *paths = usn_paths_new(NULL);
	uint8_t name[2 * LETTERS];
	size_t bytes = 0, whole = 0;
	(void)state;

	memset(name, 'n', sizeof(name)); /* one unit is three bytes of a path */
	for (unsigned i = 0; i < FOLDERS; i++) {
		const struct usn_record r = { .file = USN_REF(100 + i, 1),
					      .parent = i ? USN_REF(99 + i, 1) : USN_ROOT,
					      .attributes = FOLDER,
					      .name = reader_of(name, sizeof(name)) };
		usn_paths_note(paths, &r);
	}
	for (unsigned i = 0; i < RECORDS; i++) {
		const struct usn_record r = { .file = FILE_REF,
					      .parent = USN_REF(99 + FOLDERS - i % 2, 1) };
		struct usn_path path = usn_paths_at(paths, &r, true);

		bytes += path.len;
		whole += !path.why;
		assert_int_equal(path.len < NTFS_SCAN_PATH_LONG, path.why == NTFS_ORPHAN_DEEP);
	}
	assert_true(whole > 100 && whole < RECORDS / 2);
	assert_true(bytes <
		    NTFS_SCAN_PATHS_BYTES + RECORDS * (NTFS_SCAN_PATH_LONG + NTFS_SCAN_PATHS_EACH));
	usn_paths_free(paths);
}

/* References that were chosen so that a table which scatters as tables mostly do has all of them in one place. */
static void chosen_references(void **state)
{
	const uint64_t back = UINT64_C(0xf1de83e19937733d); /* times 0x9e3779b97f4a7c15 it is 1 */
	struct usn_paths *paths = usn_paths_new(NULL);
	clock_t start = clock();
	(void)state;

	assert_true(back * UINT64_C(0x9e3779b97f4a7c15) == 1);
	for (uint64_t i = 1; i <= 100000; i++) {
		const struct usn_record r = { .file = back * i,
					      .parent = USN_ROOT,
					      .attributes = FOLDER,
					      .name = reader_of("f", 2) };

		usn_paths_note(paths, &r);
		assert_int_equal(usn_paths_at(paths, &r, true).len, 0);
	}
	const struct usn_record last = { .file = FILE_REF, .parent = back * 100000 };
	assert_string_equal(usn_paths_at(paths, &last, true).s, "f/");
	usn_paths_free(paths);
	/* Sanitized, on a busy machine: 0.1 s; in one place it takes more than 20. */
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

/* A slash in a name makes no folder, in a folder's own record as little as in a path through it. */
static void slashes(void **state)
{
	static struct journal j;
	(void)state;

	j.len = 0;
	usn_add(&j, 2, USN_REF(40, 1), USN_ROOT, "a/b", 0x100, 0x10);
	usn_add(&j, 2, USN_REF(41, 1), USN_REF(40, 1), "c/d", 0x100, 0x20);
	struct text bytes = { .s = (char *)j.bytes, .len = j.len };
	struct text t = lines_of("usn", &bytes, 1, false, EMIT_JSONL);
	assert_non_null(strstr(t.s, "\"file_name\":\"a/b\",\"path\":\"a\xef\xbf\xbd"
				    "b\""));
	assert_non_null(strstr(t.s, "\"file_name\":\"c/d\",\"path\":\"a\xef\xbf\xbd"
				    "b/c\xef\xbf\xbd"
				    "d\""));
	text_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),     cmocka_unit_test(what_is_none),
		cmocka_unit_test(gaps),         cmocka_unit_test(cut_off),
		cmocka_unit_test(a_bad_sector), cmocka_unit_test(holes),
		cmocka_unit_test(large),        cmocka_unit_test(paths_of_the_time),
		cmocka_unit_test(a_loop),       cmocka_unit_test(depth),
		cmocka_unit_test(with_an_mft),  cmocka_unit_test(chosen_references),
		cmocka_unit_test(long_paths),   cmocka_unit_test(slashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
