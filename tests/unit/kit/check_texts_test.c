/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `kit check` sees in texts: own hosts, long sentences, lines on paper. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kit/check.h"

static const struct {
	const char *text, *want; /* NULL: nothing found */
} hosts[] = {
	{ "siehe http://wiki/plan.", "http://wiki/plan" },
	{ "siehe https://www.bund.example/x", NULL },
	{ "https://wiki.stadt.example:8443/x", "https://wiki.stadt.example:8443/x" },
	{ "https://name@stadt.example", "https://name@stadt.example" },
	{ "https://andere-stadt.example", NULL },
	{ "Mail an post@stadt.example, bitte", "post@stadt.example" },
	{ "Mail an post@notpost.example", NULL },
	{ "im Intranet.", "Intranet" },
	{ "Intranetseite", NULL },
	{ "auf \\\\srv1\\daten\\plan.pdf liegt", "\\\\srv1\\daten\\plan.pdf" },
	{ "auf H:\\Plan", "H:\\Plan" },
	{ "R/A: beide", NULL },
	{ "10.20.30.40", "10.20.30.40" },
	{ "203.0.113.9", "203.0.113.9" },
	{ "203.0.114.9", NULL },
	{ "am 10.11.2026 um 10.30", NULL },
	{ "172.16.0.1:22", "172.16.0.1:22" },
	{ "172.32.0.1", NULL },
	{ "dc1.fritz.box", "dc1.fritz.box" },
	{ "print.local", "print.local" },
	{ "nur local", NULL },
	{ "", NULL },
};

static void test_hosts(void **state)
{
	struct arena a = { 0 };
	struct hosts h;

	(void)state;
	hosts_make(&h, "*.stadt.example, INTRANET,203.0.113.0/24", &a);
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		char found[128] = "";
		bool any = hosts_find(&h, hosts[i].text, found, sizeof(found));

		if (any != (hosts[i].want != NULL))
			print_message("# %s: %s\n", hosts[i].text, found);
		assert_int_equal(any, hosts[i].want != NULL);
		assert_string_equal(found, hosts[i].want ? hosts[i].want : "");
	}
	hosts_release(&h);
	arena_release(&a);
}

#define TEN "a b c d e f g h i j "

static void test_sentences(void **state)
{
	static const struct {
		const char *text;
		size_t words;
	} cases[] = {
		{ "", 0 },
		{ TEN TEN "k l m n o.", 0 },
		{ TEN TEN "k l m n o p.", 26 },
		{ TEN TEN "k l m n o p", 26 },
		{ TEN TEN ". " TEN, 0 },
		{ TEN TEN "x: " TEN, 0 },
		{ TEN TEN "\n- " TEN, 0 },
		{ TEN TEN "- k - l - m - n - o", 0 },
		{ "Kurz. " TEN TEN TEN "x", 31 },
	};
	const char *begin;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(check_sentence(cases[i].text, &begin), cases[i].words);
	assert_string_equal(begin, TEN TEN TEN "x");
}

static void test_lines(void **state)
{
	(void)state;
	assert_int_equal(check_lines("", 10), 0);
	assert_int_equal(check_lines("abc", 10), 1);
	assert_int_equal(check_lines("abcde fghi", 10), 1);
	assert_int_equal(check_lines("abcde fghij", 10), 2);
	assert_int_equal(check_lines("äöüäö äöüä", 10), 1);
	assert_int_equal(check_lines("abc\n- def\n- ghi", 10), 3);
	assert_int_equal(check_lines("abc\n\ndef", 10), 3);
	assert_int_equal(check_lines("aaaaaaaaaaaaaaaaaaaaaaaaa", 10), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_lines),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("check_texts", tests, NULL, NULL);
}
