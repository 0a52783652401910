/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hives as they should be: lists, names, values of each kind, look-ups, what was deleted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_build.h"

static void opened(struct hive_build *h, struct regf *r, struct hive_said *s)
{
	static struct parse_problems p; /* stays as long as the hive is open */
	struct error e = { 0 };

	p = (struct parse_problems){ hive_problem, s };
	hive_finish(h);
	if (!regf_open(r, hive_bytes(h), NULL, 0, &p, &e))
		fail_msg("%s", e.text);
}

static void holds(struct hive_build *h, bool recover, unsigned problems, const char *want)
{
	struct hive_said s = { 0 };
	struct regf r;

	opened(h, &r, &s);
	hive_dump(&r, recover, &s.text);
	assert_string_equal(text_end(&s.text), want);
	if (s.problems != problems)
		fail_msg("%u problems, the last: %s", s.problems, s.last);
	regf_close(&r);
	text_release(&s.text);
	free(h->bytes);
}

static void every_list(void **state)
{
	static const char *const marks[] = { "lf", "lh", "li" };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		struct hive_build h;
		uint32_t keys[3];

		hive_begin(&h, 5, 4096);
		uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
		keys[0] = hive_key(&h, root, "a");
		keys[1] = hive_key(&h, root, "b");
		keys[2] = hive_key(&h, keys[1], "below");
		hive_subkeys(&h, root, hive_list(&h, marks[i], keys, 2), 2);
		hive_subkeys(&h, keys[1], hive_list(&h, marks[i], keys + 2, 1), 1);
		holds(&h, true, 0, "\\\n\\a\n\\b\n\\b\\below\n");
	}
}

static void lists_of_lists(void **state)
{
	struct hive_build h;
	uint32_t keys[4], lists[3];
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	for (int i = 0; i < 4; i++)
		keys[i] = hive_key(&h, root, (const char *[]){ "a", "b", "c", "d" }[i]);
	lists[0] = hive_list(&h, "lf", keys, 3);
	lists[1] = hive_list(&h, "li", keys, 0);
	lists[2] = hive_list(&h, "lh", keys + 3, 1);
	hive_subkeys(&h, root, hive_list(&h, "ri", lists, 3), 4);
	holds(&h, true, 0, "\\\n\\a\n\\b\n\\c\n\\d\n");
}

static void names(void **state)
{
	static const uint8_t wide[] = { 0x3d, 0xd8, 0x80, 0xde, 'x', 0, 0, 0, 0, 0xd8 };
	struct hive_build h;
	uint32_t keys[2];
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	keys[0] = hive_key_n(&h, root, "\xe4\x99", 2, true); /* each byte is a unit */
	keys[1] = hive_key_n(&h, root, wide, sizeof(wide), false);
	hive_subkeys(&h, root, hive_list(&h, "lf", keys, 2), 2);
	uint32_t cell = hive_cell(&h, 8);
	put_wide(hive_content(&h, cell), "kind");
	put_le(hive_content(&h, keys[0]) + 48, cell, 4);
	put_le(hive_content(&h, keys[0]) + 74, 8, 2);
	struct hive_said s = { 0 };
	struct regf r;
	opened(&h, &r, &s);
	hive_dump(&r, false, &s.text);
	static const char want[] =
		"\\\n\\\xc3\xa4\xc2\x99 class kind\n\\\xf0\x9f\x9a\x80x\0\xef\xbf\xbd\n";
	assert_int_equal(s.text.len, sizeof(want) - 1);
	assert_memory_equal(s.text.s, want, sizeof(want));
	assert_int_equal(s.problems, 0);
	regf_close(&r);
	text_release(&s.text);
	free(h.bytes);
}

static void every_value(void **state)
{
	struct hive_build h;
	uint32_t values[6];
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	values[0] = hive_string_value(&h, "text", REGF_SZ, "words");
	values[1] = hive_value(&h, "", REGF_DWORD, "\1\2\3\4", 4);
	values[2] = hive_value(&h, "none", REGF_REG_NONE, "", 0);
	values[3] = hive_value(&h, "two", REGF_BINARY, "\xaa\xbb", 2);
	values[4] = hive_value(&h, "q", REGF_QWORD, "12345678", 8);
	values[5] = hive_value(&h, "odd", 0xffff0011, "123456789", 9);
	hive_values(&h, root, values, 6);
	holds(&h, true, 0,
	      "\\\n  text 1 words\n   4 01020304\n  none 0 \n  two 3 aabb\n  q 11 3132333435363738\n"
	      "  odd 4294901777 313233343536373839\n");
}

/* More than 16,344 bytes: in segments, since version 1.4. */
static void big_data(void **state)
{
	enum { LEN = 40000 };
	struct hive_build h;
	(void)state;

	hive_begin(&h, 5, 65536);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t value = hive_big(&h, "big", REGF_BINARY, LEN, false);
	hive_values(&h, root, &value, 1);

	struct hive_said s = { 0 };
	struct text room = { 0 };
	struct regf_bytes d;
	struct regf_value v;
	struct regf_key k;
	struct regf r;
	opened(&h, &r, &s);
	assert_true(regf_root(&r, &k) && regf_value_find(&r, &k, "BIG", &v));
	assert_true(regf_data(&r, &v, &room, &d));
	assert_int_equal(d.len, LEN);
	for (size_t i = 0; i < LEN; i++)
		if (d.bytes[i] != 'a' + i / REGF_SEGMENT_BYTES)
			fail_msg("wrong at %zu", i);
	hive_dump(&r, true, &s.text);
	assert_string_equal(text_end(&s.text), "\\\n  big 3 40000 bytes\n");
	assert_int_equal(s.problems, 0);
	text_release(&room);
	text_release(&s.text);
	regf_close(&r);
	free(h.bytes);
}

/* One segment over and over is read once. */
static void big_data_twice(void **state)
{
	struct hive_build h;
	(void)state;

	hive_begin(&h, 5, 65536);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t value = hive_big(&h, "big", REGF_BINARY, 40000, true);
	hive_values(&h, root, &value, 1);
	holds(&h, true, 2, "\\\n  big 3 16344 bytes\n");
}

static void halves(void **state)
{
	static const uint8_t units[] = { 0x3d, 0xd8, 'A',  0,    0x80, 0xde,
					 0x3d, 0xd8, 0x80, 0xde, 0x3d, 0xd8 };
	struct text t = { 0 };
	(void)state;

	regf_text_add(&t, (struct regf_text){ units, sizeof(units), false });
	assert_string_equal(t.s, "\xef\xbf\xbd"
				 "A\xef\xbf\xbd\xf0\x9f\x9a\x80\xef\xbf\xbd");
	text_release(&t);
}

static void look_ups(void **state)
{
	struct hive_build h;
	struct hive_said s = { 0 };
	struct regf_key k, below;
	struct regf r;
	struct text t = { 0 };
	uint64_t n = 0;
	uint32_t values[3];
	char sid[REGF_SID_MAX];
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	h.security = hive_owner(&h);
	uint32_t a = hive_child(&h, root,
				"Gr\xf6\xdf"
				"e"),
		 b = hive_child(&h, a, "Select");
	values[0] = hive_value(&h, "Current", REGF_DWORD, "\2\0\0\0", 4);
	values[1] = hive_string_value(&h, "", REGF_EXPAND_SZ, "%x%");
	values[2] = hive_value(&h, "Long", REGF_QWORD, "\0\0\0\0\1\0\0\0", 8);
	hive_values(&h, b, values, 3);
	opened(&h, &r, &s);
	assert_true(regf_find(&r, NULL,
			      "GR\xc3\x96\xc3\x9f"
			      "E\\select",
			      &k));
	assert_int_equal(k.offset, b);
	assert_true(regf_number(&r, &k, "CURRENT", &n));
	assert_int_equal(n, 2);
	assert_true(regf_number(&r, &k, "long", &n));
	assert_true(n == UINT64_C(1) << 32);
	assert_true(regf_string(&r, &k, "", &t));
	assert_string_equal(t.s, "%x%");
	assert_false(regf_string(&r, &k, "Current", &t));
	assert_false(regf_number(&r, &k, "", &n));
	assert_false(regf_number(&r, &k, "Curren", &n));
	assert_false(regf_number(&r, &k, "Currents", &n));
	assert_true(regf_owner(&r, &k, sid));
	assert_string_equal(sid, "S-1-5-32-544");
	assert_true(regf_find(&r, NULL, "", &k) && k.offset == root);
	assert_false(regf_owner(&r, &k, sid));
	assert_true(regf_find(&r, NULL,
			      "Gr\xc3\xb6\xc3\x9f"
			      "e",
			      &k) &&
		    regf_find(&r, &k, "Select", &below));
	assert_false(regf_find(&r, &k, "Selec", &below));
	assert_int_equal(s.problems, 0);
	text_release(&t);
	regf_close(&r);
	free(h.bytes);
}

static void sids(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want; /* NULL: none */
	} cases[] = {
		{ "\1\1\0\0\0\0\0\5\x12\0\0\0", 12, "S-1-5-18" },
		{ "\1\0\0\0\0\0\0\1", 8, "S-1-1" },
		{ "\1\1\x7f\0\0\0\0\5\xff\xff\xff\xff", 12, "S-1-139637976727557-4294967295" },
		{ "\1\1\0\0\0\0\0\5\x12\0\0", 11, NULL },
		{ "\2\1\0\0\0\0\0\5\x12\0\0\0", 12, NULL },
		{ "\1\x10\0\0\0\0\0\5"
		  "0123456789012345678901234567890123456789012345678901234567890123",
		  72, NULL },
		{ "\1\x0f\0\0\0\0\0\5"
		  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
		  "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		  68,
		  "S-1-5-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295"
		  "-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295"
		  "-4294967295" },
		{ "\1\1\0", 3, NULL },
	};
	char sid[REGF_SID_MAX];
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct regf_bytes b = { (const uint8_t *)cases[i].bytes, cases[i].len };

		assert_int_equal(regf_sid(b, sid), cases[i].want != NULL);
		if (cases[i].want)
			assert_string_equal(sid, cases[i].want);
	}
}

static void strings(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, text, behind;
	} cases[] = {
		{ "a\0b\0\0\0", 6, 4, 0 },
		{ "a\0b\0", 4, 4, 0 },
		{ "a\0\0\0b\0\0\0", 8, 2, 4 },
		{ "a\0\0\0\0\0\0\0", 8, 2, 0 },
		{ "a\0b", 3, 2, 1 },
		{ "", 0, 0, 0 },
		{ "x", 1, 0, 1 },
	};
	struct regf_bytes behind;
	(void)state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct regf_bytes b = { (const uint8_t *)cases[i].bytes, cases[i].len };
		struct regf_text t = regf_text_of(b, &behind);

		if (t.len != cases[i].text || behind.len != cases[i].behind)
			fail_msg("%zu: %zu, %zu", i, t.len, behind.len);
	}
}

/* A key and its values that were deleted together; a value alone; and what took their place. */
static void deleted(void **state)
{
	struct hive_build h;
	uint32_t values[2];
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT"), live = hive_child(&h, root, "live");
	uint32_t gone = hive_key(&h, live, "gone");
	values[0] = hive_string_value(&h, "Image", REGF_SZ, "evil.exe");
	values[1] = hive_value(&h, "Start", REGF_DWORD, "\2\0\0\0", 4);
	hive_values(&h, gone, values, 2);
	(void)hive_value(&h, "alone", REGF_DWORD, "\7\0\0\0", 4);
	(void)hive_key(&h, gone, "child");
	(void)hive_key(&h, 4000, "lost");
	/* Free cells that belong together become one: the first has the size of all. */
	put_le(h.bytes + 4096 + gone, h.at - gone, 4);
	holds(&h, true, 0,
	      "\\\n\\live\n"
	      "deleted \\live\\gone\n  Image 1 evil.exe\n  Start 4 02000000\n"
	      "deleted \\live\\gone\\child\n"
	      "deleted \\$Orphans\\lost\n"
	      "deleted \n  alone 4 07000000\n");
}

/* Behind what a cell in use really uses, and in a cell in use that nothing leads to. */
static void in_the_rest(void **state)
{
	struct hive_build h;
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t value = hive_value(&h, "v", REGF_BINARY, "123456789", 9);
	hive_values(&h, root, &value, 1);
	uint32_t data = hive_cell(&h, 9);
	memcpy(hive_content(&h, data), "12345678z", 9);
	(void)hive_key(&h, root, "old");
	put_le(h.bytes + 4096 + data, (uint64_t) - (int64_t)(h.at - data), 4);
	put_le(hive_content(&h, value) + 8, data, 4);
	(void)hive_key(&h, root, "older");
	holds(&h, true, 0, "\\\n  v 3 31323334353637387a\ndeleted \\old\ndeleted \\older\n");
}

/* Any eighth byte may be where one begins. */
static void behind_small_cells(void **state)
{
	(void)state;

	for (unsigned small = 0; small < 4; small++) {
		struct hive_build h;

		hive_begin(&h, 5, 4096);
		uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
		for (unsigned i = 0; i < small; i++)
			(void)hive_cell(&h, 4);
		(void)hive_key(&h, root, "gone");
		holds(&h, true, 0, "\\\ndeleted \\gone\n");
	}
}

/* What only looks like a deleted key or value. */
static void not_deleted(void **state)
{
	static const struct {
		size_t at;
		uint64_t value;
		size_t bytes;
	} keys[] = {
		{ 4, 0, 8 },		      /* no time */
		{ 4, UINT64_MAX, 8 },	      /* too late */
		{ 2, 0x0820, 2 },	      /* unknown flags */
		{ 72, 0, 2 },		      /* no name */
		{ 72, 0xffff, 2 },	      /* a name that is not there */
		{ 20, UINT32_MAX, 4 },	      /* more subkeys than room */
		{ 36, UINT32_MAX, 4 },	      /* more values than room */
	}, values[] = {
		{ 4, 0x80000005, 4 },	      /* five bytes within four */
		{ 12, REGF_TYPES, 4 },	      /* an unknown type */
		{ 16, 2, 2 },		      /* unknown flags */
		{ 2, 0x7fff, 2 },	      /* a name that is not there */
		{ 4, 0x7fffffff, 4 },	      /* longer than the hive */
	};
	struct hive_build h;
	(void)state;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		hive_begin(&h, 5, 4096);
		uint32_t root = hive_key(&h, HIVE_NONE, "ROOT"), gone = hive_key(&h, root, "gone");
		put_le(hive_content(&h, gone) + keys[i].at, keys[i].value, keys[i].bytes);
		holds(&h, true, 0, "\\\n");
	}
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		hive_begin(&h, 5, 4096);
		(void)hive_key(&h, HIVE_NONE, "ROOT");
		uint32_t gone = hive_value(&h, "gone", REGF_DWORD, "1234", 4);
		put_le(hive_content(&h, gone) + values[i].at, values[i].value, values[i].bytes);
		holds(&h, true, 0, "\\\n");
	}
}

/* Flags that XP has for programs, and Vista and 7 set themselves. */
static void user_flags(void **state)
{
	(void)state;

	for (unsigned flag = 0x1000; flag <= 0x8000; flag <<= 1) {
		struct hive_build h;

		hive_begin(&h, 5, 4096);
		uint32_t root = hive_key(&h, HIVE_NONE, "ROOT"), gone = hive_key(&h, root, "gone");
		put_le(hive_content(&h, gone) + 2, flag | REGF_KEY_NARROW, 2);
		holds(&h, true, 0, "\\\ndeleted \\gone\n");
	}
}

/* Perflib\009 of every SOFTWARE hive: where the count of values would be is a handle. */
static void predefined(void **state)
{
	struct hive_build h;
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t key = hive_child(&h, hive_key(&h, HIVE_NONE, "ROOT"), "009");
	put_le(hive_content(&h, key) + 2, REGF_KEY_PREDEFINED | REGF_KEY_NARROW, 2);
	put_le(hive_content(&h, key) + 36, 0x80000050, 4);
	holds(&h, false, 0, "\\\n\\009\n");
	/* A flag alone hides no values. */
	hive_begin(&h, 5, 4096);
	key = hive_child(&h, hive_key(&h, HIVE_NONE, "ROOT"), "009");
	uint32_t value = hive_value(&h, "v", REGF_DWORD, "\1\0\0\0", 4);
	hive_values(&h, key, &value, 1);
	put_le(hive_content(&h, key) + 2, REGF_KEY_PREDEFINED | REGF_KEY_NARROW, 2);
	holds(&h, false, 0, "\\\n\\009\n  v 4 01000000\n");
}

/* Values that nobody asked for do not come again as deleted ones. */
static void unasked(void **state)
{
	struct hive_build h;
	struct hive_said s = { 0 };
	struct regf_item item;
	struct regf r;
	unsigned items = 0;
	(void)state;

	hive_begin(&h, 5, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT");
	uint32_t value = hive_value(&h, "v", REGF_DWORD, "1234", 4);
	hive_values(&h, root, &value, 1);
	opened(&h, &r, &s);
	struct regf_walk *w = regf_walk_new(&r, true);
	while (regf_walk_next(w, &item))
		items++;
	regf_walk_free(w);
	assert_int_equal(items, 1);
	regf_close(&r);
	free(h.bytes);
}

/* Windows NT 3.1: cells with a longer head. */
static void oldest_version(void **state)
{
	struct hive_build h;
	(void)state;

	hive_begin(&h, 1, 4096);
	uint32_t root = hive_key(&h, HIVE_NONE, "ROOT"), key = hive_child(&h, root, "key");
	uint32_t value = hive_value(&h, "v", REGF_DWORD, "\1\0\0\0", 4);
	hive_values(&h, key, &value, 1);
	holds(&h, false, 0, "\\\n\\key\n  v 4 01000000\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_list),
		cmocka_unit_test(lists_of_lists),
		cmocka_unit_test(names),
		cmocka_unit_test(every_value),
		cmocka_unit_test(big_data),
		cmocka_unit_test(big_data_twice),
		cmocka_unit_test(halves),
		cmocka_unit_test(look_ups),
		cmocka_unit_test(sids),
		cmocka_unit_test(strings),
		cmocka_unit_test(deleted),
		cmocka_unit_test(in_the_rest),
		cmocka_unit_test(oldest_version),
		cmocka_unit_test(not_deleted),
		cmocka_unit_test(behind_small_cells),
		cmocka_unit_test(user_flags),
		cmocka_unit_test(predefined),
		cmocka_unit_test(unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
