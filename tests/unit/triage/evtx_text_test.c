/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts and numbers of event logs as JSON: many units at a time give what one after another does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "triage/parse/evtx_inside.h"

#define UNITS_MAX 50u

/* In memory of just that size, so that a look behind it is seen. */
static void expect_as_singles(const uint8_t *units, size_t count)
{
	char want[UNITS_MAX * 6 + 64], *end = want;
	uint8_t *exact = malloc(count * 2 + (count == 0));
	char *got = malloc(count * 6 + EVTX_COPY_MORE);

	for (size_t i = 0; i < count; i++)
		end = evtx_escape(end, units + 2 * i, 1);
	memcpy(exact, units, count * 2);
	size_t len = (size_t)(evtx_escape(got, exact, count) - got);
	assert_int_equal(len, end - want);
	assert_memory_equal(got, want, len);
	free(exact);
	free(got);
}

/* Two units that are not copied as they are, at each two places of texts of each length. */
static void each_place(void **state)
{
	static const uint16_t odd[] = { '"',  '\\',  '\n',  0x1f,   0x7f,  0x80,
					0xe4, 0x100, 0x141, 0x20ac, 0xd800 };
	(void)state;

	for (size_t n = 0; n < UNITS_MAX; n++) {
		for (size_t a = 0; a <= n; a++) {
			uint8_t units[UNITS_MAX * 2] = { 0 };
			size_t b = (a * 7 + n) % UNITS_MAX;

			for (size_t i = 0; i < n; i++)
				units[2 * i] = (uint8_t)(' ' + (i * 5 + n) % 2);
			for (size_t k = 0; k < sizeof(odd) / sizeof(*odd); k++) {
				units[2 * a] = (uint8_t)odd[k];
				units[2 * a + 1] = (uint8_t)(odd[k] >> 8);
				units[2 * b] = '"';
				units[2 * b + 1] = 0;
				expect_as_singles(units, n);
			}
		}
	}
}

static void hexadecimals(void **state)
{
	uint8_t bytes[8];
	(void)state;

	for (unsigned bit = 0; bit < 64; bit++) {
		const struct evtx_value v = { bytes, 8, EVTX_HEX64 };
		uint64_t n = UINT64_C(0xa987654321fedcb5) >> bit;
		char want[24], got[EVTX_JSON_ROOM(8)];

		for (unsigned i = 0; i < 8; i++)
			bytes[i] = (uint8_t)(n >> 8 * i);
		snprintf(want, sizeof(want), "\"0x%llx\"", (unsigned long long)n);
		*evtx_json(got, &v) = '\0';
		assert_string_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_place),
		cmocka_unit_test(hexadecimals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
