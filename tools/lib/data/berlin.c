/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Legal time in Germany: from UTC, to UTC, as words, and zones that keep the same time. */
#include "lib/data/berlin.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/data/date.h"

#define SECOND_MS ((int64_t)1000)
#define DAY_MS (DATE_SECONDS * SECOND_MS)

/* Rounded down, also before 1970. */
static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* 01:00 UTC on the last Sunday of a month of 31 days: when the clocks are changed. */
static int64_t change_ms(unsigned year, unsigned month)
{
	int64_t last = date_day(year, month, 31);
	int64_t sunday = floor_div(last - 3, 7) * 7 + 3; /* day 3 of 1970 was one */

	return sunday * DAY_MS + BERLIN_HOUR_MS;
}

void berlin_local(int64_t utc_ms, struct berlin *t)
{
	int64_t local, day, second;

	*t = (struct berlin){ 0 };
	/* Times may come from another stick: one that is none must not overflow here. */
	if (utc_ms < BERLIN_FIRST_MS)
		utc_ms = BERLIN_FIRST_MS;
	if (utc_ms > BERLIN_LAST_MS)
		utc_ms = BERLIN_LAST_MS;
	/* The year of UTC will do: when it turns it is winter either way. */
	date_of(floor_div(utc_ms, DAY_MS), &t->year, &t->month, &t->day);
	t->summer = utc_ms >= change_ms(t->year, 3) && utc_ms < change_ms(t->year, 10);
	local = utc_ms + (t->summer ? 2 : 1) * BERLIN_HOUR_MS;
	day = floor_div(local, DAY_MS);
	second = (local - day * DAY_MS) / SECOND_MS;
	date_of(day, &t->year, &t->month, &t->day);
	t->hour = (unsigned)(second / 3600);
	t->minute = (unsigned)(second / 60 % 60);
	t->second = (unsigned)(second % 60);
	t->weekday = (unsigned)(day + 3 - floor_div(day + 3, 7) * 7); /* day 0 was a Thursday */
}

bool berlin_utc(const struct berlin *t, int64_t *first_ms, int64_t *second_ms)
{
	int64_t wall = date_day(t->year, t->month, t->day) * DAY_MS + t->hour * BERLIN_HOUR_MS +
		       (t->minute * 60 + t->second) * SECOND_MS;
	int64_t summer = wall - 2 * BERLIN_HOUR_MS, winter = wall - BERLIN_HOUR_MS;
	bool is_summer = summer >= change_ms(t->year, 3) && summer < change_ms(t->year, 10);
	bool is_winter = winter < change_ms(t->year, 3) || winter >= change_ms(t->year, 10);

	*first_ms = is_summer ? summer : winter;
	*second_ms = is_winter ? winter : summer;
	return is_summer || is_winter;
}

char *berlin_words(char out[BERLIN_WORDS], int64_t utc_ms)
{
	static const char *const days[] = {
		N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"),
	};
	static const char *const months[] = {
		N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
		N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
	};
	struct berlin t;

	berlin_local(utc_ms, &t);
	/* TRANSLATORS: weekday, day, month, year, time, zone: "Mon 26 Oct 2026 16:30 CET" */
	snprintf(out, BERLIN_WORDS, _("%s %u %s %u %02u:%02u %s"), _(days[t.weekday]), t.day,
		 _(months[t.month - 1]), t.year, t.hour, t.minute, t.summer ? _("CEST") : _("CET"));
	return out;
}

char *berlin_stamp(char out[BERLIN_WORDS], int64_t utc_ms)
{
	struct berlin t;

	berlin_local(utc_ms, &t);
	snprintf(out, BERLIN_WORDS, "%04u-%02u-%02u %02u:%02u %s", t.year, t.month, t.day, t.hour,
		 t.minute, t.summer ? "CEST" : "CET");
	return out;
}

bool berlin_same_rules(const char *zone)
{
	static const char *const zones[] = {
		"Africa/Ceuta",     "Arctic/Longyearbyen", "Atlantic/Jan_Mayen",
		"Europe/Amsterdam", "Europe/Andorra",      "Europe/Belgrade",
		"Europe/Berlin",    "Europe/Bratislava",   "Europe/Brussels",
		"Europe/Budapest",  "Europe/Busingen",     "Europe/Copenhagen",
		"Europe/Gibraltar", "Europe/Ljubljana",    "Europe/Luxembourg",
		"Europe/Madrid",    "Europe/Malta",        "Europe/Monaco",
		"Europe/Oslo",      "Europe/Paris",        "Europe/Podgorica",
		"Europe/Prague",    "Europe/Rome",         "Europe/San_Marino",
		"Europe/Sarajevo",  "Europe/Skopje",       "Europe/Stockholm",
		"Europe/Tirane",    "Europe/Vaduz",        "Europe/Vatican",
		"Europe/Vienna",    "Europe/Warsaw",       "Europe/Zagreb",
		"Europe/Zurich",
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (strcmp(zones[i], zone) == 0)
			return true;
	return false;
}
