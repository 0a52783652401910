/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time it is: what a person confirmed, counted on, whatever the PC's clock does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "handbook/clock.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define HOUR BERLIN_HOUR_MS
#define NOON 1795690800000 /* Thu 26 Nov 2026 12:00 CET */

static int64_t pc_ms, up_ms;

int __wrap_clock_gettime(clockid_t which, struct timespec *t);

int __wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	int64_t ms = which == CLOCK_BOOTTIME ? up_ms : pc_ms;

	t->tv_sec = (time_t)(ms / 1000);
	t->tv_nsec = (long)(ms % 1000 * 1000000);
	return 0;
}

static const char tables[] = "CREATE TABLE event(id INTEGER PRIMARY KEY, boot, seq, kind, written,"
			     " time, up, rank); CREATE TABLE field(event, key, value);";
#define CONFIRMED "INSERT INTO event(id, boot, seq, kind, written, time, up) VALUES"

struct made {
	struct view view;
	struct clock clock;
};

/* A journal of these events, read for the boot "b". */
static void make(struct made *m, const char *sql)
{
	struct error e = { 0 };

	*m = (struct made){ 0 };
	m->view.db = db_create(":memory:", &e);
	assert_true(m->view.db && db_exec(m->view.db, tables, &e));
	if (*sql && !db_exec(m->view.db, sql, &e))
		fail_msg("%s", e.text);
	assert_true(clock_read(&m->clock, &m->view, "b", &e));
}

/* Case 8: the PC is three hours behind and counts local time as UTC, then is set: it is all
 * the same. */
static void whatever_the_pc_shows(void **state)
{
	struct made m;

	(void)state;
	pc_ms = NOON - 3 * HOUR;
	up_ms = 5 * HOUR;
	make(&m, CONFIRMED
	     "(1, 'b', 0, 'boot', 1795676400000, 1, 0),"
	     " (2, 'b', 1, 'clock', 1795679000000, 1795690000000, 17200000);"
	     "INSERT INTO field VALUES(2, 'time', '1795690000000'), (2, 'source', 'watch'),"
	     " (2, 'author', 'L. Muster')");
	assert_true(m.clock.confirmed && !m.clock.due);
	assert_string_equal(m.clock.source, "watch");
	assert_string_equal(m.clock.author, "L. Muster");
	assert_int_equal(m.clock.wrong_ms, -11000000);
	/* 5 h - 17,200 s = 800 s after it was confirmed. */
	assert_int_equal(clock_now_ms(&m.clock), 1795690000000 + 800 * 1000);
	pc_ms = 0;
	assert_int_equal(clock_now_ms(&m.clock), 1795690000000 + 800 * 1000);
	up_ms += HOUR;
	pc_ms = NOON + 1000 * HOUR;
	assert_int_equal(clock_now_ms(&m.clock), 1795690000000 + 800 * 1000 + HOUR);
	db_close(m.view.db);
}

static void when_it_is_asked(void **state)
{
	static const struct {
		const char *name, *sql;
		bool confirmed, due;
		int64_t shift;
	} rows[] = {
		{ "nothing yet", "", false, true, 0 },
		{ "another boot does not count",
		  CONFIRMED "(1, 'a', 1, 'clock', 1, 1795690000000, 5);"
			    "INSERT INTO field VALUES(1, 'time', '1795690000000')",
		  false, true, 0 },
		{ "confirmed",
		  CONFIRMED "(1, 'b', 1, 'clock', 1, 1795690000000, 5);"
			    "INSERT INTO field VALUES(1, 'time', '1795690000000')",
		  true, false, 0 },
		{ "a new shift asks again, and the old time still counts",
		  CONFIRMED "(1, 'b', 1, 'clock', 1, 1795690000000, 5),"
			    " (2, 'b', 2, 'handover', 2, 1795690000000, 6);"
			    "INSERT INTO field VALUES(1, 'time', '1795690000000')",
		  true, true, 2 },
		{ "confirmed in the new shift",
		  CONFIRMED "(1, 'b', 1, 'handover', 1, 1795690000000, 5),"
			    " (2, 'b', 2, 'clock', 2, 1795690000000, 6);"
			    "INSERT INTO field VALUES(2, 'time', '1795690000000')",
		  true, false, 1 },
		{ "a time that is on no watch",
		  CONFIRMED "(1, 'b', 1, 'clock', 1, 1, 5);"
			    "INSERT INTO field VALUES(1, 'time', '9223372036854775807')",
		  false, true, 0 },
	};

	(void)state;
	pc_ms = NOON;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct made m;

		make(&m, rows[i].sql);
		if (m.clock.confirmed != rows[i].confirmed || m.clock.due != rows[i].due ||
		    m.clock.shift != rows[i].shift)
			fail_msg("%s", rows[i].name);
		if (!m.clock.confirmed)
			assert_int_equal(clock_now_ms(&m.clock), NOON);
		db_close(m.view.db);
	}
}

#define RANKED "INSERT INTO event(id, boot, seq, kind, rank) VALUES"
#define LATER "1795700000000"

/* On another PC, whose clock was right, somebody was later by this one's: what would not outlast
 * that is refused. */
static void what_counts(void **state)
{
	static const char others[] = RANKED
		"(1, 'b', 0, 'boot', 1795690000000), (2, 'b', 1, 'system', 1795690000001),"
		" (3, 'c', 1, 'step', " LATER "), (4, 'c', 2, 'system', 1795690000000),"
		" (5, 'd', 1, 'chain', " LATER "), (6, 'd', 2, 'system', 9223372036854775807);"
		"INSERT INTO field VALUES(2, 'system', 'mail'), (3, 'plan', 'P01'), (3, 'nr', '6'),"
		" (4, 'system', 'voip'), (5, 'chain', 'a1'), (6, 'system', 'never')";
	static const struct {
		const char *keys[4];
		bool counts, closed; /* at first; when the incident was closed elsewhere, later */
	} rows[] = {
		{ { "kind=step", "plan=P01", "nr=6" }, false, false },
		{ { "kind=step", "plan=P01", "nr=7" }, true, false },
		{ { "kind=step", "plan=P02", "nr=6" }, true, false },
		{ { "kind=system", "system=mail" }, true, false },
		{ { "kind=system", "system=voip" }, true, false },
		{ { "kind=system", "system=never" }, true, false }, /* that was no clock */
		{ { "kind=call", "chain=a1", "nr=1" }, false, false },
		{ { "kind=call", "chain=a2", "nr=1" }, true, false },
		{ { "kind=chain", "chain=a1" }, false, false },
		{ { "kind=incident", "state=closed" }, false, false },
		{ { "kind=entry", "type=note" }, true, true },
		{ { "kind=clock", "time=1" }, true, true },
	};
	static const char *const then[] = {
		"",
		RANKED "(7, 'e', 5, 'incident', " LATER ")",
		/* In the own chain the last word counts, whatever the times are. */
		RANKED "(8, 'b', 2, 'step', " LATER ")",
	};
	struct error e = { 0 };
	struct made m;

	(void)state;
	pc_ms = NOON;
	make(&m, others);
	for (int now = 0; now < 3; now++) {
		assert_true(db_exec(m.view.db, then[now], &e));
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			bool counts = now == 0 ? rows[i].counts : now == 2 || rows[i].closed;
			struct error why = { 0 };
			struct message event = { 0 };

			for (const char *const *k = rows[i].keys; *k; k++)
				message_add_string(&event, *k);
			if (clock_counts(&m.clock, &m.view, &event, &why) != counts ||
			    (!counts && !strstr(why.text, "clock is behind")))
				fail_msg("%d: %s %s: %s", now, rows[i].keys[0], rows[i].keys[1],
					 why.text);
		}
	}
	db_close(m.view.db);
}

/* People type minutes: seconds come from what is known. */
static void what_is_typed(void **state)
{
	static const struct {
		const char *name, *typed;
		int64_t pc_ms, latest_ms, time_ms;
	} rows[] = {
		{ "another minute", "15:00", NOON + 7000, 0, NOON + 3 * HOUR },
		{ "the PC's own minute", "12:00", NOON + 42000, 0, NOON + 42000 },
		{ "the next minute", "12:01", NOON + 42000, 0, NOON + 60000 },
		{ "around midnight", "23:59", NOON + 12 * HOUR, 0, NOON + 12 * HOUR - 60000 },
		{ "after what was entered in that minute", "15:00", NOON, NOON + 3 * HOUR + 30000,
		  NOON + 3 * HOUR + 30001 },
		{ "not after what was entered later", "15:00", NOON, NOON + 4 * HOUR,
		  NOON + 3 * HOUR },
		{ "with seconds", "15:00:30", NOON, 0, NOON + 3 * HOUR + 30000 },
		{ "with the day", "26.11.2025 12:00", NOON, 0, NOON - 365 * 24 * HOUR },
		/* 25 Oct 2026: 02:30 CEST is 00:30 UTC. */
		{ "the hour that comes twice, once", "02:30", 1792888200000, 0, 1792888200000 },
		{ "the hour that comes twice, again", "02:30", 1792891800000, 0, 1792891800000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct clock c = { .latest_ms = rows[i].latest_ms };
		struct error e = { 0 };
		int64_t time_ms;

		pc_ms = rows[i].pc_ms;
		assert_true(clock_typed(&c, rows[i].typed, &time_ms, &e));
		if (time_ms != rows[i].time_ms)
			fail_msg("%s: %lld", rows[i].name, (long long)time_ms);
	}
}

static void in_words(void **state)
{
	static const struct {
		int64_t wrong_ms;
		const char *words;
	} rows[] = {
		{ 0, "right to the minute" },
		{ -59999, "right to the minute" },
		{ 60000, "1 min ahead" },
		{ -3 * HOUR, "3 h 00 min behind" },
		{ 24 * 3650 * HOUR, "3650 days ahead" },
	};
	struct clock c = { .confirmed = true, .time_ms = NOON, .source = "gps", .author = "X" };
	struct text out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		clock_add_wrong(rows[i].wrong_ms, &out);
		assert_string_equal(text_end(&out), rows[i].words);
		text_clear(&out);
	}
	clock_add_words(&c, &out);
	assert_string_equal(text_end(&out),
			    "Time confirmed at Thu 26 Nov 2026 12:00 CET by GPS, said by X;"
			    " the PC's clock was right to the minute.");
	text_clear(&out);
	c = (struct clock){ 0 };
	pc_ms = NOON;
	clock_add_words(&c, &out);
	assert_string_equal(text_end(&out), "The PC's clock shows Thu 26 Nov 2026 12:00 CET; nobody"
					    " has confirmed it.");
	text_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_the_pc_shows),
		cmocka_unit_test(when_it_is_asked),
		cmocka_unit_test(what_counts),
		cmocka_unit_test(what_is_typed),
		cmocka_unit_test(in_words),
	};

	language_set("en");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
