/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dates, telephone numbers, folding, links and the kit's age. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/data/date.h"
#include "lib/data/db.h"
#include "lib/data/kitinfo.h"
#include "lib/data/kitkind.h"
#include "lib/data/namefold.h"
#include "lib/data/phone.h"

static void test_date(void **state)
{
	static const struct {
		const char *s;
		bool ok;
		int64_t day;
	} cases[] = {
		{ "1970-01-01", true, 0 },     { "2000-02-29", true, 11016 },
		{ "2026-11-01", true, 20758 }, { "1969-12-31", true, -1 },
		{ "2100-02-28", true, 47540 }, { "2100-02-29", false, 0 },
		{ "2026-13-01", false, 0 },    { "2026-00-10", false, 0 },
		{ "2026-04-31", false, 0 },    { "2026-1-01", false, 0 },
		{ "2026-11-01 ", false, 0 },   { "", false, 0 },
		{ "01.11.2026", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t day = 0;

		print_message("# %s\n", cases[i].s);
		assert_int_equal(date_parse(cases[i].s, &day), cases[i].ok);
		if (cases[i].ok)
			assert_int_equal(day, cases[i].day);
	}
}

static void test_date_canonical(void **state)
{
	static const struct {
		const char *s;
		bool time;
		const char *want;
	} cases[] = {
		{ "1.11.2026", false, "2026-11-01" },
		{ "01.11.26", false, "2026-11-01" },
		{ "2026-11-01", false, "2026-11-01" },
		{ "30.02.2026", false, NULL },
		{ "1.11.202", false, NULL },
		{ "11/01/2026", false, NULL },
		{ "20.11.2026 16:00", true, "2026-11-20 16:00" },
		{ "2026-11-20T6:05", true, "2026-11-20 06:05" },
		{ "2026-11-20 24:00", true, NULL },
		{ "2026-11-20", true, NULL },
		{ "2026-11-20 16:00", false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[DATE_TEXT] = "";

		print_message("# %s\n", cases[i].s);
		assert_int_equal(date_canonical(cases[i].s, cases[i].time, out),
				 cases[i].want != NULL);
		if (cases[i].want)
			assert_string_equal(out, cases[i].want);
	}
}

static void test_phone(void **state)
{
	static const struct {
		const char *written, *normal, *readable;
	} cases[] = {
		{ "+49 69 90009101", "+496990009101", "+49 69 90009101" },
		{ "069 / 9000-9101", "+496990009101", "+49 69 90009101" },
		{ "0049 (69) 90009101", "+496990009101", "+49 69 90009101" },
		{ "+49 (0)69 90009101", "+496990009101", "+49 69 90009101" },
		{ "0049 (0)69 90009012", "+496990009012", "+49 69 90009012" },
		{ "+49 069 90009012", "+496990009012", "+49 69 90009012" },
		{ "+49 0171 3920051", "+491713920051", "+49 171 3920051" },
		{ "0049 0171 3920051", "+491713920051", "+49 171 3920051" },
		{ "(0)69 90009012", "+496990009012", "+49 69 90009012" },
		{ "+49 00171 3920051", NULL, NULL },
		{ "00171 3920051", "+1713920051", "+1713920051" },
		{ "0171 3920042", "+491713920042", "+49 171 3920042" },
		{ "0176 040690 43", "+4917604069043", "+49 176 04069043" },
		{ "0221 4710100", "+492214710100", "+49 221 4710100" },
		{ "030 23125100", "+493023125100", "+49 30 23125100" },
		{ "+43 1 23456", "+43123456", "+43123456" },
		{ "112", "112", "112" },
		{ "115", "115", "115" },
		{ "4,92E+11", NULL, NULL },
		{ "17139200420", NULL, NULL }, /* the sheet has eaten the zero */
		{ "n. a.", NULL, NULL },
		{ "", NULL, NULL },
		{ "+49 69 9000910112345678901234567890", NULL, NULL },
		{ "+0123456789", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char normal[PHONE_MAX], readable[PHONE_MAX];

		print_message("# %s\n", cases[i].written);
		assert_int_equal(phone_normal(cases[i].written, normal), cases[i].normal != NULL);
		if (!cases[i].normal)
			continue;
		assert_string_equal(normal, cases[i].normal);
		assert_string_equal(phone_readable(normal, readable), cases[i].readable);
	}
}

static void test_phone_match(void **state)
{
	static const struct {
		const char *typed, *normal;
		int want;
	} cases[] = {
		{ "0171 3920042", "+491713920042", 0 },
		{ "0171392", "+491713920042", 1 },
		{ "+49171392", "+491713920042", 1 },
		{ "0049171392", "+491713920042", 1 },
		{ "+490171392", "+491713920042", 1 },
		{ "+49 0171 3920042", "+491713920042", 0 },
		{ "0049 (0)171 392", "+491713920042", 1 },
		{ "+490", "+491713920042", 1 },
		{ "0042", "+491713920042", -1 },
		{ "20042", "+491713920042", 2 },
		{ "1392", "+491713920042", 3 },
		{ "0172", "+491713920042", -1 },
		{ "112", "112", 0 },
		{ "11", "112", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("# %s %s\n", cases[i].typed, cases[i].normal);
		assert_int_equal(phone_match(cases[i].typed, cases[i].normal), cases[i].want);
	}
	assert_true(phone_looks_like("0171-39"));
	assert_false(phone_looks_like("P01"));
	assert_false(phone_looks_like("11"));
}

static void test_fold(void **state)
{
	static const struct {
		const char *s, *german, *plain;
	} cases[] = {
		{ "Müller", "mueller", "muller" },
		{ "Weiß-Groß", "weiss gross", "weiss gross" },
		{ "ÖZTÜRK", "oeztuerk", "ozturk" },
		{ "Yılmaz İnce", "yilmaz ince", "yilmaz ince" },
		{ "Şahin", "sahin", "sahin" },
		{ "Wójcik", "wojcik", "wojcik" },
		{ "Łukasz Đorđe Ørsted", "lukasz dorde orsted", "lukasz dorde orsted" },
		{ "Nguyễn", "nguyen", "nguyen" },
		{ "Mu\xcc\x88ller", "muller", "muller" }, /* a combining mark, as Macs write */
		{ "  a,, b  ", "a b", "a b" },
		{ "\xff\xfe", "", "" },
		{ "Иван", "иван", "иван" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[64];

		print_message("# %s\n", cases[i].plain);
		assert_string_equal(name_fold(out, sizeof(out), cases[i].s, FOLD_GERMAN),
				    cases[i].german);
		assert_string_equal(name_fold(out, sizeof(out), cases[i].s, FOLD_PLAIN),
				    cases[i].plain);
	}
	char small[5];
	assert_string_equal(name_fold(small, sizeof(small), "müüüü", FOLD_GERMAN), "mue");
}

static void test_link(void **state)
{
	struct kit_link link;
	const char *s = "call [[org:zac]] now";

	(void)state;
	assert_true(kit_link_next(s, &link));
	assert_int_equal(link.before, 5);
	assert_int_equal(link.length, 11);
	assert_int_equal(link.kind, KIT_ORGANISATION);
	assert_memory_equal(link.id, "zac", link.id_len);
	assert_false(kit_link_next("no [link] here [[open", &link));
	assert_true(kit_link_next("[[nothing]]", &link) && link.kind == KIT_NONE);
	assert_string_equal(link.id, ""); /* never NULL: the fuzzer found that it was */
	assert_true(kit_link_next("[[rolle:a b]]", &link) && link.kind == KIT_NONE);
	assert_true(kit_link_next("[[schritt:P01/6]]", &link) && link.kind == KIT_STEP);
	assert_true(kit_link_next("[[rolle:P01/6]]", &link) && link.kind == KIT_NONE);
}

static void test_age(void **state)
{
	const struct kitinfo k = { .data_date = "2026-11-01",
				   .review_by = "2027-02-01",
				   .valid_until = "2027-05-01" };
	const int64_t day = DATE_SECONDS, data = 20758 * day;

	(void)state;
	assert_int_equal(kitinfo_age_days(&k, data + 22 * day + 5), 22);
	assert_int_equal(kitinfo_age_days(&k, data - day), 0);
	assert_int_equal(kitinfo_age(&k, data), KIT_CURRENT);
	assert_int_equal(kitinfo_age(&k, data + 93 * day - 1), KIT_CURRENT);
	assert_int_equal(kitinfo_age(&k, data + 93 * day), KIT_REVIEW_DUE);
	assert_int_equal(kitinfo_age(&k, data + 182 * day), KIT_EXPIRED);
}

static void test_missing(void **state)
{
	struct kitinfo k;
	struct error e = { 0 };

	(void)state;
	setenv("BLACKSTART_KIT", "/nonexistent", 1);
	assert_string_equal(kit_folder(), "/nonexistent");
	assert_false(kitinfo_load(&k, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	kitinfo_release(&k);
	unsetenv("BLACKSTART_KIT");
	assert_string_equal(kit_folder(), KIT_FOLDER);
}

/* The bytes were signed; what they say must be what was meant. */
static void test_compare(void **state)
{
	static const struct {
		const char *name;
		enum kit_trust trust;
		uint64_t version, counter;
		bool kit_exercise, root_exercise;
		enum kit_trust want;
		const char *words;
	} cases[] = {
		{ "as signed", KIT_SIGNED, 42, 42, false, false, KIT_SIGNED, "" },
		{ "a drill", KIT_SIGNED, 42, 42, true, true, KIT_SIGNED, "" },
		{ "signed as another version", KIT_SIGNED, 43, 42, false, false, KIT_REFUSED,
		  "it says version 43, and version 42 was signed" },
		{ "an older one", KIT_SIGNED, 41, 42, false, false, KIT_REFUSED, "version 41" },
		{ "a drill's keys", KIT_SIGNED, 42, 42, false, true, KIT_REFUSED,
		  "signed by an exercise's keys" },
		{ "a drill by real keys", KIT_SIGNED, 42, 42, true, false, KIT_REFUSED,
		  "signed by real keys" },
		{ "not signed", KIT_UNSIGNED, 42, 0, false, false, KIT_UNSIGNED, "" },
		{ "damaged stays damaged", KIT_DAMAGED, 43, 42, false, false, KIT_DAMAGED, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kitinfo k = {
			.version = cases[i].version,
			.exercise = cases[i].kit_exercise,
			.trust = { .trust = cases[i].trust,
				   .counter = cases[i].counter,
				   .exercise = cases[i].root_exercise },
		};

		kitinfo_compare(&k);
		if (k.trust.trust != cases[i].want || !strstr(k.trust.why.text, cases[i].words))
			fail_msg("%s: %s: %s", cases[i].name, kit_trust_name(k.trust.trust),
				 k.trust.why.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_date),    cmocka_unit_test(test_date_canonical),
		cmocka_unit_test(test_phone),   cmocka_unit_test(test_phone_match),
		cmocka_unit_test(test_fold),    cmocka_unit_test(test_link),
		cmocka_unit_test(test_age),     cmocka_unit_test(test_missing),
		cmocka_unit_test(test_compare),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("kitinfo", tests, NULL, NULL);
}
