/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names, numbers and texts of an import: where they go, and what is listed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kit/import.h"
#include "kit/import_index.h"

static struct import_item empty_item(void)
{
	struct import_item item = { .file = "f", .note = "" };

	for (size_t i = 0; i < IMPORT_FIELDS; i++)
		item.values[i] = "";
	return item;
}

static const struct {
	const char *written, *last, *first, *salutation;
} names[] = {
	{ "Änne Müller", "Müller", "Änne", "" },
	{ "Müller, Änne", "Müller", "Änne", "" },
	{ "Dr. Öner Öztürk", "Öztürk", "Öner", "Dr." },
	{ "Frau Prof. Dr. Ute Maria von der Heide", "von der Heide", "Ute Maria",
	  "Frau Prof. Dr." },
	{ "Meier", "Meier", "", "" },
	{ "von Ahlen", "von Ahlen", "", "" },
};

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct import im = { 0 };
		struct import_item item = empty_item();
		struct error e = { 0 };

		assert_true(import_split_name(&im, &item, "FN", 1, names[i].written, &e));
		assert_string_equal(item.values[PERSON_LAST], names[i].last);
		assert_string_equal(item.values[PERSON_FIRST], names[i].first);
		assert_string_equal(item.values[PERSON_SALUTATION], names[i].salutation);
		import_release(&im);
	}
}

static const struct {
	const char *written;
	struct import_number kind;
	int field; /* -1: listed */
	const char *want;
} numbers[] = {
	{ "069 90009301", { 0 }, PERSON_LANDLINE_WORK, "+49 69 90009301" },
	{ "0171/3920031", { 0 }, PERSON_MOBILE_WORK, "+49 171 3920031" },
	{ "0171 3920031", { .private = true }, PERSON_MOBILE_PRIVATE, "+49 171 3920031" },
	{ "0171 3920031", { .work = true }, PERSON_MOBILE_WORK, "+49 171 3920031" },
	{ "069 90009701", { .private = true }, PERSON_LANDLINE_PRIVATE, "+49 69 90009701" },
	{ "069 90009701", { .mobile = true }, PERSON_MOBILE_WORK, "+49 69 90009701" },
	{ "tel:+49-69-90009301;phone-context=x", { 0 }, PERSON_LANDLINE_WORK, "+49 69 90009301" },
	{ "tel:+49-69-90009301;ext=12", { 0 }, -1, "" },
	{ "\xe2\x80\xaa+49 69 90009301\xe2\x80\xac",
	  { 0 },
	  PERSON_LANDLINE_WORK,
	  "+49 69 90009301" },
	{ "069 90009301", { .other = true }, -1, "" },
	{ "Zimmer 12", { 0 }, -1, "" },
	{ "4711", { 0 }, -1, "" },
	{ "123456", { .work = true }, -1, "" },
	{ "1199", { 0 }, -1, "" },
	{ "112", { 0 }, PERSON_LANDLINE_WORK, "112" },
	{ "116117", { 0 }, PERSON_LANDLINE_WORK, "116117" },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct import im = { 0 };
		struct import_item item = empty_item();

		import_phone(&im, &item, "TEL", 1, numbers[i].written, numbers[i].kind);
		assert_int_equal(im.unmapped_count, numbers[i].field < 0);
		if (numbers[i].field >= 0)
			assert_string_equal(item.values[numbers[i].field], numbers[i].want);
		import_release(&im);
	}
}

/* Control and bidi characters end an import; in a list they are masked, and cut. */
static void test_hostile(void **state)
{
	static const char *const hostile[] = { "a\x1b[2J", "a\xe2\x80\xae", "a\xff", "a\x7f" };
	struct import im = { 0 };
	struct import_item item = empty_item();
	char longer[500];

	(void)state;
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct error e = { 0 };

		assert_false(import_set(&im, &item, PERSON_LAST, "N", 1, hostile[i], &e));
		assert_int_equal(e.kind, ERROR_UNTRUSTED);
		import_unmapped(&im, "f", 1, hostile[i], hostile[i], "why");
		assert_true(import_clean(im.unmapped[i].value) ||
			    strstr(im.unmapped[i].value, "\xef\xbf\xbd"));
		assert_null(strpbrk(im.unmapped[i].value, "\x1b\x7f"));
	}
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	import_unmapped(&im, "f", 1, "n", longer, "why");
	assert_in_range(strlen(im.unmapped[im.unmapped_count - 1].value), 40, 80);
	assert_string_equal(import_text(&im, " M\xfcller\r\nx ", 11, false, &(const char *){ 0 }),
			    "Müller\nx");
	assert_null(import_text(&im, "a\0b", 3, false, &(const char *){ 0 }));
	import_release(&im);
}

static void test_index(void **state)
{
	struct import_index x = { 0 };
	char key[16];

	(void)state;
	assert_true(index_first(&x, "a") == SIZE_MAX);
	for (size_t i = 0; i < 1000; i++) {
		snprintf(key, sizeof(key), "k%zu", i % 500);
		index_add(&x, key, i);
		index_add(&x, key, i); /* is one */
	}
	assert_int_equal(index_first(&x, "k7"), 507);
	assert_int_equal(index_next(&x, "k7"), 7);
	assert_true(index_next(&x, "k7") == SIZE_MAX);
	index_replace(&x, "new", 3);
	index_replace(&x, "new", 4);
	assert_int_equal(index_first(&x, "new"), 4);
	index_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_index),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("import_list", tests, NULL, NULL);
}
