/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of kinds: what is refused, and in which lane each key lands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal_samples.h"

#define HASH64 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define BOOT32 "0123456789abcdef0123456789abcdef"

static const struct {
	const char *words[9];
	const char *refused; /* part of the reason, NULL: taken */
	const char *about;
	bool sealed; /* has a sealed part */
} cases[] = {
	{ { "kind=entry", "type=note", "text=hallo" }, NULL, NULL, true },
	{ { "kind=entry", "type=note" }, "missing", "text", false },
	{ { "kind=entry", "text=hallo" }, "missing", "type", false },
	{ { "kind=entry", "type=poem", "text=x" }, "no such value", "type=poem", false },
	{ { "kind=entry", "type=decision", "text=x" }, "decision needs a reason", "", false },
	{ { "kind=entry", "type=decision", "text=x", "reason=" },
	  "decision needs a reason",
	  "",
	  false },
	{ { "kind=entry", "type=decision", "text=x", "reason=y" }, NULL, NULL, true },
	{ { "kind=entry", "type=note", "text=x", "corrects=" BOOT32 ":12" }, NULL, NULL, true },
	{ { "kind=entry", "type=note", "text=x", "corrects=12" },
	  "no such value",
	  "corrects=12",
	  false },
	{ { "kind=entry", "type=note", "text=x", "paper=2" }, "no such value", "paper=2", false },
	{ { "kind=entry", "type=note", "text=x", "colour=red" }, "no such key", "colour", false },
	{ { "kind=step", "plan=P01", "nr=6", "state=done" }, NULL, NULL, false },
	{ { "kind=step", "plan=P01", "nr=6", "state=done", "author=Adler" }, NULL, NULL, true },
	{ { "kind=step", "plan=P01", "nr=6", "state=not_possible" }, "why the step", "", false },
	{ { "kind=step", "plan=P01", "nr=6", "state=not_applicable" }, "why the step", "", false },
	{ { "kind=step", "plan=P 01", "nr=6", "state=done" }, "no such value", "plan=P 01", false },
	{ { "kind=step", "plan=P01", "nr=06", "state=done" }, "no such value", "nr=06", false },
	{ { "kind=step", "plan=P01", "nr=-6", "state=done" }, "no such value", "nr=-6", false },
	{ { "kind=step", "plan=P01", "state=done" }, "missing", "nr", false },
	{ { "kind=deadline", "deadline=F1", "state=not_applicable" },
	  "why the deadline",
	  "",
	  false },
	{ { "kind=deadline", "deadline=F1", "state=running", "start=1795695661304" },
	  NULL,
	  NULL,
	  false },
	{ { "kind=deadline", "deadline=F1", "state=running", "start=9223372036854775808" },
	  "no such value",
	  "start=9223372036854775808",
	  false },
	{ { "kind=call", "chain=A1", "nr=1", "result=busy", "number=+49 69 90009101" },
	  NULL,
	  NULL,
	  true },
	{ { "kind=call", "chain=A1", "nr=1", "result=bus" }, "no such value", "result=bus", false },
	{ { "kind=order", "ref=" BOOT32 ":0", "state=done" }, NULL, NULL, false },
	{ { "kind=handover", "head=" HASH64, "entries=3", "from=Adler" }, NULL, NULL, true },
	{ { "kind=handover", "head=HASH", "entries=3" }, "no such value", "head=HASH", false },
	{ { "kind=incident", "state=closed" }, NULL, NULL, false },
	{ { "kind=access", "tier=1", "action=unlock" }, NULL, NULL, false },
	{ { "kind=counter", "name=kit_version", "value=42" }, NULL, NULL, false },
	{ { "kind=counter", "name=Anna Adler", "value=42" },
	  "no such value",
	  "name=Anna Adler",
	  false },
	{ { "kind=device", "device=PC-17", "state=rebuilt", "text=Anna Adler" }, NULL, NULL, true },
	{ { "kind=device", "device=PC-17", "state=with Anna Adler" },
	  "no such value",
	  "state=with Anna Adler",
	  false },
	{ { "kind=receipt", "purpose=for Adler", "digest=" HASH64 },
	  "no such value",
	  "purpose=for Adler",
	  false },
	{ { "kind=boot", "stick=" HASH64 }, "no such kind", "boot", false },
	{ { "kind=merge", "chain=" BOOT32, "entries=1", "head=" HASH64 },
	  "no such kind",
	  "merge",
	  false },
	{ { "kind=gossip", "text=x" }, "no such kind", "gossip", false },
	{ { "kind=step", "plan=P01", "nr=6", "state=done", "at=1" }, "no such key", "at", false },
};

static void test_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct message event, open, sealed;
		struct refusal no = { 0 };
		bool taken;

		print_message("# %s %s\n", cases[i].words[0], cases[i].words[1]);
		sample_event(&event, cases[i].words);
		taken = journal_split(&event, false, (struct journal_moment){ 1, 2 }, &open,
				      &sealed, &no);
		assert_int_equal(taken, cases[i].refused == NULL);
		if (taken) {
			assert_int_equal(sealed.len > 0, cases[i].sealed);
		} else {
			assert_non_null(strstr(no.text, cases[i].refused));
			assert_string_equal(no.about, cases[i].about);
		}
	}
}

/* Names of people never reach the open lane, whatever the caller does. */
static void test_lanes(void **state)
{
	static const char *const words[] = { "kind=call",
					     "chain=A1",
					     "nr=1",
					     "result=reached",
					     "whom=Anna Adler",
					     "number=+49 171 39200001",
					     "author=Bernd",
					     NULL };
	struct message event, open, sealed;
	struct refusal no;

	(void)state;
	sample_event(&event, words);
	assert_true(journal_split(&event, false, (struct journal_moment){ 1795695661304, 77 },
				  &open, &sealed, &no));
	assert_null(memmem(open.bytes, open.len, "Adler", 5));
	assert_null(memmem(open.bytes, open.len, "171", 3));
	assert_string_equal(message_text(&open, "result"), "reached");
	assert_string_equal(message_text(&open, "at"), "1795695661304");
	assert_string_equal(message_text(&open, "up"), "77");
	assert_string_equal(message_text(&sealed, "whom"), "Anna Adler");
	assert_null(message_get(&sealed, "at"));
	/* Of an entry not even the time is open. */
	sample_event(&event, (const char *const[]){ "kind=entry", "type=note", "text=x", NULL });
	assert_true(
		journal_split(&event, false, (struct journal_moment){ 1, 2 }, &open, &sealed, &no));
	assert_int_equal(open.len, strlen("kind=entry") + 1);
	assert_string_equal(message_text(&sealed, "at"), "1");
}

static void test_too_long(void **state)
{
	struct message event, open, sealed;
	struct refusal no;
	char text[MESSAGE_MAX];

	(void)state;
	for (size_t len = 3800; len < 4096; len++) {
		memset(text, 'x', len);
		text[len] = '\0';
		message_start(&event, "kind", "entry");
		message_add(&event, "type", "note");
		message_add(&event, "text", text);
		bool fits = !event.overflow && event.len <= JOURNAL_EVENT_MAX;
		assert_int_equal(journal_split(&event, false, (struct journal_moment){ 1, 2 },
					       &open, &sealed, &no),
				 fits);
		if (!fits)
			assert_non_null(strstr(no.text, "too long"));
		else /* with `at` and `up` it still fits */
			assert_false(open.overflow || sealed.overflow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
