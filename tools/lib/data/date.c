/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calendar dates as people write them. */
#include "lib/data/date.h"

#include <stdio.h>
#include <string.h>

static bool is_leap(unsigned year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool exists(unsigned year, unsigned month, unsigned day)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
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

	if (!end || *end || !exists(y, m, d))
		return false;
	/* Days before 1 March of the year, counted from March so that the leap day
	 * comes last (the usual arithmetic of the proleptic Gregorian calendar). */
	int64_t year = (int64_t)y - (m <= 2);
	int64_t month = ((int64_t)m + 9) % 12;

	*day = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 +
	       (int64_t)d - 1 - 719468;
	return true;
}

bool date_canonical(const char *s, bool time, char out[DATE_TEXT])
{
	unsigned y, m, d, hour, minute;
	const char *at = parse_iso(s, &y, &m, &d);
	size_t n;

	if (!at)
		at = parse_german(s, &y, &m, &d);
	if (!at || !exists(y, m, d))
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
