/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contacts small enough for a screen, in the order in which they lose things; QR capacities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/data/contact.h"

#define LONG "Verwaltungsgemeinschaft am langen Berg"
#define LINES(...) "BEGIN:VCARD\r\nVERSION:3.0\r\n" __VA_ARGS__ "END:VCARD\r\n"
#define NAME "N:Müller;Änne\r\nFN:Änne Müller\r\n"
#define CELL "TEL;TYPE=CELL:+491713920042\r\n"
#define WORK "TEL;TYPE=WORK:+496990009142\r\n"

static struct contact_number numbers[] = {
	{ "+491713920042", "CELL" },
	{ "+496990009142", "WORK" },
};

static const struct {
	const char *name;
	struct contact contact;
	unsigned side_max; /* modules */
	const char *want;
} cases[] = {
	{ "all of it",
	  { "Müller", "Änne", "Stadt", "DSB; am Tag", numbers, 2 },
	  177,
	  LINES(NAME "ORG:Stadt\r\n" CELL WORK "NOTE:DSB\\; am Tag\r\n") },
	{ "the note goes first",
	  { "Müller", "Änne", "Stadt", LONG, numbers, 2 },
	  45,
	  LINES(NAME "ORG:Stadt\r\n" CELL WORK) },
	{ "then the organisation",
	  { "Müller", "Änne", LONG, LONG, numbers, 2 },
	  41,
	  LINES(NAME CELL WORK) },
	{ "then the second number: version 5",
	  { "Müller", "Änne", LONG, LONG, numbers, 2 },
	  37,
	  LINES(NAME CELL) },
	{ "then the type",
	  { "Müller-Lübke", "Änne", LONG, LONG, numbers, 2 },
	  37,
	  LINES("N:Müller-Lübke;Änne\r\nFN:Änne Müller-Lübke\r\nTEL:+491713920042\r\n") },
	{ "never the name",
	  { LONG, "", "", "", numbers, 1 },
	  21,
	  LINES("N:" LONG "\r\nFN:" LONG "\r\nTEL:+491713920042\r\n") },
};

static void test_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct text card = { 0 };
		struct error e = { 0 };
		struct qr q;

		print_message("# %s\n", cases[i].name);
		assert_true(contact_qr(&cases[i].contact, cases[i].side_max, &q, &card, &e));
		assert_string_equal(text_end(&card), cases[i].want);
		assert_true(q.side <= cases[i].side_max || i == 5);
		text_release(&card);
	}
}

/* What is said to fit fits, one byte more does not. */
static void test_capacity(void **state)
{
	static struct qr q;
	struct text t = { 0 };

	(void)state;
	for (unsigned side = 21; side <= QR_SIDE_MAX; side += 4) {
		struct error e = { 0 };

		text_clear(&t);
		while (t.len < qr_capacity(side))
			text_add(&t, t.len % 2 ? "\xa4" : "\xc3");
		assert_true(qr_encode(&q, t.s, QR_LOW, &e));
		assert_int_equal(q.side, side);
		text_add(&t, "\xc3");
		assert_true(!qr_encode(&q, t.s, QR_LOW, &e) || q.side > side);
	}
	assert_int_equal(qr_capacity(22), 0);
	assert_int_equal(qr_capacity(181), 0);
	text_release(&t);
}

static void test_side_max(void **state)
{
	(void)state;
	assert_int_equal(qr_side_max(80, 23), 37); /* version 5 */
	assert_int_equal(qr_side_max(45, 80), 37);
	assert_int_equal(qr_side_max(44, 80), 33);
	assert_int_equal(qr_side_max(128, 48), 85);
	assert_int_equal(qr_side_max(1000, 1000), 177);
	assert_int_equal(qr_side_max(29, 15), 21);
	assert_int_equal(qr_side_max(28, 15), 0);
	assert_int_equal(qr_side_max(80, 14), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_capacity),
		cmocka_unit_test(test_side_max),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
