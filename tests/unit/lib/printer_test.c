/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is an address of a printer; sending itself is tested in tests/cli/handbook. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/data/printer.h"

static const struct {
	const char *word, *want; /* NULL: refused */
} addresses[] = {
	{ "192.0.2.17", "192.0.2.17:9100" },
	{ "192.0.2.17:9101", "192.0.2.17:9101" },
	{ "2001:db8::17", "[2001:db8::17]:9100" },
	{ "[2001:db8::17]", "[2001:db8::17]:9100" },
	{ "[2001:db8::17]:9101", "[2001:db8::17]:9101" },
	{ "fe80::1%lo:9100", NULL },
	{ "[fe80::1%lo]:9100", "[fe80::1%lo]:9100" },
	{ "fe80::1", NULL },
	{ "printer", NULL },
	{ "printer.example", NULL },
	{ "localhost:9100", NULL },
	{ "192.0.2.17:", NULL },
	{ "192.0.2.17:0", NULL },
	{ "192.0.2.17:65536", NULL },
	{ "192.0.2.17:+1", NULL },
	{ "192.0.2.17:raw", NULL },
	{ "192.0.2", NULL },
	{ "192.0.2.256", NULL },
	{ "[2001:db8::17", NULL },
	{ "[2001:db8::17]x", NULL },
	{ "[]:9100", NULL },
	{ ":9100", NULL },
	{ "", NULL },
};

static void test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		struct printer_address a;
		struct error e = { 0 };

		print_message("# '%s'\n", addresses[i].word);
		assert_int_equal(printer_address_parse(addresses[i].word, &a, &e),
				 addresses[i].want != NULL);
		if (addresses[i].want)
			assert_string_equal(a.words, addresses[i].want);
		else
			assert_int_equal(e.kind, ERROR_USAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_addresses) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
