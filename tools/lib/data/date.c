/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendar dates as people write them. */
#include "lib/data/date.h"

#include <stdio.h>
#include <string.h>

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

unsigned date_month_days(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

bool date_exists(unsigned year, unsigned month, unsigned day)
{
	if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= date_month_days(year, month);
}

int64_t date_day(unsigned y, unsigned m, unsigned d)
{
	/* Days before 1 March of the year, counted from March so that the leap day
	 * comes last (the usual arithmetic of the proleptic Gregorian calendar). */
	int64_t year = (int64_t)y - (m <= 2);
	int64_t month = ((int64_t)m + 9) % 12;

	return year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 +
	       (int64_t)d - 1 - 719468;
}

void date_of(int64_t day, unsigned *y, unsigned *m, unsigned *d)
{
	/* By eras of 400 years, each with 146,097 days, from 1 March of year 0. */
	int64_t from_march = day + 719468;
	int64_t era = (from_march >= 0 ? from_march : from_march - 146096) / 146097;
	int64_t of_era = from_march - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153; /* 0 is March */

	*d = (unsigned)(of_year - (153 * month + 2) / 5 + 1);
	*m = (unsigned)(month < 10 ? month + 3 : month - 9);
	*y = (unsigned)(year + era * 400 + (*m <= 2));
}

/* Up to `max` digits, at least `min`; returns how many were read, 0 if too few. */
static size_t digits(const char *s, size_t min, size_t max, unsigned *out)
{
	size_t n = 0;

	for (*out = 0; n < max && s[n] >= '0' && s[n] <= '9'; n++)
		*out = *out * 10 + (unsigned)(s[n] - '0');
	return n < min ? 0 : n;
}

static const char *parse_iso(const char *s, unsigned *y, unsigned *m, unsigned *d)
{
	if (digits(s, 4, 4, y) && s[4] == '-' && digits(s + 5, 2, 2, m) && s[7] == '-' &&
	    digits(s + 8, 2, 2, d))
		return s + 10;
	return NULL;
}

static const char *parse_german(const char *s, unsigned *y, unsigned *m, unsigned *d)
{
	size_t n = digits(s, 1, 2, d);

	if (!n || s[n] != '.')
		return NULL;
	s += n + 1;
	n = digits(s, 1, 2, m);
	if (!n || s[n] != '.')
		return NULL;
	s += n + 1;
	n = digits(s, 2, 4, y);
	if (n == 2)
		*y += 2000;
	return n == 2 || n == 4 ? s + n : NULL;
}

bool date_parse(const char *s, int64_t *day)
{
	unsigned y, m, d;
	const char *end = parse_iso(s, &y, &m, &d);

	if (!end || *end || !date_exists(y, m, d))
		return false;
	*day = date_day(y, m, d);
	return true;
}

bool date_canonical(const char *s, bool time, char out[DATE_TEXT])
{
	unsigned y, m, d, hour, minute;
	const char *at = parse_iso(s, &y, &m, &d);
	size_t n;

	if (!at)
		at = parse_german(s, &y, &m, &d);
	if (!at || !date_exists(y, m, d))
		return false;
	snprintf(out, DATE_TEXT, "%04u-%02u-%02u", y % 10000, m % 100, d % 100);
	if (!time)
		return !*at;
	if (*at != ' ' && *at != 'T')
		return false;
	at++;
	n = digits(at, 1, 2, &hour);
	if (!n || at[n] != ':')
		return false;
	at += n + 1;
	n = digits(at, 2, 2, &minute);
	if (!n || at[n] || hour > 23 || minute > 59)
		return false;
	snprintf(out + 10, DATE_TEXT - 10, " %02u:%02u", hour % 100, minute % 100);
	return true;
}
