/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What became of steps and when they are due, orders, blanks in texts, short times: from a
 * journal of a few events, as a view holds them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "handbook/chain_blanks.h"
#include "handbook/log.h"
#include "handbook/steps.h"
#include "handbook/when.h"
#include "lib/journal/viewdb.h"

#define MIN 60000
#define BEGUN 1795694400000 /* Thu 26 Nov 2026 13:00 CET */

/* An event of each line: minutes, whether it is live, kind, then KEY=VALUE ... */
static void fill(struct view *v, const char *const *lines)
{
	struct error e = { 0 };

	*v = (struct view){ .db = viewdb_create(&e) };
	assert_non_null(v->db);
	for (int id = 1; *lines; lines++, id++) {
		char sql[512], *copy = mem_string(*lines), *rest = NULL;
		int minutes = (int)strtol(strtok_r(copy, " ", &rest), NULL, 10);
		long long time = BEGUN + (long long)minutes * MIN;
		int live = (int)strtol(strtok_r(NULL, " ", &rest), NULL, 10);

		snprintf(
			sql, sizeof(sql),
			"INSERT INTO event(id, boot, seq, kind, written, time, clock, locked, live, up,"
			" rank)"
			" VALUES(%d, 'b', %d, '%s', 0, %lld, 'confirmed', 0, %d, 0, %lld)",
			id, id, strtok_r(NULL, " ", &rest), time, live, time);
		assert_true(db_exec(v->db, sql, &e));
		for (char *f = strtok_r(NULL, " ", &rest); f; f = strtok_r(NULL, " ", &rest)) {
			snprintf(sql, sizeof(sql), "INSERT INTO field VALUES(%d, '%.*s', '%s')", id,
				 (int)strcspn(f, "="), f, strchr(f, '=') + 1);
			assert_true(db_exec(v->db, sql, &e));
		}
		free(copy);
	}
}

/* The deadlines of a kit. */
static struct book kit_with_deadlines(void)
{
	struct error e = { 0 };
	struct book b = { .db = db_create(":memory:", &e) };

	assert_non_null(b.db);
	assert_true(
		db_exec(b.db,
			"CREATE TABLE deadline(deadline_id TEXT, starts_at TEXT);"
			"INSERT INTO deadline VALUES('dsgvo33', 'awareness'),"
			" ('nis2-24h', 'awareness'), ('frei', 'release'), ('alt', 'occurrence')",
			&e));
	return b;
}

static void steps_have_their_last_state(void **state)
{
	static const char *const lines[] = {
		"-90 0 step plan=P01 nr=4 state=done", /* of an incident that was closed */
		"0 1 step plan=P01 nr=1 state=done",
		"1 1 step plan=P01 nr=2 state=not_possible reason=Schlüssel author=Okafor",
		"2 1 step plan=P01 nr=3 state=not_applicable reason=kein_Bild",
		"3 1 step plan=P02 nr=1 state=done",
		"4 1 step plan=P01 nr=5 state=done",
		"5 1 step plan=P01 nr=5 state=open",
		"6 1 step plan=P01 nr=99 state=done", /* of another version of the kit */
		NULL,
	};
	static const struct {
		size_t nr;
		enum step_state state;
		const char *words; /* an hour later, due after 30 minutes */
		bool overdue;
	} want[] = {
		{ 1, STEP_DONE, "done 13:00", false },
		{ 2, STEP_NOT_POSSIBLE, "not possible 13:01: Schlüssel (Okafor)", true },
		{ 3, STEP_NOT_APPLICABLE, "does not apply 13:02: kein_Bild", false },
		{ 4, STEP_OPEN, "", true },
		{ 5, STEP_OPEN, "", true },
	};
	struct book b = kit_with_deadlines();
	struct error e = { 0 };
	struct view v;
	struct steps s;

	(void)state;
	fill(&v, lines);
	assert_true(steps_load(&s, &b, &v, "P01", 6, &e));
	assert_int_equal(s.start_ms, BEGUN);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct text out = { 0 };
		int64_t later = BEGUN + 60 * MIN;

		step_add_state(&s.now[want[i].nr], later, &out);
		if (s.now[want[i].nr].state != want[i].state ||
		    strcmp(text_end(&out), want[i].words) != 0 ||
		    step_overdue(&s, want[i].nr, 30, later) != want[i].overdue)
			fail_msg("step %zu: state %d '%s'", want[i].nr,
				 (int)s.now[want[i].nr].state, text_end(&out));
		assert_false(step_overdue(&s, want[i].nr, 30, BEGUN + 30 * MIN));
		text_release(&out);
	}
	steps_release(&s);
	db_close(b.db);
	db_close(v.db);
}

/* A kit that somebody altered numbers its steps as it likes: nothing is read beside them. */
static void any_number_may_be_asked_for(void **state)
{
	static const char *const lines[] = { "0 1 step plan=P01 nr=1 state=done", NULL };
	static const int64_t numbers[] = { 0, -1, 2, STEPS_MAX + 1, INT64_MAX, INT64_MIN };
	struct book b = kit_with_deadlines();
	struct error e = { 0 };
	struct view v;
	struct steps s;

	(void)state;
	fill(&v, lines);
	assert_true(steps_load(&s, &b, &v, "P01", SIZE_MAX, &e));
	assert_int_equal(step_now(&s, 1)->state, STEP_DONE);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		assert_int_equal(step_now(&s, numbers[i])->state, STEP_OPEN);
	steps_release(&s);
	db_close(b.db);
	db_close(v.db);
}

static void due_counts_from_awareness(void **state)
{
	static const char *const nothing[] = { NULL };
	static const char *const aware[] = {
		"0 1 step plan=P01 nr=1 state=done",
		"1 1 deadline deadline=dsgvo33 state=running start=1795690800000 due=1795950000000",
		NULL,
	};
	/* Two moments of awareness: the earlier one. */
	static const char *const later[] = {
		"1 1 deadline deadline=nis2-24h state=running start=1795694400000",
		"2 1 deadline deadline=dsgvo33 state=done start=1795690800000",
		NULL,
	};
	/* What happened long ago and what was released later start deadlines, not the plans. */
	static const char *const other[] = {
		"0 1 step plan=P01 nr=1 state=done",
		"1 1 deadline deadline=alt state=running start=1790000000000",
		"2 1 deadline deadline=frei state=running start=1795690800000",
		NULL,
	};
	static const struct {
		const char *const *lines;
		const char *words;
	} want[] = {
		{ nothing, "within 15 min" },
		{ aware, "OVERDUE since 12:15" },
		{ later, "OVERDUE since 12:15" },
		{ other, "by 13:15" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct book b = kit_with_deadlines();
		struct text out = { 0 };
		struct error e = { 0 };
		struct view v;
		struct steps s;

		fill(&v, want[i].lines);
		assert_true(steps_load(&s, &b, &v, "P01", 3, &e));
		step_add_due(&s, 2, 15, BEGUN, &out);
		assert_string_equal(text_end(&out), want[i].words);
		text_release(&out);
		steps_release(&s);
		db_close(b.db);
		db_close(v.db);
	}
}

static void orders_have_a_state(void **state)
{
	static const char *const lines[] = {
		"0 1 entry type=order text=Kaffee", "1 1 entry type=order text=Notstrom",
		"2 1 order ref=b:2 state=done",     "3 1 counter name=x value=1",
		"-1 1 entry type=note text=Tee",    NULL,
	};
	struct text out = { 0 };
	struct error e = { 0 };
	struct view v;
	struct log l;

	(void)state;
	fill(&v, lines);
	assert_true(log_order_state(&v, "b:2", &out, &e));
	assert_string_equal(text_end(&out), "done");
	text_clear(&out);
	assert_true(log_order_state(&v, "b:1", &out, &e));
	assert_string_equal(text_end(&out), "open");
	assert_true(log_is_order(&v, "b:1", &e));
	assert_false(log_is_order(&v, "b:3", &e)); /* an order's state */
	assert_false(log_is_order(&v, "b:9", &e));
	e = (struct error){ 0 };
	assert_false(log_is_order(&v, "b:5", &e));
	assert_non_null(strstr(e.text, "no order"));
	e = (struct error){ 0 };
	/* What the machine counts is no entry; the newest comes first. */
	assert_true(log_load(&l, &v, NULL, 10, &e));
	assert_int_equal(l.count, 4);
	assert_string_equal(l.rows[0].kind, "order");
	assert_string_equal(log_get(&l.rows[2], "text"), "Kaffee");
	assert_string_equal(log_get(&l.rows[2], "reason"), "");
	log_release(&l);
	assert_true(log_load(&l, &v, "entry", 1, &e));
	assert_int_equal(l.count, 1);
	assert_string_equal(l.rows[0].ref, "b:2");
	log_release(&l);
	text_release(&out);
	db_close(v.db);
}

static void entries_are_refused_in_words(void **state)
{
	static const struct {
		const char *name, *type, *text, *reason;
		bool ok;
	} rows[] = {
		{ "note", "note", "Kaffee", "", true },
		{ "no words", "note", "", "", false },
		{ "a decision", "decision", "aus", "brennt", true },
		{ "without reason", "decision", "aus", "", false },
	};
	struct log_entry entry = LOG_ENTRY;
	char *long_text = mem_alloc(5000);
	struct error e = { 0 };
	struct message m;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		e = (struct error){ 0 };
		entry.type = log_type_parse(rows[i].type);
		entry.text = rows[i].text;
		entry.reason = rows[i].reason;
		if (log_entry_event(&entry, &m, &e) != rows[i].ok || !*e.text != rows[i].ok)
			fail_msg("%s: '%s'", rows[i].name, e.text);
	}
	memset(long_text, 'x', 4999);
	entry.reason = "";
	entry.type = LOG_NOTE;
	entry.text = long_text;
	e = (struct error){ 0 };
	assert_false(log_entry_event(&entry, &m, &e));
	assert_non_null(strstr(e.text, "divide it"));
	assert_int_equal(log_type_parse("poem"), LOG_TYPES);
	free(long_text);
}

/* What is due is not over, what happened has happened. */
static void times_have_a_direction(void **state)
{
	struct error e = { 0 };
	int64_t ms;
	bool guessed;

	(void)state;
	assert_true(log_due_parse("17:00", BEGUN, &ms, &e));
	assert_int_equal(ms, BEGUN + 240 * MIN);
	assert_true(log_due_parse("12:00", BEGUN, &ms, &e)); /* tomorrow */
	assert_int_equal(ms, BEGUN + (24 * 60 - 60) * MIN);
	ms = 0;
	assert_false(log_due_parse("25.11.2026 12:00", BEGUN, &ms, &e));
	assert_int_equal(ms, 0); /* what is refused is not recorded by whoever goes on */
	e = (struct error){ 0 };
	assert_true(log_event_parse("12:59", BEGUN, &ms, &guessed, &e));
	assert_int_equal(ms, BEGUN - MIN);
	assert_true(guessed);
	assert_true(log_event_parse("13:30", BEGUN, &ms, &guessed, &e)); /* yesterday */
	assert_int_equal(ms, BEGUN - (24 * 60 - 30) * MIN);
	/* A watch is some minutes ahead: it is now. */
	assert_true(log_event_parse("13:04", BEGUN, &ms, &guessed, &e));
	assert_int_equal(ms, BEGUN);
	assert_true(log_event_parse("26.11.2026 13:04", BEGUN, &ms, &guessed, &e));
	assert_int_equal(ms, BEGUN);
	assert_false(guessed);
	ms = 0;
	assert_false(log_event_parse("27.11.2026 12:00", BEGUN, &ms, &guessed, &e));
	e = (struct error){ 0 };
	assert_false(log_event_parse("soon", BEGUN, &ms, &guessed, &e));
	assert_int_equal(ms, 0);
}

static void blanks_are_filled_in(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "seit [Uhrzeit], Rückruf [Nummer].", "seit 04:10, Rückruf [Nummer]." },
		{ "[Uhrzeit][Uhrzeit]", "04:1004:10" },
		{ "ohne", "ohne" },
		{ "offen [Uhrzeit", "offen [Uhrzeit" },
		{ "[] leer", "[] leer" },
		{ "[über\nZeilen]", "[über\nZeilen]" },
		{ "[leer]", "[leer]" },
	};
	struct chain_blanks b = { 0 };

	(void)state;
	chain_blanks_set(&b, "[Uhrzeit]", 9, "04:09");
	chain_blanks_set(&b, "[Uhrzeit]", 9, "04:10");
	chain_blanks_set(&b, "[leer]", 6, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text out = { 0 };

		chain_blanks_add(&b, rows[i].text, &out);
		assert_string_equal(text_end(&out), rows[i].want);
		text_release(&out);
	}
	chain_blanks_release(&b);
}

static void times_are_short(void **state)
{
	char out[WHEN_WORDS];

	(void)state;
	assert_string_equal(when_words(out, BEGUN, BEGUN + MIN), "13:00");
	assert_string_equal(when_words(out, BEGUN, BEGUN + 24 * 60 * MIN),
			    "Thu 26 Nov 2026 13:00 CET");
	assert_string_equal(when_left(out, 10 * MIN, true), "10:00");
	assert_string_equal(when_left(out, 10 * MIN - 1, true), "10:00");
	assert_string_equal(when_left(out, 9500, true), "0:10");
	assert_string_equal(when_left(out, 9500, false), "1 min");
	assert_string_equal(when_left(out, -1, true), "0:00");
	assert_string_equal(when_left(out, 125 * MIN, true), "2 h 5 min");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_have_their_last_state),
		cmocka_unit_test(any_number_may_be_asked_for),
		cmocka_unit_test(due_counts_from_awareness),
		cmocka_unit_test(orders_have_a_state),
		cmocka_unit_test(entries_are_refused_in_words),
		cmocka_unit_test(times_have_a_direction),
		cmocka_unit_test(blanks_are_filled_in),
		cmocka_unit_test(times_are_short),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
