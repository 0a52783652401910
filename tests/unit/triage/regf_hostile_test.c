/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hives made to harm: loops, shared and overlapping cells, sizes and counts that are not there. Each must end
 * soon, say that something is wrong, and still give what is good. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "hive_build.h"

/* What the tests change: a root with two subkeys, `good` (a value) and `bad`. */
struct sample {
	struct hive_build h;
	uint32_t root, good, bad, list, value, values, data;
};

static struct sample sample(void)
{
	struct sample s;
	uint32_t keys[2];

	hive_begin(&s.h, 5, 8192);
	s.root = hive_key(&s.h, HIVE_NONE, "ROOT");
	s.good = keys[0] = hive_key(&s.h, s.root, "good");
	s.bad = keys[1] = hive_key(&s.h, s.root, "bad");
	s.list = hive_list(&s.h, "lf", keys, 2);
	hive_subkeys(&s.h, s.root, s.list, 2);
	s.value = hive_value(&s.h, "v", REGF_BINARY, "12345678", 8);
	s.data = le32(hive_content(&s.h, s.value) + 8);
	hive_values(&s.h, s.good, &s.value, 1);
	s.values = le32(hive_content(&s.h, s.good) + 40);
	return s;
}

static void set(struct sample *s, uint32_t cell, size_t at, uint64_t value, size_t bytes)
{
	put_le(hive_content(&s->h, cell) + at, value, bytes);
}

static void loop_to_root(struct sample *s)
{
	uint32_t up = hive_list(&s->h, "lh", &s->root, 1);
	hive_subkeys(&s->h, s->bad, up, 1);
}

static void list_twice(struct sample *s)
{
	hive_subkeys(&s->h, s->bad, s->list, 2);
}

static void list_of_itself(struct sample *s)
{
	uint32_t of[3] = { 0, 0, 0 }, ri = hive_list(&s->h, "ri", of, 3);

	for (size_t i = 0; i < 3; i++)
		set(s, ri, 4 + 4 * i, ri, 4);
	hive_subkeys(&s->h, s->bad, ri, 3);
}

static void many_empty_lists(struct sample *s)
{
	uint32_t of[500], empty = hive_list(&s->h, "li", NULL, 0);

	for (size_t i = 0; i < 500; i++)
		of[i] = empty;
	hive_subkeys(&s->h, s->bad, hive_list(&s->h, "ri", of, 500), 500);
}

static void no_list(struct sample *s)
{
	hive_subkeys(&s->h, s->bad, s->value, 1);
}

static void list_outside(struct sample *s)
{
	hive_subkeys(&s->h, s->bad, 0x7ffffff8, 1);
}

static void gigantic_list(struct sample *s)
{
	uint32_t none = 0, list = hive_list(&s->h, "lf", &none, 0);
	set(s, list, 2, 0xffff, 2);
	hive_subkeys(&s->h, s->bad, list, UINT32_MAX);
}

static void gigantic_values(struct sample *s)
{
	set(s, s->bad, 36, UINT32_MAX, 4);
	set(s, s->bad, 40, hive_cell(&s->h, 1), 4);
}

static void values_twice(struct sample *s)
{
	set(s, s->bad, 36, 1, 4);
	set(s, s->bad, 40, s->values, 4);
}

static void value_twice(struct sample *s)
{
	hive_values(&s->h, s->bad, &s->value, 1);
}

static void data_twice(struct sample *s)
{
	uint32_t other = hive_value(&s->h, "w", REGF_BINARY, "", 0);

	set(s, other, 4, 8, 4);
	set(s, other, 8, s->data, 4);
	hive_values(&s->h, s->bad, &other, 1);
}

static void data_outside(struct sample *s)
{
	uint32_t other = hive_value(&s->h, "w", REGF_BINARY, "", 0);

	set(s, other, 4, 0x7fffffff, 4);
	set(s, other, 8, 0xfffffff8, 4);
	hive_values(&s->h, s->bad, &other, 1);
}

static void data_too_long(struct sample *s)
{
	uint32_t other = hive_value(&s->h, "w", REGF_BINARY, "abcdefgh", 8);

	set(s, other, 4, 0x7fffffff, 4);
	hive_values(&s->h, s->bad, &other, 1);
}

static void resident_too_long(struct sample *s)
{
	uint32_t other = hive_value(&s->h, "w", REGF_BINARY, "ab", 2);

	set(s, other, 4, 0xffffffff, 4);
	hive_values(&s->h, s->bad, &other, 1);
}

static void no_value(struct sample *s)
{
	hive_values(&s->h, s->bad, &s->root, 1);
}

/* A whole cell of a key, but four bytes too far. */
static void unaligned(struct sample *s)
{
	uint32_t cell = hive_cell(&s->h, 100);
	uint8_t *p = hive_content(&s->h, cell);

	put_le(p, (uint64_t) - (int64_t)88, 4);
	memcpy(p + 4, hive_content(&s->h, s->bad), 79);
	set(s, s->list, 4 + 8, cell + 4, 4);
}

/* Lists of lists have one level. */
static void list_of_lists_of_lists(struct sample *s)
{
	uint32_t key = hive_key(&s->h, s->bad, "too deep");
	uint32_t li = hive_list(&s->h, "li", &key, 1), ri = hive_list(&s->h, "ri", &li, 1);

	hive_subkeys(&s->h, s->bad, hive_list(&s->h, "ri", &ri, 1), 1);
}

static void cell_too_long(struct sample *s)
{
	put_le(s->h.bytes + 4096 + s->bad, (uint64_t) - (int64_t)65536, 4);
}

static void cell_of_nothing(struct sample *s)
{
	put_le(s->h.bytes + 4096 + s->bad, 0, 4);
}

static void cell_of_most(struct sample *s)
{
	put_le(s->h.bytes + 4096 + s->bad, 0x80000000, 4);
}

static void name_too_long(struct sample *s)
{
	set(s, s->bad, 72, 0xffff, 2); /* read as far as the cell */
}

static void class_outside(struct sample *s)
{
	set(s, s->bad, 48, 0x7ffffff8, 4);
	set(s, s->bad, 74, 8, 2);
}

static void class_too_long(struct sample *s)
{
	set(s, s->bad, 48, hive_cell(&s->h, 4), 4);
	set(s, s->bad, 74, 400, 2);
}

/* What begins like a list of segments, but is too short to be in any. */
static void no_segments(struct sample *s)
{
	uint32_t other = hive_value(&s->h, "w", REGF_BINARY, "db123456", 8);

	set(s, other, 4, 20, 4);
	hive_values(&s->h, s->bad, &other, 1);
}

static void key_is_free(struct sample *s)
{
	put_le(s->h.bytes + 4096 + s->bad, (uint64_t)(s->list - s->bad), 4);
}

static void value_is_free(struct sample *s)
{
	uint8_t *cell = hive_content(&s->h, s->value) - 4;

	put_le(cell, (UINT64_C(1) << 32) - le32(cell), 4);
}

/* Counts that hide what there is. */
static void no_subkeys(struct sample *s)
{
	set(s, s->root, 20, 0, 4);
}

static void less_subkeys(struct sample *s)
{
	set(s, s->list, 2, 1, 2);
}

static void no_values(struct sample *s)
{
	hive_values(&s->h, s->bad, &s->value, 1);
	set(s, s->bad, 36, 0, 4);
}

/* What a key points to without a count may be anything that was freed. */
static void old_lists(struct sample *s)
{
	set(s, s->bad, 28, s->h.at, 4);
	set(s, s->bad, 40, s->h.at, 4);
}

static void another_name(struct sample *s)
{
	set(s, s->bad, 76, 'm', 1);
}

static void shorter_name(struct sample *s)
{
	set(s, s->bad, 72, 2, 2);
}

static void name_of_nothing(struct sample *s)
{
	set(s, s->bad, 72, 0, 2);
}

static void another_parent(struct sample *s)
{
	set(s, s->bad, 16, s->good, 4);
}

static void another_root(struct sample *s)
{
	put_le(s->h.bytes + 36, s->good, 4);
}

#define GOOD "\\\n\\good\n  v 3 3132333435363738\n"
#define ALL GOOD "\\bad\n"

static void each_harm(void **state)
{
	static const struct {
		const char *name;
		void (*harm)(struct sample *s);
		unsigned problems;
		const char *want;
	} cases[] = {
		{ "loop", loop_to_root, 1, ALL },
		{ "a list twice", list_twice, 2, ALL },
		{ "a list of itself", list_of_itself, 6, ALL },
		{ "the same list over and over", many_empty_lists, 0, NULL },
		{ "lists of lists of lists", list_of_lists_of_lists, 1, ALL },
		{ "no list", no_list, 1, ALL },
		{ "a list outside", list_outside, 1, ALL },
		{ "a gigantic list", gigantic_list, 1, ALL },
		{ "gigantic values", gigantic_values, 2, ALL },
		{ "values twice", values_twice, 1, ALL },
		{ "a value twice", value_twice, 1, ALL },
		{ "data twice", data_twice, 1, ALL "  w 3 ?\n" },
		{ "data outside", data_outside, 1, ALL "  w 3 ?\n" },
		{ "data too long", data_too_long, 1, ALL "  w 3 616263646566676800000000\n" },
		{ "resident data too long", resident_too_long, 1, ALL "  w 3 6162ffff\n" },
		{ "no value", no_value, 1, ALL },
		{ "unaligned", unaligned, 1, GOOD },
		{ "a cell too long", cell_too_long, 1, GOOD },
		{ "a cell of nothing", cell_of_nothing, 1, GOOD },
		{ "a cell of 2 GiB", cell_of_most, 1, GOOD },
		{ "a name too long", name_too_long, 0, NULL },
		{ "a class outside", class_outside, 1, ALL },
		{ "a class too long", class_too_long, 1, ALL },
		{ "no segments", no_segments, 1, ALL "  w 3 646231323334353600000000\n" },
		{ "a free key", key_is_free, 1, ALL },
		{ "a free value", value_is_free, 1, ALL },
		{ "no subkeys", no_subkeys, 1, ALL },
		{ "less subkeys", less_subkeys, 1, GOOD },
		{ "no values", no_values, 1, ALL },
		{ "old lists", old_lists, 0, ALL },
		{ "another root", another_root, 1, ALL },
		{ "another name", another_name, 1, GOOD "\\mad\n" },
		{ "a shorter name", shorter_name, 1, GOOD "\\ba\n" },
		{ "no name", name_of_nothing, 1, GOOD "\\\n" },
		{ "another parent", another_parent, 1, ALL },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sample s = sample();
		struct hive_said said = { 0 };
		struct parse_problems p = { hive_problem, &said };
		struct error e = { 0 };
		struct regf r;

		cases[i].harm(&s);
		hive_finish(&s.h);
		assert_true(regf_open(&r, hive_bytes(&s.h), NULL, 0, &p, &e));
		hive_dump(&r, false, &said.text);
		const char *got = text_end(&said.text);
		if (cases[i].want ? strcmp(got, cases[i].want) != 0 : !strstr(got, GOOD))
			fail_msg("%s:\n%s", cases[i].name, got);
		if (cases[i].want && said.problems != cases[i].problems)
			fail_msg("%s: %u problems, the last: %s", cases[i].name, said.problems,
				 said.last);
		text_clear(&said.text);
		hive_dump(&r, true, &said.text);
		if (!strstr(text_end(&said.text), GOOD))
			fail_msg("%s, recovering:\n%s", cases[i].name, text_end(&said.text));
		regf_close(&r);
		text_release(&said.text);
		free(s.h.bytes);
	}
}

static void depth(void **state)
{
	static const struct {
		unsigned levels, problems;
	} cases[] = { { REGF_DEPTH_MAX, 0 }, { REGF_DEPTH_MAX + 1, 0 }, { REGF_DEPTH_MAX + 2, 1 } };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct hive_build h;
		struct hive_said s = { 0 };
		struct parse_problems p = { hive_problem, &s };
		struct error e = { 0 };
		struct regf_item item;
		struct regf r;
		unsigned keys = 0;

		hive_begin(&h, 5, 262144);
		uint32_t key = hive_key(&h, HIVE_NONE, "ROOT");
		for (unsigned n = 0; n < cases[i].levels; n++)
			key = hive_child(&h, key, "k");
		hive_finish(&h);
		assert_true(regf_open(&r, hive_bytes(&h), NULL, 0, &p, &e));
		struct regf_walk *w = regf_walk_new(&r, false);
		while (regf_walk_next(w, &item))
			keys++;
		regf_walk_free(w);
		if (s.problems != cases[i].problems || keys != cases[i].levels + 1 - s.problems)
			fail_msg("%u levels: %u keys, %u problems", cases[i].levels, keys,
				 s.problems);
		regf_close(&r);
		free(h.bytes);
	}
}

/* Paths cannot grow without end: what is behind 32,767 units is cut. */
static void long_paths(void **state)
{
	static char name[256];
	struct hive_build h;
	struct hive_said s = { 0 };
	struct parse_problems p = { hive_problem, &s };
	struct error e = { 0 };
	struct regf_item item;
	struct regf r;
	size_t longest = 0;
	(void)state;

	memset(name, 'n', 255);
	hive_begin(&h, 5, 262144);
	uint32_t key = hive_key(&h, HIVE_NONE, "ROOT");
	for (unsigned n = 0; n < 200; n++)
		key = hive_child(&h, key, name);
	hive_finish(&h);
	assert_true(regf_open(&r, hive_bytes(&h), NULL, 0, &p, &e));
	struct regf_walk *w = regf_walk_new(&r, true);
	while (regf_walk_next(w, &item))
		if (item.path.len > longest)
			longest = item.path.len;
	regf_walk_free(w);
	assert_int_equal(longest, 2 * REGF_PATH_MAX);
	assert_int_equal(s.problems, 1);
	regf_close(&r);
	free(h.bytes);
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 60,000 keys below one, and as many cells over one another: both in a blink. */
static void wide_and_overlapping(void **state)
{
	enum { KEYS = 60000, BINS = 16 << 20 };
	uint32_t *keys = mem_array(KEYS, sizeof(*keys));
	struct hive_build h;
	struct hive_said s = { 0 };
	struct parse_problems p = { hive_problem, &s };
	struct error e = { 0 };
	struct regf_item item;
	struct regf_value v;
	struct regf_bytes d;
	struct regf r;
	unsigned count = 0;
	size_t bytes = 0;
	(void)state;

	hive_begin(&h, 5, BINS);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	for (unsigned i = 0; i < KEYS; i++)
		keys[i] = hive_key(&h, root, "key");
	hive_subkeys(&h, root, hive_list(&h, "lh", keys, KEYS), KEYS);
	for (unsigned i = 0; i < 20000; i++)
		keys[i] = hive_value(&h, "v", REGF_BINARY, "", 0);
	hive_values(&h, root, keys, 20000);
	/* Each value has data of 1 MiB, which begin eight bytes later than those before. */
	for (unsigned i = 0; i < 20000; i++) {
		uint32_t cell = (uint32_t)h.at + 8 * i;

		put_le(h.bytes + 4096 + cell, (uint64_t) - (int64_t)(1 << 20), 4);
		put_le(hive_content(&h, keys[i]) + 4, 1 << 19, 4);
		put_le(hive_content(&h, keys[i]) + 8, cell, 4);
	}
	hive_sum(h.bytes);
	double begun = seconds();
	assert_true(regf_open(&r, hive_bytes(&h), NULL, 0, &p, &e));
	struct regf_walk *w = regf_walk_new(&r, true);
	for (; regf_walk_next(w, &item); count++)
		while (regf_walk_value(w, &v, &d))
			bytes += d.len;
	regf_walk_free(w);
	assert_int_equal(count, KEYS + 1);
	assert_true(bytes > 0 && bytes <= BINS);
	assert_true(s.problems > 19000);
	assert_true(seconds() - begun < 1.5);
	regf_close(&r);
	free(keys);
	free(h.bytes);
}

/* Very many values whose data are one long cell, of which the end is that of the first value. */
static void one_long_cell(void **state)
{
	enum { COUNT = 20480, LONG = 8 << 20 };
	uint32_t *values = mem_array(COUNT + 1, sizeof(*values));
	struct hive_said s = { 0 };
	struct parse_problems p = { hive_problem, &s };
	struct error e = { 0 };
	struct regf_bytes data;
	struct regf_value v;
	struct regf_item item;
	struct hive_build h;
	struct regf r;
	size_t whole = 0;
	(void)state;

	hive_begin(&h, 5, LONG + COUNT * 64);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT"), cell = hive_cell(&h, LONG),
		 end = cell + LONG - 64;
	put_le(h.bytes + 4096 + end, (uint64_t)-32, 4);
	for (size_t i = 0; i <= COUNT; i++) {
		values[i] = hive_value(&h, "v", REGF_BINARY, "", 0);
		put_le(hive_content(&h, values[i]) + 4, i ? LONG : 8, 4);
		put_le(hive_content(&h, values[i]) + 8, i ? cell : end, 4);
	}
	hive_values(&h, root, values, COUNT + 1);
	hive_finish(&h);
	double begun = seconds();
	assert_true(regf_open(&r, hive_bytes(&h), NULL, 0, &p, &e));
	struct regf_walk *w = regf_walk_new(&r, false);
	while (regf_walk_next(w, &item))
		while (regf_walk_value(w, &v, &data))
			whole += data.len != 0;
	regf_walk_free(w);
	assert_int_equal(whole, 1);
	assert_int_equal(s.problems, COUNT);
	/* Unit by unit it takes more than 10. */
	assert_true(seconds() - begun < 2);
	regf_close(&r);
	free(values);
	free(h.bytes);
}

/* Very many keys below a path as long as it may be: it is not given whole for each of them. */
static void many_long_paths(void **state)
{
	enum { LETTERS = 250, FOLDERS = 130, KEYS = 5000 };
	uint32_t *keys = mem_array(KEYS, sizeof(*keys));
	char name[LETTERS + 1] = { 0 };
	struct hive_said s = { 0 };
	struct parse_problems p = { hive_problem, &s };
	struct error e = { 0 };
	struct regf_item item;
	struct hive_build h;
	struct regf r;
	size_t bytes = 0, near = 0;
	(void)state;

	memset(name, 'n', LETTERS);
	hive_begin(&h, 5, 1 << 20);
	uint32_t last = hive_key(&h, HIVE_NONE, "ROOT");
	for (unsigned i = 0; i < FOLDERS; i++)
		last = hive_child(&h, last, name);
	for (unsigned i = 0; i < KEYS; i++)
		keys[i] = hive_key(&h, last, "k");
	hive_subkeys(&h, last, hive_list(&h, "lf", keys, KEYS), KEYS);
	hive_finish(&h);
	assert_true(regf_open(&r, hive_bytes(&h), NULL, 0, &p, &e));
	struct regf_walk *w = regf_walk_new(&r, false);
	while (regf_walk_next(w, &item)) {
		bytes += item.path.len;
		near += item.path.len > 20 && memcmp(item.path.bytes, "\\\0$\0O\0", 6) == 0;
	}
	regf_walk_free(w);
	assert_true(near > KEYS / 2 && near < KEYS);
	assert_int_equal(s.problems, 1);
	assert_true(bytes < (32u << 20) + KEYS * (8192 + 1024 + 20));
	regf_close(&r);
	free(keys);
	free(h.bytes);
}

static void not_hives(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = { { "", 0 }, { "regf", 4 }, { "MZ\x90", 3 } };
	struct error e;
	struct regf r;
	uint8_t zeros[8192] = { 0 };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct regf_bytes b = { (const uint8_t *)cases[i].bytes, cases[i].len };
		e = (struct error){ 0 };
		assert_false(regf_open(&r, b, NULL, 0, NULL, &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
	}
	e = (struct error){ 0 };
	assert_false(regf_open(&r, (struct regf_bytes){ zeros, 8192 }, NULL, 0, NULL, &e));
}

/* A hive cut anywhere is read as far as it goes, or refused. */
static void cut_anywhere(void **state)
{
	struct sample s = sample();
	struct error e;
	struct regf r;
	(void)state;

	hive_finish(&s.h);
	for (size_t len = 0; len < s.h.len; len += 8) {
		uint8_t *copy = mem_alloc(len + 1);
		struct hive_said said = { 0 };

		memcpy(copy, s.h.bytes, len);
		e = (struct error){ 0 };
		if (regf_open(&r, (struct regf_bytes){ copy, len }, NULL, 0, NULL, &e)) {
			hive_dump(&r, true, &said.text);
			regf_close(&r);
		}
		if (len >= 4096 + s.h.at && !strstr(text_end(&said.text), GOOD))
			fail_msg("nothing of the first %zu bytes", len);
		text_release(&said.text);
		free(copy);
	}
	free(s.h.bytes);
}

/* The header of a bin is lost, or says what cannot be; its cells are there all the same. */
static void bin_header_lost(void **state)
{
	static const struct {
		size_t at, bytes;
		uint64_t value;
	} cases[] = { { 0, 8, 0 }, { 4, 4, 4096 }, { 8, 4, 0 }, { 8, 4, 8000 }, { 8, 4, 1u << 30 } };
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sample s = sample();
		struct hive_said said = { 0 };
		struct parse_problems p = { hive_problem, &said };
		struct error e = { 0 };
		struct regf r;

		hive_finish(&s.h);
		put_le(s.h.bytes + 4096 + cases[i].at, cases[i].value, cases[i].bytes);
		assert_true(regf_open(&r, hive_bytes(&s.h), NULL, 0, &p, &e));
		hive_dump(&r, false, &said.text);
		assert_string_equal(text_end(&said.text), ALL);
		assert_int_equal(said.problems, 1);
		regf_close(&r);
		text_release(&said.text);
		free(s.h.bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_harm),       cmocka_unit_test(depth),
		cmocka_unit_test(long_paths),      cmocka_unit_test(wide_and_overlapping),
		cmocka_unit_test(not_hives),       cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(bin_header_lost), cmocka_unit_test(one_long_cell),
		cmocka_unit_test(many_long_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
