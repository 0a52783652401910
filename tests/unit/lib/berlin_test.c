/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Legal time in Germany: every hour of 2020 to 2040 as the system's zone data has it, both
 * changes of the clocks to the minute, and times as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/language.h"
#include "lib/data/berlin.h"
#include "lib/data/date.h"

#define ZONES "/usr/share/zoneinfo/"

static int64_t day_ms(unsigned year, unsigned month, unsigned day)
{
	return date_day(year, month, day) * DATE_SECONDS * 1000;
}

/* UTC, as the tables write it. */
static int64_t utc(const char *stamp)
{
	unsigned y, m, d, hour, minute;

	if (sscanf(stamp, "%u-%u-%u %u:%u", &y, &m, &d, &hour, &minute) != 5)
		fail_msg("%s is no time", stamp);
	return day_ms(y, m, d) + (hour * 60 + minute) * (int64_t)60000;
}

static void zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

/* What the system's zone data says of an instant; false if we say something else. */
static bool same(int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct berlin t;
	struct tm tm;

	localtime_r(&s, &tm);
	berlin_local(ms, &t);
	return (int)t.year == tm.tm_year + 1900 && (int)t.month == tm.tm_mon + 1 &&
	       (int)t.day == tm.tm_mday && (int)t.hour == tm.tm_hour &&
	       (int)t.minute == tm.tm_min && (int)t.second == tm.tm_sec &&
	       (int)t.weekday == (tm.tm_wday + 6) % 7 && t.summer == (tm.tm_isdst > 0);
}

static void every_hour_of_twenty_one_years(void **state)
{
	(void)state;
	if (access(ZONES "Europe/Berlin", R_OK) != 0)
		skip();
	zone("Europe/Berlin");
	for (int64_t ms = day_ms(2020, 1, 1); ms < day_ms(2041, 1, 1); ms += BERLIN_HOUR_MS) {
		struct berlin t;
		int64_t first, second;

		if (!same(ms) || !same(ms - 1000))
			fail_msg("not as the system has it: %lld", (long long)ms);
		berlin_local(ms, &t);
		assert_true(berlin_utc(&t, &first, &second));
		/* The way back gives the instant, and the other one with the same wall time. */
		assert_true(ms == first || ms == second);
		if (first != second) {
			assert_int_equal(second - first, BERLIN_HOUR_MS);
			assert_int_equal(t.month, 10);
		}
	}
	zone("UTC");
}

/* Every minute that a clock on the wall could show in a night of change is there once, twice
 * or never. */
static void the_nights_of_change(void **state)
{
	(void)state;
	for (unsigned year = 2020; year <= 2040; year++) {
		unsigned never = 0, twice = 0;

		for (unsigned month = 3; month <= 10; month += 7)
			for (unsigned day = 25; day <= 31; day++)
				for (unsigned minute = 0; minute < 24 * 60; minute++) {
					const struct berlin t = { .year = year,
								  .month = month,
								  .day = day,
								  .hour = minute / 60,
								  .minute = minute % 60 };
					int64_t first, second;

					if (!berlin_utc(&t, &first, &second))
						never += month == 3 && t.hour == 2 ? 1 : 1000;
					else if (first != second)
						twice += month == 10 && t.hour == 2 ? 1 : 1000;
				}
		assert_int_equal(never, 60);
		assert_int_equal(twice, 60);
	}
}

/* The table of other zones is neither too long nor, in Europe, too short. */
static void other_zones(void **state)
{
	static const char *const others[] = { "Europe/London",  "Europe/Dublin", "Europe/Lisbon",
					      "Europe/Athens",  "Europe/Kyiv",   "Europe/Istanbul",
					      "Europe/Moscow",  "Europe/Minsk",  "UTC",
					      "Africa/Algiers", "Africa/Tunis",  "",
					      "Europe/berlin" };
	static const char *const zones[] = {
		"Europe/Berlin",     "Europe/Vienna", "Europe/Zurich", "Europe/Vaduz",
		"Europe/Luxembourg", "Europe/Paris",  "Europe/Warsaw", "Europe/Prague",
		"Europe/Brussels",   "Europe/Skopje", "Africa/Ceuta"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (berlin_same_rules(others[i]))
			fail_msg("%s", others[i]);
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		char path[128];

		assert_true(berlin_same_rules(zones[i]));
		snprintf(path, sizeof(path), ZONES "%s", zones[i]);
		if (access(path, R_OK) != 0)
			skip();
		zone(zones[i]);
		for (int64_t ms = day_ms(2020, 1, 1); ms < day_ms(2041, 1, 1); ms += BERLIN_HOUR_MS)
			if (!same(ms))
				fail_msg("%s at %lld", zones[i], (long long)ms);
	}
	zone("UTC");
}

static void words_and_stamps(void **state)
{
	static const struct {
		const char *utc, *words, *stamp;
	} rows[] = {
		{ "2026-10-23 15:30", "Fri 23 Oct 2026 17:30 CEST", "2026-10-23 17:30 CEST" },
		{ "2026-10-26 15:30", "Mon 26 Oct 2026 16:30 CET", "2026-10-26 16:30 CET" },
		{ "2027-03-29 16:30", "Mon 29 Mar 2027 18:30 CEST", "2027-03-29 18:30 CEST" },
		{ "2026-10-25 00:59", "Sun 25 Oct 2026 02:59 CEST", "2026-10-25 02:59 CEST" },
		{ "2026-10-25 01:00", "Sun 25 Oct 2026 02:00 CET", "2026-10-25 02:00 CET" },
		{ "2027-03-28 00:59", "Sun 28 Mar 2027 01:59 CET", "2027-03-28 01:59 CET" },
		{ "2027-03-28 01:00", "Sun 28 Mar 2027 03:00 CEST", "2027-03-28 03:00 CEST" },
		{ "2026-12-31 23:30", "Fri 1 Jan 2027 00:30 CET", "2027-01-01 00:30 CET" },
		{ "9999-12-31 22:59", "Wed 1 Jan 2200 00:59 CET", "2200-01-01 00:59 CET" },
		{ "1969-12-31 22:59", "Wed 31 Dec 1969 23:59 CET", "1969-12-31 23:59 CET" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[BERLIN_WORDS];

		assert_string_equal(berlin_words(out, utc(rows[i].utc)), rows[i].words);
		assert_string_equal(berlin_stamp(out, utc(rows[i].utc)), rows[i].stamp);
	}
}

#define NOW "2026-11-26 11:05" /* Thu 26 Nov 2026 12:05 CET */

static const struct {
	const char *typed;
	enum berlin_guess guess;
	const char *now, *first, *second; /* UTC; first "": refused */
	bool guessed;
} typed[] = {
	{ "23.10.2026 17:30", BERLIN_LATEST, NOW, "2026-10-23 15:30", "", false },
	{ " 23.10.26, 17:30 Uhr ", BERLIN_LATEST, NOW, "2026-10-23 15:30", "", false },
	{ "2026-10-23 17:30", BERLIN_LATEST, NOW, "2026-10-23 15:30", "", false },
	{ "2026-10-23T17:30", BERLIN_LATEST, NOW, "2026-10-23 15:30", "", false },
	{ "23.10.2026 17:30 mesz", BERLIN_LATEST, NOW, "2026-10-23 15:30", "", false },
	{ "23.10. 17:30", BERLIN_LATEST, NOW, "2026-10-23 15:30", "", true },
	{ "31.12. 23:59", BERLIN_LATEST, NOW, "2025-12-31 22:59", "", true },
	{ "31.12. 23:59", BERLIN_NEAREST, NOW, "2026-12-31 22:59", "", true },
	{ "29.02. 10:00", BERLIN_LATEST, NOW, "", "", false },
	{ "29.2.2028 10:00", BERLIN_LATEST, NOW, "2028-02-29 09:00", "", false },
	{ "11:59", BERLIN_LATEST, NOW, "2026-11-26 10:59", "", true },
	/* A watch that is some minutes ahead of the PC does not mean yesterday. */
	{ "12:06", BERLIN_LATEST, NOW, "2026-11-26 11:06", "", true },
	{ "12:15", BERLIN_LATEST, NOW, "2026-11-26 11:15", "", true },
	{ "12:16", BERLIN_LATEST, NOW, "2026-11-25 11:16", "", true },
	{ "00:04", BERLIN_LATEST, "2026-11-25 22:58", "2026-11-25 23:04", "", true },
	{ "01.01. 00:02", BERLIN_LATEST, "2026-12-31 22:59", "2026-12-31 23:02", "", true },
	{ "12:06", BERLIN_NEAREST, NOW, "2026-11-26 11:06", "", true },
	{ "23:50", BERLIN_NEAREST, "2026-11-25 23:05", "2026-11-25 22:50", "", true },
	{ "00:10", BERLIN_NEAREST, "2026-11-25 22:55", "2026-11-25 23:10", "", true },
	{ "gestern 17:30", BERLIN_LATEST, NOW, "2026-11-25 16:30", "", false },
	{ "Yesterday 17:30", BERLIN_LATEST, "2027-01-01 11:00", "2026-12-31 16:30", "", false },
	{ "heute 9:05", BERLIN_LATEST, NOW, "2026-11-26 08:05", "", false },
	/* Later than now is as typed where the day is typed. */
	{ "today 18:00", BERLIN_LATEST, NOW, "2026-11-26 17:00", "", false },
	{ "17:30:20", BERLIN_NEAREST, NOW, "2026-11-26 16:30", "", true },
	/* The hour that happens twice: the earlier reading first. */
	{ "25.10.2026 02:30", BERLIN_LATEST, NOW, "2026-10-25 00:30", "2026-10-25 01:30", false },
	{ "25.10.2026 02:30 MESZ", BERLIN_LATEST, NOW, "2026-10-25 00:30", "", false },
	{ "25.10.2026 02:30 CET", BERLIN_LATEST, NOW, "2026-10-25 01:30", "", false },
	{ "25.10.2026 03:00", BERLIN_LATEST, NOW, "2026-10-25 02:00", "", false },
	/* The hour that does not exist, also where it is only guessed. */
	{ "28.03.2027 02:30", BERLIN_LATEST, NOW, "", "", false },
	{ "28.03.2027 02:30 MEZ", BERLIN_LATEST, NOW, "", "", false },
	{ "02:30", BERLIN_LATEST, "2027-03-28 10:00", "", "", false },
	{ "02:30", BERLIN_LATEST, "2027-03-29 10:00", "2027-03-29 00:30", "", true },
	{ "28.03.2027 03:00", BERLIN_LATEST, NOW, "2027-03-28 01:00", "", false },
	{ "28.03.2027 01:59", BERLIN_LATEST, NOW, "2027-03-28 00:59", "", false },
	/* Letters of the wrong half of the year. */
	{ "23.10.2026 17:30 MEZ", BERLIN_LATEST, NOW, "", "", false },
	{ "26.10.2026 17:30 CEST", BERLIN_LATEST, NOW, "", "", false },
	/* What is no time. */
	{ "", BERLIN_LATEST, NOW, "", "", false },
	{ "17", BERLIN_LATEST, NOW, "", "", false },
	{ "17.30", BERLIN_LATEST, NOW, "", "", false },
	{ "24:00", BERLIN_LATEST, NOW, "", "", false },
	{ "12:60", BERLIN_LATEST, NOW, "", "", false },
	{ "12:30:60", BERLIN_LATEST, NOW, "", "", false },
	{ "12:30 UTC", BERLIN_LATEST, NOW, "", "", false },
	{ "12:30 METZ", BERLIN_LATEST, NOW, "", "", false },
	{ "31.04.2026 10:00", BERLIN_LATEST, NOW, "", "", false },
	{ "23.13.2026 10:00", BERLIN_LATEST, NOW, "", "", false },
	{ "2026-10 10:00", BERLIN_LATEST, NOW, "", "", false },
	{ "23.10.2026", BERLIN_LATEST, NOW, "", "", false },
	{ "23.10.99999 10:00", BERLIN_LATEST, NOW, "", "", false },
	{ "1000000000000:00", BERLIN_LATEST, NOW, "", "", false },
};

static void typed_times(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		struct berlin_input in = { 0 };
		struct error e = { 0 };
		bool ok = berlin_parse(typed[i].typed, typed[i].guess, utc(typed[i].now), &in, &e);

		if (ok != (*typed[i].first != 0))
			fail_msg("'%s' (row %zu): %s", typed[i].typed, i, ok ? "taken" : e.text);
		if (!ok) {
			assert_int_equal(e.kind, ERROR_USAGE);
			continue;
		}
		/* The row with seconds: they are kept. */
		in.utc_ms -= in.utc_ms % 60000;
		in.second_ms -= in.second_ms % 60000;
		if (in.utc_ms != utc(typed[i].first) ||
		    in.second_ms != utc(*typed[i].second ? typed[i].second : typed[i].first) ||
		    in.guessed != typed[i].guessed)
			fail_msg("'%s' (row %zu) is %lld", typed[i].typed, i, (long long)in.utc_ms);
	}
}

/* What is printed for scripts is taken back, also in the hour that happens twice. */
static void stamps_come_back(void **state)
{
	(void)state;
	for (int64_t ms = utc("2026-10-24 00:00"); ms < utc("2026-10-27 00:00"); ms += 60000) {
		char out[BERLIN_WORDS];
		struct berlin_input in;
		struct error e = { 0 };

		assert_true(berlin_parse(berlin_stamp(out, ms), BERLIN_LATEST, 0, &in, &e));
		assert_true(in.utc_ms == ms && in.second_ms == ms && !in.guessed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_hour_of_twenty_one_years),
		cmocka_unit_test(the_nights_of_change),
		cmocka_unit_test(other_zones),
		cmocka_unit_test(words_and_stamps),
		cmocka_unit_test(typed_times),
		cmocka_unit_test(stamps_come_back),
	};

	language_set("en");
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
