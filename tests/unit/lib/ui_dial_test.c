/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone numbers in texts: found where they are, and read in groups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/ui/dial.h"

/* Every number found in a text, each between brackets. */
static const struct {
	const char *text, *want;
} found[] = {
	{ "", "" },
	{ "+49 69 900 090 22", "[+49 69 900 090 22]" },
	{ "Wer: Leitung IT, +49 171 3920051; auch", "[+49 171 3920051]" },
	{ "(0171/392 00 54)", "[0171/392 00 54]" },
	{ "069-90009101.", "[069-90009101]" },
	{ "a +49 69 90009510, b +49 69 90009511", "[+49 69 90009510][+49 69 90009511]" },
	{ "112", "[112]" },
	{ "Polizei, 110, Feuerwehr, 112.", "[110][112]" },
	{ "  Telefon:  115  (24/7)", "[115]" },
	{ "Seite: 112 Zeilen, 110a, 1120, § 110, 112.5", "" },
	{ "am 2026-10-28 um 04:30", "" },
	{ "Mo-Fr 08-16, 112, 115, Raum 0123", "[112][115]" },
	{ "Serie 1-0000:00:03.0-1", "" },
	{ "A0171392005", "" },
	{ "10171392005", "" },
	{ "+ 49", "" },
	{ "+49 69 123456789012345", "" }, /* too long for a number: E.164 */
	{ "\xff+49 69 90009510", "" },
	{ "+49 69  90009510", "" },
};

static void test_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		const char *at = found[i].text;
		struct text got = { 0 };
		size_t before, length;

		while (dial_next(at, &before, &length)) {
			text_add(&got, "[");
			text_add_n(&got, at + before, length);
			text_add(&got, "]");
			at += before + length;
		}
		assert_string_equal(text_end(&got), found[i].want);
		text_release(&got);
	}
}

static const struct {
	const char *number, *want;
} grouped[] = {
	{ "", "" },
	{ "112", "112" },
	{ "+49 69 9000", "+49 69 9000" },
	{ "+49 69 90009", "+49 69 900 09" },
	{ "+49 171 392005", "+49 171 392 005" },
	{ "+49 171 3920050", "+49 171 392 00 50" },
	{ "+49 69 90009022", "+49 69 900 090 22" },
	{ "+49 40 669692001", "+49 40 669 692 001" },
	{ "069/9000-9101", "069/9000-9101" },
	{ "+4366412345", "+436 641 23 45" },
};

static void test_grouped(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(grouped) / sizeof(grouped[0]); i++) {
		struct text got = { 0 };

		dial_add(&got, grouped[i].number);
		assert_string_equal(text_end(&got), grouped[i].want);
		text_release(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_grouped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
