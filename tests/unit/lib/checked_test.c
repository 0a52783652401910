/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums and products that do not fit are noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/checked.h"

static const struct {
	const char *name;
	uint64_t a, b;
	uint64_t sum, product;
	bool sum_fits, product_fits;
} rows[] = {
	{ "zero", 0, 0, 0, 0, true, true },
	{ "small", 6, 7, 13, 42, true, true },
	{ "largest sum", UINT64_MAX - 1, 1, UINT64_MAX, UINT64_MAX - 1, true, true },
	{ "one too many", UINT64_MAX, 1, 0, UINT64_MAX, false, true },
	{ "times zero", UINT64_MAX, 0, UINT64_MAX, 0, true, true },
	{ "largest product", UINT32_MAX, UINT32_MAX, 0x1fffffffeu, 0xfffffffe00000001u, true,
	  true },
	{ "product by one", 1ull << 32, 1ull << 32, 1ull << 33, 0, true, false },
	{ "both", UINT64_MAX, UINT64_MAX, 0, 0, false, false },
};

static void sums_and_products(void **state)
{
	(void)state;
	_Static_assert(sizeof(size_t) == sizeof(uint64_t), "one table serves both");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t n;
		size_t s;

		if (u64_add(rows[i].a, rows[i].b, &n) != rows[i].sum_fits ||
		    (rows[i].sum_fits && n != rows[i].sum))
			fail_msg("u64_add, %s", rows[i].name);
		if (u64_mul(rows[i].a, rows[i].b, &n) != rows[i].product_fits ||
		    (rows[i].product_fits && n != rows[i].product))
			fail_msg("u64_mul, %s", rows[i].name);
		if (size_add(rows[i].a, rows[i].b, &s) != rows[i].sum_fits ||
		    (rows[i].sum_fits && s != rows[i].sum))
			fail_msg("size_add, %s", rows[i].name);
		if (size_mul(rows[i].a, rows[i].b, &s) != rows[i].product_fits ||
		    (rows[i].product_fits && s != rows[i].product))
			fail_msg("size_mul, %s", rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_and_products),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
