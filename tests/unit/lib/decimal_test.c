/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digits as printf writes them. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/base/decimal.h"

static void same(uint64_t value)
{
	char want[64], got[64];

	snprintf(want, sizeof(want), "%" PRIu64, value);
	memset(got, 'x', sizeof(got));
	size_t len = (size_t)(decimal_put(got, value) - got);
	/* Bytes that may be written, and no more. */
	for (size_t i = len < 8 ? 8 : len; i < sizeof(got); i++)
		assert_int_equal(got[i], 'x');
	got[len] = '\0';
	assert_string_equal(got, want);

	snprintf(want, sizeof(want), "%" PRId64, (int64_t)value);
	*decimal_put_signed(got, (int64_t)value) = '\0';
	assert_string_equal(got, want);
}

static void around(uint64_t value)
{
	same(value - 1);
	same(value);
	same(value + 1);
	same(~value);
}

static void as_printf(void **state)
{
	uint64_t dice = 1;

	(void)state;
	for (uint64_t value = 0; value < 20000; value++)
		same(value);
	for (uint64_t power = 1, last = 0; power > last; last = power, power *= 10)
		for (uint64_t times = 1; times < 10; times++)
			around(power * times);
	for (unsigned bit = 0; bit < 64; bit++)
		around(UINT64_C(1) << bit);
	for (size_t i = 0; i < 100000; i++) {
		dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		same(dice >> (dice & 63));
	}
}

static void two_digits(void **state)
{
	char got[3] = "", want[24];

	(void)state;
	for (unsigned value = 0; value < 100; value++) {
		snprintf(want, sizeof(want), "%02u", value);
		assert_ptr_equal(decimal_two(got, value), got + 2);
		assert_string_equal(got, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(as_printf),
					    cmocka_unit_test(two_digits) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
