/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of a page as rows: numbers, details beside or below, air. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/ui/rows.h"

static const struct ui_item items[] = {
	{ "Handbuch", "wen anrufen", false, false },
	{ NULL, NULL, false, false },
	{ "Werkzeuge", "", true, false },
	{ "Ein langer Eintrag, der nicht passt", "dazu", false, false },
	{ "Aus", NULL, false, true },
};
#define ITEMS (sizeof(items) / sizeof(items[0]))

/* Rows as "NUMBER:text~detail|", headings as "=text|". */
static void check(const struct rows *r, const char *want)
{
	struct text got = { 0 };

	for (size_t i = 0; i < r->count; i++) {
		const struct row *row = &r->row[i];

		if (row->style == ROW_HEADING)
			text_add(&got, "=");
		if (row->number)
			text_addf(&got, "%zu:", row->number);
		text_add(&got, row->text);
		if (*row->detail)
			text_addf(&got, "~%s", row->detail);
		text_add(&got, "|");
	}
	assert_string_equal(text_end(&got), want);
	text_release(&got);
}

static void test_numbers_and_details(void **state)
{
	struct rows r = { .columns = 30 };

	(void)state;
	rows_items(&r, items, ITEMS, ROWS_AS_GIVEN);
	check(&r, "1:Handbuch|~wen anrufen||=Werkzeuge|2:Ein langer Eintrag, der|nicht passt|~dazu|"
		  "3:Aus|");
	size_t first = 0, last = 0;

	assert_true(rows_of_item(&r, 3, &first, &last));
	assert_int_equal(first, 4);
	assert_int_equal(last, 6);
	assert_false(rows_of_item(&r, 1, &first, &last));
	rows_release(&r);
}

/* Where every label leaves room, details stand in a column and fold in it. */
static void test_details_in_a_column(void **state)
{
	static const struct ui_item two[] = {
		{ "Suchen", "eine Funktion, eine Behörde, ein Plan", false, false },
		{ "Pläne", "was zu tun ist", false, false },
		{ "Ein langer Eintrag ohne Zusatz", "", false, false },
	};
	struct rows r = { .columns = 42 };

	(void)state;
	rows_items(&r, two, 3, ROWS_AS_GIVEN);
	check(&r, "1:Suchen~eine Funktion, eine|~Behörde, ein Plan|2:Pläne~was zu tun ist|"
		  "3:Ein langer Eintrag ohne Zusatz|");
	assert_int_equal(r.row[0].detail_indent, 14);
	assert_int_equal(r.row[1].detail_indent, 14);
	assert_int_equal(r.row[2].detail_indent, 14);
	rows_release(&r);
}

/* Short details (numbers) keep their column; a long label is folded beside it. */
static void test_numbers_in_a_column(void **state)
{
	static const struct ui_item two[] = {
		{ "Bundesamt für Sicherheit, Meldestelle", "+49 30 231 251 00", false, false },
		{ "Polizei", "110", false, false },
	};
	struct rows r = { .columns = 48 };

	(void)state;
	rows_items(&r, two, 2, ROWS_AS_GIVEN);
	check(&r, "1:Bundesamt für~+49 30 231 251 00|Sicherheit, Meldestelle|2:Polizei~110|");
	assert_int_equal(r.row[0].detail_indent, 30);
	assert_int_equal(r.row[2].detail_indent, 30);
	rows_release(&r);
}

/* Where there is no room beside, a detail stands below its label, further in. */
static void test_details_below(void **state)
{
	static const struct ui_item one = { "Netz trennen: Internet und Sicherungssystem",
					    "IT-Bereitschaft, binnen 15 min", false, false };
	struct rows r = { .columns = 34 };

	(void)state;
	rows_items(&r, &one, 1, ROWS_AS_GIVEN);
	check(&r, "1:Netz trennen: Internet und|Sicherungssystem|~IT-Bereitschaft, binnen 15|"
		  "~min|");
	assert_int_equal(r.row[0].indent, 5);
	assert_int_equal(r.row[2].detail_indent, 7);
	assert_int_equal(r.row[3].detail_indent, 7);
	rows_release(&r);
}

/* The number of a step is told from its text, a number inside a text is not. */
static void test_marks(void **state)
{
	struct rows r = { .columns = 30 };

	(void)state;
	rows_text(&r, "12. ANRUFEN: alle\n1 Tag\n- 3. Mai");
	assert_int_equal(r.row[0].mark, 3);
	assert_int_equal(r.row[1].mark, 0);
	assert_int_equal(r.row[2].mark, 0);
	rows_release(&r);
}

static void test_air_only_where_there_is_room(void **state)
{
	static const struct ui_item two[] = { { "a", "", false, false },
					      { "b", "", false, false } };
	const struct ui_list list = { "T", "Text", two, 2, "Ende", 0, false };
	struct rows r = { .columns = 30 };

	(void)state;
	rows_list(&r, &list, 7);
	check(&r, "Text||1:a||2:b||Ende|");
	rows_clear(&r);
	rows_list(&r, &list, 6);
	check(&r, "Text||1:a|2:b||Ende|");
	rows_release(&r);
}

/* Gaps that the page asks for go before anything has to scroll. */
static void test_gaps_go_first(void **state)
{
	static const struct ui_item three[] = { { "a", "", false, false },
						{ NULL, NULL, false, false },
						{ "b", "", false, false } };
	const struct ui_list list = { "T", "", three, 3, "", 0, false };
	struct rows r = { .columns = 30 };

	(void)state;
	rows_list(&r, &list, 3);
	check(&r, "1:a||2:b|");
	rows_list(&r, &list, 2);
	check(&r, "1:a|2:b|");
	rows_list(&r, &list, 1);
	check(&r, "1:a||2:b|");
	rows_release(&r);
}

static void test_fits_every_width(void **state)
{
	(void)state;
	for (unsigned columns = 24; columns < 120; columns++) {
		struct rows r = { .columns = columns };

		rows_items(&r, items, ITEMS, ROWS_AS_GIVEN);
		for (size_t i = 0; i < r.count; i++) {
			const struct row *w = &r.row[i];

			assert_true(w->indent + text_width(w->text) <= columns);
			assert_true(w->detail_indent + text_width(w->detail) <= columns);
			if (*w->text && *w->detail)
				assert_true(w->indent + text_width(w->text) < w->detail_indent);
		}
		rows_release(&r);
	}
}

static void test_number_columns(void **state)
{
	struct ui_item many[100];

	(void)state;
	for (size_t i = 0; i < 100; i++)
		many[i] = (struct ui_item){ "x", "", false, false };
	assert_int_equal(rows_number_columns(many, 9), 5);
	assert_int_equal(rows_number_columns(many, 10), 6);
	assert_int_equal(rows_number_columns(many, 100), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_and_details),
		cmocka_unit_test(test_details_in_a_column),
		cmocka_unit_test(test_numbers_in_a_column),
		cmocka_unit_test(test_details_below),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_air_only_where_there_is_room),
		cmocka_unit_test(test_gaps_go_first),
		cmocka_unit_test(test_fits_every_width),
		cmocka_unit_test(test_number_columns),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
