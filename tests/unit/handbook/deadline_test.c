/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deadlines: when they are due, in which order they are shown, what starts what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "handbook/deadline.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"
#include "lib/data/date.h"

static int64_t at(const char *local)
{
	struct berlin_input in;
	struct error e = { 0 };

	if (!berlin_parse(local, BERLIN_LATEST, 0, &in, &e))
		fail_msg("%s", e.text);
	return in.utc_ms;
}

static void due(void **state)
{
	static const struct {
		const char *name;
		int64_t hours, months;
		const char *start, *due; /* "": no time */
	} rows[] = {
		{ "case 6: clocks are put back", 72, 0, "2026-10-23 17:30 CEST",
		  "2026-10-26 16:30 CET" },
		{ "case 6: Easter, clocks are put forward", 72, 0, "2027-03-26 17:30 CET",
		  "2027-03-29 18:30 CEST" },
		{ "through Christmas and a weekend", 72, 0, "2026-12-24 09:00",
		  "2026-12-27 09:00" },
		{ "no change of the clocks", 24, 0, "2026-11-26 12:05", "2026-11-27 12:05" },
		{ "into the hour that is left out", 24, 0, "2027-03-27 02:30",
		  "2027-03-28 03:30 CEST" },
		{ "into the hour that comes twice", 24, 0, "2026-10-24 02:30",
		  "2026-10-25 02:30 CEST" },
		{ "out of the hour that comes twice, as the strict reading", 1, 0,
		  "2026-10-25 02:30", "2026-10-25 02:30 CET" },
		{ "over the leap day", 72, 0, "2028-02-27 12:00", "2028-03-01 12:00" },
		{ "a month", 0, 1, "2026-10-26 16:00", "2026-11-26 16:00 CET" },
		{ "a month over a change: the same clock time", 0, 1, "2026-10-23 17:30 CEST",
		  "2026-11-23 17:30 CET" },
		{ "31 Jan", 0, 1, "2027-01-31 10:00", "2027-02-28 10:00" },
		{ "31 Jan of a leap year", 0, 1, "2028-01-31 10:00", "2028-02-29 10:00" },
		{ "30 Jan of a leap year", 0, 1, "2028-01-30 10:00", "2028-02-29 10:00" },
		{ "28 Feb stays the 28th", 0, 1, "2027-02-28 10:00", "2027-03-28 10:00 CEST" },
		{ "31 Mar", 0, 1, "2027-03-31 10:00", "2027-04-30 10:00" },
		{ "31 Dec", 0, 1, "2026-12-31 23:59", "2027-01-31 23:59" },
		{ "three months over new year", 0, 3, "2026-11-30 08:00", "2027-02-28 08:00" },
		{ "a year from the leap day", 0, 12, "2028-02-29 08:00", "2029-02-28 08:00" },
		{ "a month into the hour that is left out: the hour before", 0, 1,
		  "2027-02-28 02:30", "2027-03-28 01:30 CET" },
		{ "a month into the hour that comes twice: the earlier", 0, 1, "2026-09-25 02:30",
		  "2026-10-25 02:30 CEST" },
		{ "both: the earlier", 24, 1, "2026-10-23 17:30", "2026-10-24 17:30" },
		{ "words only", 0, 0, "2026-10-23 17:30", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct deadline d = { .title = "x",
					    .hours = rows[i].hours,
					    .months = rows[i].months };
		int64_t got, want = *rows[i].due ? at(rows[i].due) : 0;
		struct error e = { 0 };
		char words[BERLIN_WORDS];

		assert_true(deadline_due(&d, at(rows[i].start), &got, &e));
		if (got != want)
			fail_msg("%s: %s", rows[i].name, berlin_stamp(words, got));
	}
}

static void lengths_that_cannot_be_meant(void **state)
{
	static const struct {
		int64_t hours, months, start;
	} rows[] = {
		{ 999999999, 0, 1790000000000 },
		{ 0, 1201, 1790000000000 },
		{ -1, 0, 1790000000000 },
		{ 0, -1, 1790000000000 },
		{ 72, 0, INT64_MAX },
		{ 0, 1, INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct deadline d = { .title = "x",
					    .hours = rows[i].hours,
					    .months = rows[i].months };
		struct error e = { 0 };
		int64_t got;

		assert_false(deadline_due(&d, rows[i].start, &got, &e));
		assert_true(*e.text != 0);
	}
}

/* Every day of 2020 to 2040: 72 hours and one month, as the system's zone data has them. */
static void every_day_of_twenty_one_years(void **state)
{
	const struct deadline hours = { .title = "x", .hours = 72 };
	const struct deadline month = { .title = "x", .months = 1 };
	struct error e = { 0 };

	(void)state;
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
		skip();
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	for (int64_t day = date_day(2020, 1, 1); day < date_day(2041, 1, 1); day++) {
		time_t start = (time_t)(day * DATE_SECONDS + 15 * 3600 + 1800), end;
		int64_t got;
		struct tm tm;

		assert_true(deadline_due(&hours, (int64_t)start * 1000, &got, &e));
		assert_int_equal(got, ((int64_t)start + 72 * 3600) * 1000);
		assert_true(deadline_due(&month, (int64_t)start * 1000, &got, &e));
		localtime_r(&start, &tm);
		/* The end of a month by mktime(): day 0 of the month after it. */
		struct tm last = { .tm_year = tm.tm_year, .tm_mon = tm.tm_mon + 2, .tm_hour = 12 };

		mktime(&last);
		if (tm.tm_mday > last.tm_mday)
			tm.tm_mday = last.tm_mday;
		tm.tm_mon++;
		tm.tm_isdst = -1;
		end = mktime(&tm);
		if (got != (int64_t)end * 1000)
			fail_msg("a month from %lld", (long long)start);
	}
	setenv("TZ", "UTC", 1);
	tzset();
}

static void time_left(void **state)
{
	static const struct {
		int64_t minutes;
		const char *words;
	} rows[] = {
		{ 18 * 60 + 12, "18 h 12 min left" },
		{ 42, "42 min left" },
		{ 60, "1 h 00 min left" },
		{ 72 * 60, "72 h 00 min left" },
		{ 31 * 24 * 60, "31 days left" },
		{ 99 * 60 + 59, "99 h 59 min left" },
		{ 0, "OVERDUE by 0 min" },
		{ -1, "OVERDUE by 1 min" },
		{ -125, "OVERDUE by 2 h 05 min" },
		{ -10 * 24 * 60, "OVERDUE by 10 days" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct text out = { 0 };

		deadline_add_left(1790000000000 + rows[i].minutes * 60000, 1790000000000, &out);
		assert_string_equal(text_end(&out), rows[i].words);
		text_release(&out);
	}
}

static const char kit[] =
	"CREATE TABLE deadline(deadline_id, title, text, recipient_id, starts_at, hours, months,"
	" form_id);"
	"INSERT INTO deadline VALUES"
	" ('bsi24', 't', NULL, 'bsi', 'awareness', 24, NULL, NULL),"
	" ('bsi72', 't', NULL, 'bsi', 'awareness', 72, NULL, NULL),"
	" ('bsi1m', 't', NULL, 'bsi', 'report_72h', NULL, 1, NULL),"
	" ('bsi2', 't', NULL, 'bsi', 'first_report', 200, NULL, NULL),"
	" ('lfdi72', 't', NULL, 'lfdi', 'awareness', 72, NULL, NULL),"
	" ('zac', 't', 'am ersten Tag', 'zac', 'awareness', NULL, NULL, NULL),"
	" ('none72', 't', NULL, NULL, 'report_72h', 5, NULL, NULL),"
	" ('past', 't', NULL, 'lfdi', 'occurrence', 48, NULL, NULL);";

static const char journal[] =
	"CREATE TABLE deadline(deadline, state, start, due, event);"
	"INSERT INTO deadline VALUES"
	" ('bsi72', 'running', 1000, 9000, 1), ('lfdi72', 'running', 1000, 8000, 2),"
	" ('bsi24', 'done', 1000, 2000, 5), ('past', 'not_applicable', NULL, NULL, 4),"
	" ('bsi2', 'running', 'x', 9223372036854775807, 1), ('gone', 'running', 1, 2, 1),"
	" ('none72', 'no such state', 1, 2, 1);"
	"CREATE TABLE event(id, boot, seq, kind, rank, live);"
	"CREATE TABLE field(event, key, value);"
	"INSERT INTO event VALUES (1, 'b', 1, 'deadline', 10, 1), (2, 'b', 2, 'deadline', 20, 1),"
	" (3, 'b', 3, 'deadline', 30, 0), (4, 'b', 4, 'deadline', 40, 1),"
	" (5, 'b', 5, 'deadline', 50, 1);"
	"INSERT INTO field VALUES (1, 'deadline', 'bsi72'), (1, 'start', '1000'),"
	" (2, 'deadline', 'lfdi72'), (2, 'start', '1500'), (3, 'deadline', 'bsi24'),"
	" (3, 'start', '77'), (4, 'deadline', 'past'), (4, 'state', 'not_applicable'),"
	" (1, 'state', 'running'), (2, 'state', 'running'), (3, 'state', 'running'),"
	" (5, 'deadline', 'bsi24'), (5, 'start', '1000'), (5, 'state', 'done');";

struct made {
	struct book book;
	struct view view;
	struct deadlines deadlines;
};

static void make(struct made *m)
{
	struct error e = { 0 };

	*m = (struct made){ 0 };
	m->book.db = db_create(":memory:", &e);
	m->view.db = db_create(":memory:", &e);
	assert_true(m->book.db && m->view.db && db_exec(m->book.db, kit, &e) &&
		    db_exec(m->view.db, journal, &e));
	assert_true(deadlines_read(&m->deadlines, &m->book, &m->view, &e));
}

static void unmake(struct made *m)
{
	deadlines_release(&m->deadlines);
	db_close(m->book.db);
	db_close(m->view.db);
}

static void in_the_order_of_need(void **state)
{
	static const char *const want[] = { "zac",    "bsi2",  "lfdi72", "bsi72",
					    "none72", "bsi1m", "bsi24",  "past" };
	struct made m;

	(void)state;
	make(&m);
	assert_int_equal(m.deadlines.count, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < m.deadlines.count; i++)
		assert_string_equal(m.deadlines.list[i].id, want[i]);
	/* One without a believable time is running, and is not what is due next. */
	assert_int_equal(m.deadlines.list[1].state, DEADLINE_RUNNING);
	assert_int_equal(m.deadlines.list[1].due_ms, 0);
	assert_string_equal(deadlines_next(&m.deadlines)->id, "lfdi72");
	unmake(&m);
}

static void what_starts_what(void **state)
{
	static const struct {
		const char *done, *later;
		bool starts;
	} rows[] = {
		{ "bsi72", "bsi1m", true },   { "bsi24", "bsi1m", false },
		{ "lfdi72", "bsi1m", false }, { "bsi24", "bsi2", true },
		{ "bsi72", "bsi2", false },   { "bsi72", "bsi24", false },
		{ "bsi72", "none72", false }, { "bsi1m", "bsi2", false },
	};
	struct error e = { 0 };
	struct made m;

	(void)state;
	make(&m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (deadline_starts(&m.deadlines, deadlines_find(&m.deadlines, rows[i].done, &e),
				    deadlines_find(&m.deadlines, rows[i].later, &e)) !=
		    rows[i].starts)
			fail_msg("%s, %s", rows[i].done, rows[i].later);
	unmake(&m);
}

/* The latest word on awareness counts, of whichever deadline; what was closed does not. */
static void when_it_became_known(void **state)
{
	static const struct {
		const char *id;
		int64_t start;
	} rows[] = { { "zac", 1500 }, { "bsi24", 1500 }, { "past", 0 }, { "bsi1m", 0 } };
	struct error e = { 0 };
	struct made m;

	(void)state;
	make(&m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t start;

		assert_true(deadline_event_time(deadlines_find(&m.deadlines, rows[i].id, &e),
						&m.deadlines, &m.view, &start, &e));
		assert_int_equal(start, rows[i].start);
	}
	assert_null(deadlines_find(&m.deadlines, "nothing", &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	unmake(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(due),
		cmocka_unit_test(lengths_that_cannot_be_meant),
		cmocka_unit_test(every_day_of_twenty_one_years),
		cmocka_unit_test(time_left),
		cmocka_unit_test(in_the_order_of_need),
		cmocka_unit_test(what_starts_what),
		cmocka_unit_test(when_it_became_known),
	};

	language_set("en");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
