/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_BERLIN_H
#define LIB_DATA_BERLIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Legal time in Germany, between UTC in milliseconds since 1970 and what stands on a clock
 * on the wall: UTC + 1 h (CET, MEZ), + 2 h (CEST, MESZ) from the last Sunday of March to the last
 * Sunday of October, changing at 01:00 UTC (Directive 2000/84/EC, articles 2 and 3).
 * Compiled in, for the stick has no zone data and none could be trusted to be there. Right
 * from 1996 on; earlier times, which only a PC clock that lost its battery shows, by the same rule.
 */
#define BERLIN_HOUR_MS ((int64_t)3600 * 1000)
#define BERLIN_FIRST_MS (-2208988800000) /* 1900-01-01 00:00 UTC; earlier times are shown as this */
#define BERLIN_LAST_MS 7258118399999     /* 2199-12-31 24:00 UTC; later ones likewise */
#define BERLIN_WORDS 48                  /* bytes for berlin_words() */

struct berlin {
	unsigned year, month, day; /* month and day from 1 */
	unsigned hour, minute, second;
	unsigned weekday; /* 0 Monday to 6 Sunday */
	bool summer;      /* CEST */
};

void berlin_local(int64_t utc_ms, struct berlin *t);

/* The way back, from year to second; weekday and summer are not looked at. The last hour before
 * the clocks are put back happens twice, so two instants come out; else both are the same.
 * False for the hour that is left out in March; they are then as if it had not been. */
bool berlin_utc(const struct berlin *t, int64_t *first_ms, int64_t *second_ms);

/* "Mon 26 Oct 2026 16:30 CET", in the language of now. Returns out. */
char *berlin_words(char out[BERLIN_WORDS], int64_t utc_ms);

/* "2026-10-26 16:30 CET" for scripts: berlin_parse() takes it back. Returns out. */
char *berlin_stamp(char out[BERLIN_WORDS], int64_t utc_ms);

/* Which day is meant where only a time of day is typed, which year where none is. */
enum berlin_guess {
	BERLIN_LATEST,  /* it has happened: the last such time that is not after now, but for the
			   few minutes by which a clock on the wall is ahead of the PC's
			   (BERLIN_AHEAD_MS); what is after now then means now */
	BERLIN_NEAREST, /* it is now: what is nearest to what the PC takes for now */
};

#define BERLIN_AHEAD_MS ((int64_t)10 * 60 * 1000)

/* What to say, translated, where two instants bear the time that was typed. */
#define BERLIN_TWICE                                                                               \
	N_("this time came twice in that night; the earlier one, CEST, was taken. For the later "  \
	   "one type CET behind the time")

struct berlin_input {
	int64_t utc_ms;    /* of two readings the earlier, which is the strict one for a deadline */
	int64_t second_ms; /* the later one; the same where there is only one */
	bool guessed;      /* day or year were not typed: show which one was taken */
};

/*
 * A time as people type it: "23.10.2026 17:30", "23.10. 17:30", "17:30", "2026-10-23 17:30",
 * "gestern 17:30"; seconds, a comma after the date, "Uhr", and MEZ, MESZ, CET, CEST behind it
 * as they like. False in words for what is no time, the hour that did not exist, and letters
 * that do not belong to that day.
 */
__attribute__((warn_unused_result))
bool berlin_parse(const char *typed, enum berlin_guess guess, int64_t now_ms,
		  struct berlin_input *out, struct error *e);

/* True for the zones of the tz database whose clocks show the same time as Berlin's
 * all year round under the same directive or the same national rule (Europe/Vienna, Zurich ...). */
bool berlin_same_rules(const char *zone);

#endif
