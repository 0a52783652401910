/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was seen of each product: read strictly, only ever raised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../folder.h"
#include "lib/image/seen.h"

#define ID "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define HEAD "blackstart-seen 1\n"
#define LONG "a123456789a123456789a123456789a123456789a123456789a123456789a123"

static const struct {
	const char *name, *text;
	size_t line; /* that is refused; 0: none; 1: the first */
} texts[] = {
	{ "empty", HEAD, 0 },
	{ "one", HEAD "office-pc  7  " ID "\n", 0 },
	{ "three", HEAD "0  1  " ID "\na  999999999999999  " ID "\na-  2  " ID "\n", 0 },
	{ "64 letters", HEAD LONG "4  7  " ID "\n", 1 + 1 },
	{ "63 letters", HEAD LONG "  7  " ID "\n", 0 },
	{ "nothing", "", 1 },
	{ "another version", "blackstart-seen 2\n", 1 },
	{ "no end", HEAD "office-pc  7  " ID, 2 },
	{ "one space", HEAD "office-pc 7  " ID "\n", 2 },
	{ "three spaces", HEAD "office-pc   7  " ID "\n", 2 },
	{ "space behind", HEAD "office-pc  7  " ID " \n", 2 },
	{ "CR", HEAD "office-pc  7  " ID "\r\n", 2 },
	{ "0", HEAD "office-pc  0  " ID "\n", 2 },
	{ "07", HEAD "office-pc  07  " ID "\n", 2 },
	{ "16 digits", HEAD "office-pc  1000000000000000  " ID "\n", 2 },
	{ "capitals", HEAD "Office  7  " ID "\n", 2 },
	{ "hyphen first", HEAD "-a  7  " ID "\n", 2 },
	{ "no product", HEAD "  7  " ID "\n", 2 },
	{ "short identity", HEAD "a  7  0011\n", 2 },
	{ "A-F", HEAD "a  7  AA112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n",
	  2 },
	{ "twice", HEAD "a  7  " ID "\na  8  " ID "\n", 3 },
	{ "not sorted", HEAD "b  7  " ID "\na  8  " ID "\n", 3 },
	{ "empty line", HEAD "a  7  " ID "\n\n", 3 },
};

static void strict(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct text again = { 0 };
		struct error e = { 0 };
		struct seen s;
		char words[20];
		bool ok = seen_parse(texts[i].text, strlen(texts[i].text), &s, &e);

		snprintf(words, sizeof(words), "line %zu ", texts[i].line);
		if (ok != !texts[i].line)
			fail_msg("%s: %s", texts[i].name, ok ? "accepted" : e.text);
		if (!ok && (e.kind != ERROR_UNTRUSTED ||
			    !strstr(e.text, texts[i].line > 1 ? words : "first line")))
			fail_msg("%s: %s", texts[i].name, e.text);
		if (ok) {
			seen_write(&s, &again);
			assert_string_equal(text_end(&again), texts[i].text);
		}
		text_release(&again);
		seen_release(&s);
	}
}

static void too_many(void **state)
{
	struct text t = { 0 };
	struct error e = { 0 };
	struct seen s;

	(void)state;
	text_add(&t, HEAD);
	for (int i = 0; i < SEEN_LINES_MAX; i++)
		text_addf(&t, "p%04d  1  " ID "\n", i);
	assert_true(seen_parse(t.s, t.len, &s, &e));
	seen_release(&s);
	text_add(&t, "q  1  " ID "\n");
	assert_false(seen_parse(t.s, t.len, &s, &e));
	text_release(&t);
}

static void want_file(const char *wanted)
{
	char bytes[2000] = "";
	FILE *f = fopen("seen", "r");

	assert_non_null(f);
	bytes[fread(bytes, 1, sizeof(bytes) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(bytes, wanted);
}

static void only_rises(void **state)
{
	struct digest one = { { 1 } }, two = { { 2 } };
	char a[DIGEST_HEX], b[DIGEST_HEX], wanted[600];
	struct error e = { 0 };
	struct seen s;

	(void)state;
	assert_true(seen_read(&s, "seen", &e));
	assert_int_equal(s.count, 0);
	assert_true(seen_note("seen", "office-pc", 7, &one, &e));
	assert_true(seen_note("seen", "server", 3, &one, &e));
	assert_true(seen_note("seen", "a", 1, &one, &e));
	assert_true(seen_note("seen", "office-pc", 9, &two, &e));
	assert_true(seen_note("seen", "office-pc", 9, &two, &e));
	snprintf(wanted, sizeof(wanted), HEAD "a  1  %s\noffice-pc  9  %s\nserver  3  %s\n",
		 digest_to_hex(a, &one), digest_to_hex(b, &two), a);
	want_file(wanted);

	assert_false(seen_note("seen", "office-pc", 8, &one, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_non_null(strstr(e.text, "number 9 was seen already"));
	e = (struct error){ 0 };
	assert_false(seen_note("seen", "office-pc", 9, &one, &e));
	assert_non_null(strstr(e.text, "another image with number 9"));
	want_file(wanted);

	e = (struct error){ 0 };
	assert_true(seen_read(&s, "seen", &e));
	assert_int_equal(seen_find(&s, "server")->counter, 3);
	assert_null(seen_find(&s, "serve"));
	assert_true(seen_check(&s, "new", 1, &one, &e));
	assert_false(seen_check(&s, "server", 2, &one, &e));
	seen_release(&s);
}

/* What cannot be read is neither believed nor written over. */
static void damaged(void **state)
{
	struct digest one = { { 1 } };
	struct error e = { 0 };
	FILE *f = fopen("seen", "w");

	(void)state;
	fputs("nothing of ours\n", f);
	fclose(f);
	assert_false(seen_note("seen", "a", 1, &one, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	want_file("nothing of ours\n");
	e = (struct error){ 0 };
	assert_false(seen_note("none/seen", "a", 1, &one, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
}

/* Whether it could be noted: what is noted already needs no place to write to. */
static void asked_before(void **state)
{
	static const char text[] = HEAD "a  7  " ID "\n";
	struct error e = { 0 };
	struct seen s = { 0 };

	(void)state;
	assert_true(seen_parse(text, strlen(text), &s, &e));
	assert_true(seen_can_note(&s, "seen", "a", 8, &e));
	assert_true(seen_can_note(&s, "seen", "b", 1, &e));
	assert_true(seen_can_note(&s, "none/seen", "a", 7, &e));
	assert_false(seen_can_note(&s, "none/seen", "a", 8, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	e = (struct error){ 0 };
	assert_false(seen_can_note(&s, "none/seen", "b", 7, &e));
	assert_non_null(strstr(e.text, "cannot hold the folder none"));
	seen_release(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict),       cmocka_unit_test(too_many),
		cmocka_unit_test(only_rises),   cmocka_unit_test(damaged),
		cmocka_unit_test(asked_before),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
