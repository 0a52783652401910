/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers in a table: spread, however they were chosen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/scatter.h"

#define NUMBERS 4096u
#define PLACES 8192u

/* How many places are looked at to put all of them into a table, one after another. */
static size_t looks(uint64_t factor, unsigned shift, uint64_t key)
{
	uint8_t *taken = calloc(PLACES, 1);
	size_t n = 0;

	for (uint64_t i = 0; i < NUMBERS; i++) {
		size_t at = scatter((i * factor) << shift, key, PLACES);

		assert_true(at < PLACES);
		for (n++; taken[at]; n++)
			at = (at + 1) % PLACES;
		taken[at] = 1;
	}
	free(taken);
	return n;
}

static void spread(void **state)
{
	/* One after another, and what the multiplications of scatter() itself would put together. */
	static const uint64_t factors[] = { 1, 1024, UINT64_C(0xf1de83e19937733d),
					    UINT64_C(0x96de1b173f119089) };
	const uint64_t keys[] = { 0, 1, UINT64_MAX, scatter_key() };
	(void)state;

	for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++)
		for (unsigned shift = 0; shift <= 40; shift += 4)
			for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
				assert_true(looks(factors[i], shift, keys[k]) < 3 * NUMBERS);
}

/* The same numbers do not go to the same places with another key. */
static void keys_differ(void **state)
{
	size_t same = 0;
	(void)state;

	for (uint64_t i = 0; i < NUMBERS; i++)
		same += scatter(i, 1, PLACES) == scatter(i, UINT64_C(1) << 63, PLACES);
	assert_true(same < NUMBERS / 64);
	assert_true(scatter_key() == scatter_key()); /* of one process */
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(spread),
					    cmocka_unit_test(keys_differ) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("scatter", tests, NULL, NULL);
}
