/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every length is copied, and not a byte more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/base/copy.h"

static void copies(void **state)
{
	(void)state;
	for (size_t n = 0; n < 200; n++) {
		char *from = malloc(n + 1), *to = malloc(n + 1);

		for (size_t i = 0; i < n; i++)
			from[i] = (char)(i * 7 + 1);
		memset(to, 0, n + 1);
		from[n] = 'x';
		copy_short(to, from, n);
		assert_memory_equal(to, from, n);
		assert_int_equal(to[n], 0);
		free(from);
		free(to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(copies) };

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("copy", tests, NULL, NULL);
}
