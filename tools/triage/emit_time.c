/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers and times as text, without printf. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "triage/emit_inside.h"

#define DAY_SECONDS 86400
#define FILETIME_SECOND 10000000u
#define FILETIME_EPOCH 11644473600 /* seconds from 1601 to 1970 */

/* Days since 1970 as "2010-11-21": the Gregorian calendar for all time, by its 400-year cycles that
 * begin on 1 March. */
static size_t date_text(char *to, int64_t day)
{
	char *at = to;
	int64_t from = day + 719468; /* since 0000-03-01 */
	int64_t cycle = (from >= 0 ? from : from - 146096) / 146097;
	unsigned of_cycle = (unsigned)(from - cycle * 146097);
	unsigned year_of_cycle =
		(of_cycle - of_cycle / 1460 + of_cycle / 36524 - of_cycle / 146096) / 365;
	unsigned of_year =
		of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
	unsigned from_march = (5 * of_year + 2) / 153;
	unsigned of_month = of_year - (153 * from_march + 2) / 5 + 1;
	unsigned month = from_march < 10 ? from_march + 3 : from_march - 9;
	int64_t year = (int64_t)year_of_cycle + cycle * 400 + (month <= 2);

	if (year < 0 || year > 9999) { /* ISO 8601: a sign where four digits are not enough */
		*at++ = year < 0 ? '-' : '+';
		year = year < 0 ? -year : year;
	}
	if (year > 9999) {
		at = decimal_put(at, (uint64_t)year);
	} else {
		at = decimal_two(at, (unsigned)(year / 100));
		at = decimal_two(at, (unsigned)(year % 100));
	}
	*at++ = '-';
	at = decimal_two(at, month);
	*at++ = '-';
	at = decimal_two(at, of_month);
	return (size_t)(at - to);
}

char *emit_time_text(struct emit *o, char *to, const struct emit_at *when)
{
	int64_t day = when->s / DAY_SECONDS, second = when->s % DAY_SECONDS;
	unsigned of_day;

	if (second < 0) {
		day--;
		second += DAY_SECONDS;
	}
	of_day = (unsigned)second;
	if (day != o->day || !o->date_len) { /* neighbours are mostly of one day */
		o->date_len = date_text(o->date, day);
		o->day = day;
	}
	memcpy(to, o->date, sizeof(o->date));
	to += o->date_len;
	*to++ = 'T';
	to = decimal_two(to, of_day / 3600);
	*to++ = ':';
	to = decimal_two(to, of_day / 60 % 60);
	*to++ = ':';
	to = decimal_two(to, of_day % 60);
	if (when->digits) {
		unsigned left = when->ns, unit = 100000000;

		*to++ = '.';
		for (unsigned i = 0; i < when->digits; i++, unit /= 10) {
			*to++ = (char)('0' + left / unit);
			left %= unit;
		}
	}
	return to;
}

/* The value of a field that is a time: "2010-11-21T03:55:59Z". */
static void put_time(struct emit *o, const char *key, const struct emit_at *at)
{
	emit_moment(o, at);

	char *to = emit_value(o, key, VALUE_QUOTED, EMIT_TIME_ROOM);
	if (!to)
		return;
	to = emit_time_text(o, to, at);
	*to++ = 'Z';
	emit_value_end(o, VALUE_QUOTED, to);
}

void emit_filetime(struct emit *o, const char *key, uint64_t ticks, enum emit_moment what)
{
	if (!ticks) {
		emit_null(o, key);
		return;
	}
	const struct emit_at at = { (int64_t)(ticks / FILETIME_SECOND) - FILETIME_EPOCH,
				    (uint32_t)(ticks % FILETIME_SECOND) * 100, 7, what };

	put_time(o, key, &at);
}

void emit_unix(struct emit *o, const char *key, int64_t s, uint32_t ns, unsigned digits,
	       enum emit_moment what)
{
	struct emit_at at = { s, ns, (uint8_t)(digits > 9 ? 9 : digits), what };

	if (ns > 999999999) { /* no such part of a second: ext4 has room for it */
		at.ns = ns % 1000000000;
		if (__builtin_add_overflow(s, ns / 1000000000, &at.s))
			at.s = INT64_MAX;
	}
	put_time(o, key, &at);
}

void emit_real(struct emit *o, const char *key, double value)
{
	char text[40] = "null";

	/* The shortest that is read back as the same; C's comma, if a language has one, is a point. */
	for (int digits = 15; isfinite(value) && digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	for (char *c = text; *c; c++)
		if (*c == ',')
			*c = '.';

	size_t len = strlen(text);
	char *to = emit_value(o, key, VALUE_BARE, len);
	if (!to)
		return;
	memcpy(to, text, len);
	emit_value_end(o, VALUE_BARE, to + len);
}
