/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every getter at every length of what is left: right, or zero and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/reader.h"

static uint64_t u8(struct reader *r)
{
	return reader_u8(r);
}

static uint64_t le16(struct reader *r)
{
	return reader_le16(r);
}

static uint64_t le32(struct reader *r)
{
	return reader_le32(r);
}

static uint64_t be16(struct reader *r)
{
	return reader_be16(r);
}

static uint64_t be32(struct reader *r)
{
	return reader_be32(r);
}

static const struct {
	const char *name;
	uint64_t (*get)(struct reader *r);
	size_t size;
	uint64_t want; /* of the bytes f1 f2 f3 ... f8: the high bits are set */
} getters[] = {
	{ "u8", u8, 1, 0xf1 },           { "le16", le16, 2, 0xf2f1 },
	{ "le32", le32, 4, 0xf4f3f2f1 }, { "le64", reader_le64, 8, 0xf8f7f6f5f4f3f2f1 },
	{ "be16", be16, 2, 0xf1f2 },     { "be32", be32, 4, 0xf1f2f3f4 },
};

static void getters_at_every_length(void **state)
{
	static const uint8_t bytes[9] = { 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9 };

	(void)state;
	for (size_t i = 0; i < sizeof(getters) / sizeof(getters[0]); i++) {
		for (size_t len = 0; len <= sizeof(bytes); len++) {
			/* On the heap, at its exact size: one byte too far is seen. */
			uint8_t *copy = malloc(len ? len : 1);
			assert_non_null(copy);
			memcpy(copy, bytes, len);
			struct reader r = reader_of(copy, len);
			bool fits = len >= getters[i].size;
			uint64_t got = getters[i].get(&r);

			/* A getter made of two may have half of it before it fails. */
			if (r.bad == fits || (fits && got != getters[i].want))
				fail_msg("%s of %zu bytes: %#llx", getters[i].name, len,
					 (unsigned long long)got);
			if (!fits && got != 0)
				fail_msg("%s of %zu bytes: %#llx instead of 0", getters[i].name,
					 len, (unsigned long long)got);
			if (reader_done(&r) != (len == getters[i].size))
				fail_msg("%s of %zu bytes: done?", getters[i].name, len);
			free(copy);
		}
	}
}

static void bad_stays_bad(void **state)
{
	struct reader r = reader_of("abcdef", 6);

	(void)state;
	assert_int_equal(reader_u8(&r), 'a');
	assert_null(reader_take(&r, 6));
	assert_true(r.bad);
	assert_int_equal(reader_u8(&r), 0);
	assert_null(reader_take(&r, 0));
	assert_int_equal(r.left, 0);
	assert_false(reader_done(&r));
}

static void a_sub_reader_keeps_its_bounds(void **state)
{
	struct reader r = reader_of("abcdef", 6);
	struct reader s = reader_sub(&r, 2);

	(void)state;
	assert_int_equal(r.left, 4);
	assert_null(reader_take(&s, 3));
	assert_true(s.bad);
	assert_false(r.bad);
	s = reader_sub(&r, SIZE_MAX);
	assert_true(s.bad);
	assert_true(r.bad);
	assert_int_equal(s.left, 0);
}

static void takes_skips_and_ends(void **state)
{
	struct reader r = reader_of("abcdef", 6);

	(void)state;
	assert_memory_equal(reader_take(&r, 2), "ab", 2);
	reader_skip(&r, 3);
	assert_false(reader_done(&r));
	assert_int_equal(reader_u8(&r), 'f');
	assert_true(reader_done(&r));
	assert_non_null(reader_take(&r, 0));
	reader_skip(&r, 1);
	assert_true(r.bad);
	r = (struct reader){ 0 };
	assert_non_null(reader_take(&r, 0));
	reader_skip(&r, 0);
	assert_false(reader_sub(&r, 0).bad || r.bad);
	r = reader_of(NULL, 0);
	assert_true(reader_done(&r));
	assert_int_equal(reader_le16(&r), 0);
	assert_true(r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(getters_at_every_length),
		cmocka_unit_test(bad_stays_bad),
		cmocka_unit_test(a_sub_reader_keeps_its_bounds),
		cmocka_unit_test(takes_skips_and_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
