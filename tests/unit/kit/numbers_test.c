/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Telephone numbers in texts: whose they are, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "kit/numbers.h"

#define LONG (32 << 10)

/* What is found, in its order: "p" and a person's number, "n" and that of nobody. */
static const struct {
	const char *text, *want;
} cases[] = {
	{ "", "" },
	{ "IT-Notruf (24/7) +49 171 3920014.", "p+49 171 3920014;" },
	{ "Haus 5 0171 3920014", "p0171 3920014;" },
	{ "Stand 01.11.2026 0171 3920014", "p0171 3920014;" },
	{ "ab 08:00 0171 3920014", "p0171 3920014;" },
	{ "0171 3920014 / 069 90009214", "p0171 3920014;n069 90009214;" },
	{ "0171 3920014 / 0171 3920099", "p0171 3920014;p0171 3920099;" },
	{ "0171 3920014 0171 3920099", "p0171 3920014;p0171 3920099;" },
	{ "0171/3920014 24/7", "p0171/3920014;" },
	{ "0049 (0)171 39 200 14", "p0049 (0)171 39 200 14;" },
	{ "+49 0171 3920014", "p+49 0171 3920014;" },
	{ "0171 / 3920014", "p0171 / 3920014;" },
	{ "0171\xc2\xa0"
	  "3920014",
	  "p0171\xc2\xa0"
	  "3920014;" },
	{ "0171 \xe2\x80\x93 3920014", "p0171 \xe2\x80\x93 3920014;" },
	{ "Tel.0171-3920014", "p0171-3920014;" },
	{ "0 5 0171 3920014", "p0171 3920014;" },
	{ "Durchwahl 4711, 4711 / 4712", "p4711;p4711;" },
	{ "Raum 2/4711, 069 9000-4711", "n069 9000-4711;" },
	{ "am 10.30 Uhr", "" },
	{ "069 90009142 / 069 90009143", "n069 90009142;n069 90009143;" },
	{ "Tel.069-90009142", "n069-90009142;" },
	{ "069 / 90009142", "n069 / 90009142;" },
	{ "069 90009142 069 90009143", "n069 90009142 069;" },
	{ "069 90009142 ab 01.11.2026", "n069 90009142;" },
	{ "0171 3920050, rund um die Uhr", "" },
	{ "0171 3920050 (24/7)", "" },
	{ "0171 3920050 / 069 90009101-0", "" },
	{ "069 90009101-12", "" }, /* a line behind a number of the town hall */
	{ "01.11.2026, 08.30 - 18.00 Uhr, 1.2.26 08.30", "" },
	{ "2026-11-01 08:30, 24/7, 7x24, Seite 01/12", "" },
	{ "\xc2\xa7 8a Abs. 3 BSIG, Art. 33, Az. 4711/2026, 100-4", "" },
	{ "01 02 03 04 05 06 07 08 09 10", "" },
	{ "01 02 03 04 05 06 07 08 09 10 11 12", "" },
	{ "110 und 112, auch 116117", "" },
	{ "A0123456789 SN-0123456789 v2.0123456789", "" },
	{ "0000000000000000000000000000000000000000000000000000000000000000000000000", "" },
	{ "+0171 3920014, +49 171 3920014 (0)", "p0171 3920014;p+49 171 3920014;" },
	{ "00.00 0171 3920014 (0 bis 24 Uhr)", "p0171 3920014;" },
	{ "++49 171 3920014+", "p+49 171 3920014;" },
};

static void known(struct numbers *n)
{
	static const char *const people[] = { "+491713920014", "+491713920099", "4711", "1030" };
	static const char *const allowed[] = { "+491713920050", "+496990009101", "+49699000910112",
					       "112" };

	*n = (struct numbers){ 0 };
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		words_add(&n->people, people[i]);
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		words_add(&n->allowed, allowed[i]);
	words_sort(&n->people);
	words_sort(&n->allowed);
}

static void test_found(void **state)
{
	struct numbers n;

	(void)state;
	known(&n);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *at = cases[i].text;
		char written[NUMBERS_WRITTEN_MAX];
		struct text said = { 0 };
		enum number_of of;

		while ((of = numbers_next(&n, &at, cases[i].text, written)) != NUMBER_END)
			text_addf(&said, "%c%s;", of == NUMBER_PERSON ? 'p' : 'n', written);
		if (strcmp(text_end(&said), cases[i].want) != 0)
			print_message("# %s: %s\n", cases[i].text, text_end(&said));
		assert_string_equal(text_end(&said), cases[i].want);
		text_release(&said);
	}
	numbers_release(&n);
}

/* Rows of digits without an end cost no more than their length. */
static void test_long(void **state)
{
	static const char *const rows[] = { "0",      "0 ", "0 0 1 ", "/0/1", "0 1 ",
					    "00490 ", " ",  "4 ",     "01.",  "(0)" };
	char *text = mem_alloc(LONG + 1);
	struct numbers n;

	(void)state;
	known(&n);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char written[NUMBERS_WRITTEN_MAX];
		size_t len = strlen(rows[i]);
		const char *at = text;
		clock_t begin = clock();

		for (size_t k = 0; k < LONG; k++)
			text[k] = rows[i][k % len];
		text[LONG] = '\0';
		while (numbers_next(&n, &at, text, written) != NUMBER_END)
			;
		print_message("# '%s': %.2f s\n", rows[i],
			      (double)(clock() - begin) / CLOCKS_PER_SEC);
	}
	free(text);
	numbers_release(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),
		cmocka_unit_test(test_long),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
