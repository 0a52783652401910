/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The application compatibility cache in each of its forms, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hive_build.h"
#include "triage/parse/shimcache.h"

#define TIME UINT64_C(0x01d0000012345678)

struct cache {
	uint8_t bytes[8192];
	size_t len;
};

static void add(struct cache *c, uint64_t value, size_t bytes)
{
	put_le(c->bytes + c->len, value, bytes);
	c->len += bytes;
}

static void add_text(struct cache *c, const char *s)
{
	c->len += put_wide(c->bytes + c->len, s);
}

/* All entries, a line each, behind the name of the form. */
static void holds(const struct cache *c, unsigned problems, const char *want)
{
	struct hive_said s = { 0 };
	struct parse_problems p = { hive_problem, &s };
	struct shimcache_entry entry;
	struct shimcache cache;

	/* Exactly as many bytes as there are, for the sanitizer. */
	uint8_t *copy = mem_alloc(c->len ? c->len : 1);
	memcpy(copy, c->bytes, c->len);
	if (shimcache_open(&cache, (struct regf_bytes){ copy, c->len }, &p)) {
		text_addf(&s.text, "%s%s\n", shimcache_kind_name(cache.kind),
			  cache.wide ? " wide" : "");
		while (shimcache_next(&cache, &entry)) {
			regf_text_add(&s.text, entry.path);
			text_addf(&s.text, " %s %llu %x %x %zu %d\n",
				  entry.last_modified == TIME ? "T" : "?",
				  (unsigned long long)entry.file_size, entry.insertion_flags,
				  entry.shim_flags, entry.data.len, (int)entry.executed);
		}
	}
	assert_string_equal(text_end(&s.text), want);
	if (s.problems != problems)
		fail_msg("%u problems, the last: %s\n%s", s.problems, s.last, want);
	text_release(&s.text);
	free(copy);
}

static void xp(struct cache *c)
{
	*c = (struct cache){ .len = 0 };
	add(c, 0xdeadbeef, 4);
	add(c, 1, 4);
	c->len = 400;
	add_text(c, "C:\\a.exe");
	c->len = 400 + 528;
	add(c, TIME, 8);
	add(c, 1234, 8);
	add(c, TIME + 1, 8);
}

/* A row of a table, and its path at the end of the cache. */
static void row(struct cache *c, bool wide, size_t path_at, size_t path_len, uint32_t low,
		uint32_t high)
{
	add(c, path_len, 2);
	add(c, path_len + 2, 2);
	if (wide)
		add(c, 0, 4);
	add(c, path_at, wide ? 8 : 4);
	add(c, TIME, 8);
	add(c, low, 4);
	add(c, high, 4);
}

static void table(struct cache *c, uint32_t mark, bool wide, uint32_t low, uint32_t high)
{
	bool seven = mark == 0xbadc0fee;
	size_t step = (wide ? 32u : 24u) + (seven ? wide ? 16u : 8u : 0u);

	*c = (struct cache){ .len = 0 };
	add(c, mark, 4);
	add(c, 2, 4);
	c->len = seven ? 128 : 8;
	size_t paths = c->len + 2 * step;
	for (unsigned i = 0; i < 2; i++) {
		row(c, wide, paths + 16 * i, 14 + 2 * i, low, high);
		if (seven) {
			add(c, 3 * i, wide ? 8 : 4);
			add(c, i ? paths : 0, wide ? 8 : 4);
		}
	}
	add_text(c, "C:\\a.ex");
	add(c, 0, 2);
	add_text(c, "C:\\bc.ex");
}

static void tables(void **state)
{
	struct cache c;
	(void)state;

	xp(&c);
	holds(&c, 0, "XP\nC:\\a.exe T 1234 0 0 0 0\n");
	c.len--;
	holds(&c, 1, "XP\n");
	/* Room for 96, of which one is used: the others are not there, or zeros. */
	xp(&c);
	put_le(c.bytes + 4, 96, 4);
	put_le(c.bytes + 8, 1, 4);
	holds(&c, 0, "XP\nC:\\a.exe T 1234 0 0 0 0\n");
	memset(c.bytes + c.len, 0, 552);
	c.len += 552;
	holds(&c, 0, "XP\nC:\\a.exe T 1234 0 0 0 0\n");
	c.len -= 552;
	put_le(c.bytes + 8, 2, 4);
	holds(&c, 1, "XP\nC:\\a.exe T 1234 0 0 0 0\n");
	put_le(c.bytes + 4, 0, 4);
	holds(&c, 1, "XP\n");
	table(&c, 0xbadc0ffe, false, 70000, 0);
	holds(&c, 0, "2003\nC:\\a.ex T 70000 0 0 0 0\nC:\\bc.ex T 70000 0 0 0 0\n");
	table(&c, 0xbadc0ffe, true, 2, 0x100);
	holds(&c, 0, "Vista wide\nC:\\a.ex T 0 2 100 0 2\nC:\\bc.ex T 0 2 100 0 2\n");
	table(&c, 0xbadc0ffe, false, 1, 0x100);
	holds(&c, 0, "Vista\nC:\\a.ex T 0 1 100 0 1\nC:\\bc.ex T 0 1 100 0 1\n");
	table(&c, 0xbadc0fee, false, 3, 9);
	holds(&c, 0, "7\nC:\\a.ex T 0 3 9 0 2\nC:\\bc.ex T 0 3 9 3 2\n");
	table(&c, 0xbadc0fee, true, 4, 9);
	holds(&c, 0, "7 wide\nC:\\a.ex T 0 4 9 0 1\nC:\\bc.ex T 0 4 9 3 1\n");
}

/* Data that would lie outside are none; the entry is good. */
static void data_outside(void **state)
{
	struct cache c;
	(void)state;

	table(&c, 0xbadc0fee, false, 3, 9);
	put_le(c.bytes + 128 + 32 + 24, 9999, 4);
	holds(&c, 0, "7\nC:\\a.ex T 0 3 9 0 2\nC:\\bc.ex T 0 3 9 0 2\n");
}

static void damaged_tables(void **state)
{
	struct cache c;
	(void)state;

	/* More rows than there are. */
	table(&c, 0xbadc0fee, false, 3, 9);
	put_le(c.bytes + 4, UINT32_MAX, 4);
	c.len = 128 + 64;
	holds(&c, 3, "7\n");
	/* A path outside; the other row is good. */
	table(&c, 0xbadc0fee, false, 3, 9);
	put_le(c.bytes + 128 + 4, UINT32_MAX, 4);
	holds(&c, 1, "7\nC:\\bc.ex T 0 3 9 3 2\n");
	/* A count that hides rows. */
	table(&c, 0xbadc0fee, true, 4, 9);
	put_le(c.bytes + 4, 1, 4);
	holds(&c, 1, "7 wide\nC:\\a.ex T 0 4 9 0 1\n");
	table(&c, 0xbadc0ffe, false, 2, 0x100);
	put_le(c.bytes + 4, 0, 4);
	holds(&c, 1, "Vista\n");
	/* Rows that all have the same long path: not more comes out than went in. */
	c = (struct cache){ .len = 0 };
	add(&c, 0xbadc0fee, 4);
	add(&c, 200, 4);
	c.len = 128;
	for (unsigned i = 0; i < 200; i++) {
		row(&c, false, 128, 6000, 0, 0);
		add(&c, 0, 8);
	}
	struct shimcache_entry entry;
	struct shimcache s;
	unsigned entries = 0;
	assert_true(shimcache_open(&s, (struct regf_bytes){ c.bytes, c.len }, NULL));
	while (shimcache_next(&s, &entry))
		entries++;
	assert_int_equal(entries, 1);
}

/* An entry of Windows 8 to 11. */
static void entry_ts(struct cache *c, enum shimcache_kind kind, bool has_package, const char *path,
		     uint32_t last)
{
	size_t path_len = 2 * strlen(path), package = has_package ? 2 + 4 : 0;
	size_t flags = kind == SHIMCACHE_10 ? 0 : 8;

	memcpy(c->bytes + c->len, kind == SHIMCACHE_8 ? "00ts" : "10ts", 4);
	c->len += 4;
	add(c, 0x1111, 4);
	add(c, 2 + path_len + package + flags + 8 + 4 + 8, 4);
	add(c, path_len, 2);
	add_text(c, path);
	if (package) {
		add(c, 4, 2);
		add_text(c, "pk");
	}
	if (flags) {
		add(c, 0x10, 4);
		add(c, 0x20, 4);
	}
	add(c, TIME, 8);
	add(c, 8, 4);
	add(c, 7, 4);
	add(c, last, 4);
}

static void entries_with(struct cache *c, enum shimcache_kind kind, size_t head, bool has_package)
{
	*c = (struct cache){ .len = 0 };
	add(c, head, 4);
	c->len = head;
	entry_ts(c, kind, has_package, "C:\\a", 0);
	entry_ts(c, kind, has_package, "C:\\bb", 1);
}

static void entries(struct cache *c, enum shimcache_kind kind, size_t head)
{
	entries_with(c, kind, head, kind == SHIMCACHE_8_1);
}

static void streams(void **state)
{
	struct cache c;
	(void)state;

	entries(&c, SHIMCACHE_8, 128);
	holds(&c, 0, "8\nC:\\a T 0 10 20 8 0\nC:\\bb T 0 10 20 8 0\n");
	/* As Windows 8 was sold. */
	entries_with(&c, SHIMCACHE_8, 128, true);
	holds(&c, 0, "8\nC:\\a T 0 10 20 8 0\nC:\\bb T 0 10 20 8 0\n");
	entries(&c, SHIMCACHE_8_1, 128);
	holds(&c, 0, "8.1\nC:\\a T 0 10 20 8 0\nC:\\bb T 0 10 20 8 0\n");
	entries(&c, SHIMCACHE_10, 48);
	holds(&c, 0, "10\nC:\\a T 0 0 0 8 1\nC:\\bb T 0 0 0 8 2\n");
	entries(&c, SHIMCACHE_10, 52);
	holds(&c, 0, "10\nC:\\a T 0 0 0 8 1\nC:\\bb T 0 0 0 8 2\n");
	put_le(c.bytes + c.len - 4, 2, 4); /* only 1 means that it ran */
	holds(&c, 0, "10\nC:\\a T 0 0 0 8 1\nC:\\bb T 0 0 0 8 1\n");
	entries(&c, SHIMCACHE_10, 52);
	/* The first entry says that it is longer than all there is: the next one is found. */
	put_le(c.bytes + 52 + 8, 9999, 4);
	holds(&c, 1, "10\nC:\\bb T 0 0 0 8 2\n");
	/* Its path is longer than itself. */
	entries(&c, SHIMCACHE_10, 52);
	put_le(c.bytes + 52 + 12, 9999, 2);
	holds(&c, 1, "10\nC:\\bb T 0 0 0 8 2\n");
	/* Cut within the second one. */
	entries(&c, SHIMCACHE_10, 48);
	c.len--;
	holds(&c, 1, "10\nC:\\a T 0 0 0 8 1\n");
	c.len = 48 + (c.len + 1 - 48 - 2) / 2 + 11; /* within its head */
	holds(&c, 1, "10\nC:\\a T 0 0 0 8 1\n");
	c.len = 48;
	holds(&c, 0, "10\n");
}

static void none(void **state)
{
	struct cache c = { .len = 0 };
	(void)state;

	holds(&c, 0, "");
	add(&c, 0xbadc0fee, 4);
	holds(&c, 0, "");
	c.len = 0;
	add(&c, 48, 4);
	c.len = 60;
	holds(&c, 0, "");
	c.len = 0;
	add(&c, 47, 8);
	holds(&c, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),         cmocka_unit_test(data_outside),
		cmocka_unit_test(damaged_tables), cmocka_unit_test(streams),
		cmocka_unit_test(none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
