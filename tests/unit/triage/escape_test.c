/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-16 as it is printed: many units at a time give what one after another does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "triage/escape.h"

#define UNITS_MAX 50u

/* In memory of just that size, so that a look behind it is seen. */
static void expect_as_singles(enum escape how, const uint8_t *units, size_t count)
{
	char want[UNITS_MAX * 6 + ESCAPE_MORE], *to = want;
	const uint8_t *end = units + 2 * count;
	uint8_t *exact = malloc(count * 2 + (count == 0));
	char *got = malloc(count * 6 + ESCAPE_MORE);

	for (size_t i = 0; i < count; i++)
		to = escape16(how, to, units + 2 * i, units + 2 * i + 2, end);
	memcpy(exact, units, count * 2);
	const uint8_t *stop = exact + 2 * count;
	size_t len = (size_t)(escape16(how, got, exact, stop, stop) - got);
	assert_int_equal(len, to - want);
	assert_memory_equal(got, want, len);
	free(exact);
	free(got);
}

/* Two units that are not copied as they are, at each two places of texts of each length. */
static void each_place(void **state)
{
	static const uint16_t odd[] = { '"',  '\\', '|',   '%',   '\n',   0x1f,  0x7f,
					0x80, 0xe4, 0x100, 0x141, 0x20ac, 0xd800 };
	(void)state;

	for (size_t n = 0; n < UNITS_MAX; n++) {
		for (size_t a = 0; a <= n; a++) {
			uint8_t units[UNITS_MAX * 2] = { 0 };
			size_t b = (a * 7 + n) % UNITS_MAX;

			for (size_t i = 0; i < n; i++)
				units[2 * i] = (uint8_t)('A' + (i * 5 + n) % 8);
			for (size_t k = 0; k < sizeof(odd) / sizeof(*odd); k++) {
				units[2 * a] = (uint8_t)odd[k];
				units[2 * a + 1] = (uint8_t)(odd[k] >> 8);
				units[2 * b] = '"';
				units[2 * b + 1] = 0;
				for (int how = ESCAPE_JSON; how <= ESCAPE_BODY; how++)
					expect_as_singles((enum escape)how, units, n);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(each_place) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("escape", tests, NULL, NULL);
}
