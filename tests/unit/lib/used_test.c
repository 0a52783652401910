/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The map of used blocks against the plainest model of it: a byte for each byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/disk/used.h"

#define MODEL_BYTES 400u

/* Is this byte of the volume used? */
static bool model(const struct used_map *m, uint64_t at)
{
	if (m->unit_bytes == 0 || at < m->first_byte)
		return true;
	uint64_t unit = (at - m->first_byte) / m->unit_bytes;

	return unit >= m->units || (m->bits[unit / 8] & 1u << unit % 8) != 0;
}

static void compare_runs(const struct used_map *m, uint64_t from, uint64_t to)
{
	uint64_t at = from, want_start, want_end, start = 0, end = 0;

	for (;;) {
		want_start = at;
		while (want_start < to && !model(m, want_start))
			want_start++;
		want_end = want_start;
		while (want_end < to && model(m, want_end))
			want_end++;
		if (want_start >= to) {
			assert_false(used_map_next(m, at, to, &start, &end));
			return;
		}
		assert_true(used_map_next(m, at, to, &start, &end));
		assert_int_equal(start, want_start);
		assert_int_equal(end, want_end);
		at = end;
	}
}

static void compare_all(const struct used_map *m)
{
	for (uint64_t from = 0; from <= MODEL_BYTES; from += 3)
		for (uint64_t to = from; to <= MODEL_BYTES; to += 7)
			compare_runs(m, from, to);
}

struct shape {
	const char *name;
	uint64_t unit_bytes, first_byte, units;
	struct {
		uint64_t unit, count;
	} set[4], clear[2];
};

static const struct shape shapes[] = {
	{ "nothing used", 4, 0, 64, { { 0 } }, { { 0 } } },
	{ "all used", 4, 0, 64, { { 0, 64 } }, { { 0 } } },
	{ "the first and the last", 4, 0, 64, { { 0, 1 }, { 63, 1 } }, { { 0 } } },
	{ "not a multiple of eight", 3, 0, 61, { { 5, 9 }, { 60, 1 } }, { { 0 } } },
	{ "something before", 4, 37, 50, { { 0, 1 }, { 10, 30 } }, { { 20, 3 } } },
	{ "something before, nothing used", 4, 37, 50, { { 0 } }, { { 0 } } },
	{ "something before, all used", 4, 37, 48, { { 0, 48 } }, { { 0 } } },
	{ "a run that ends behind the last", 4, 0, 16, { { 14, 9 } }, { { 0 } } },
	{ "whole bytes", 2, 0, 100, { { 8, 16 }, { 30, 41 } }, { { 40, 8 }, { 64, 1 } } },
	{ "one unit", 400, 0, 1, { { 0, 1 } }, { { 0 } } },
	{ "one unit, free", 100, 0, 1, { { 0 } }, { { 0 } } },
	{ "no unit", 4, 16, 0, { { 0 } }, { { 0 } } },
	{ "more is set than there is", 4, 0, 20, { { 18, UINT64_MAX }, { 20, 7 } }, { { 0 } } },
	{ "more is cleared than there is", 4, 0, 20, { { 0, 20 } }, { { 11, UINT64_MAX } } },
	{ "taken back", 1, 0, 128, { { 1, 126 } }, { { 3, 121 } } },
	{ "longer than what is asked for", 16, 8, 64, { { 1, 60 } }, { { 15, 1 } } },
};

static void runs_are_those_of_the_model(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct shape *s = &shapes[i];
		struct used_map m;
		struct error e = { 0 };
		uint64_t count = 0;

		print_message("%s\n", s->name);
		assert_true(used_map_init(&m, s->unit_bytes, s->first_byte, s->units, &e));
		for (size_t n = 0; n < 4; n++)
			used_map_set(&m, s->set[n].unit, s->set[n].count);
		for (size_t n = 0; n < 2; n++)
			used_map_clear(&m, s->clear[n].unit, s->clear[n].count);
		for (uint64_t unit = 0; unit < s->units; unit++) {
			bool want = false;

			for (size_t n = 0; n < 4; n++)
				want |= unit >= s->set[n].unit &&
					unit - s->set[n].unit < s->set[n].count;
			for (size_t n = 0; n < 2; n++)
				want &= unit < s->clear[n].unit ||
					unit - s->clear[n].unit >= s->clear[n].count;
			assert_int_equal(used_map_get(&m, unit), want);
			count += want;
		}
		assert_true(used_map_get(&m, s->units));
		assert_int_equal(used_map_count(&m), count);
		compare_all(&m);
		used_map_release(&m);
	}
}

/* Bits behind the last unit, as a file system's own bitmap may bring them, mean nothing. */
static void bits_behind_the_last_unit_mean_nothing(void **state)
{
	struct used_map m;
	struct error e = { 0 };

	(void)state;
	for (uint64_t units = 1; units <= 17; units++) {
		assert_true(used_map_init(&m, 4, 0, units, &e));
		memset(m.bits, 0xff, (units + 7) / 8);
		used_map_clear(&m, 0, units);
		assert_int_equal(used_map_count(&m), 0);
		compare_all(&m);
		used_map_release(&m);
	}
}

static void without_a_map_all_is_used(void **state)
{
	const struct used_map m = { 0 };
	uint64_t start = 0, end = 0;

	(void)state;
	assert_true(used_map_next(&m, 7, UINT64_MAX, &start, &end));
	assert_int_equal(start, 7);
	assert_true(end == UINT64_MAX);
	assert_false(used_map_next(&m, 7, 7, &start, &end));
	assert_true(used_map_get(&m, 0));
	assert_int_equal(used_map_count(&m), 0);
}

static void what_cannot_be_is_refused(void **state)
{
	static const uint64_t refused[][3] = {
		{ 0, 0, 8 },                                 /* no unit */
		{ 1, 0, UINT64_C(8) * USED_BITMAP_MAX + 1 }, /* too many */
		{ 1, 0, UINT64_MAX },                        /* far too many */
		{ UINT64_MAX / 2, 0, 3 },                    /* past every disk */
		{ 4096, UINT64_MAX - 4096, 2 },              /* likewise */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct used_map m;
		struct error e = { 0 };

		assert_false(used_map_init(&m, refused[i][0], refused[i][1], refused[i][2], &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		used_map_release(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_those_of_the_model),
		cmocka_unit_test(bits_behind_the_last_unit_mean_nothing),
		cmocka_unit_test(without_a_map_all_is_used),
		cmocka_unit_test(what_cannot_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
