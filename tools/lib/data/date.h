/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_DATE_H
#define LIB_DATA_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATE_SECONDS 86400 /* in a day */
#define DATE_TEXT 17       /* "2026-11-20 16:00" with its end */

/* The calendar in numbers: months and days from 1, years 1900 to 2199. */
bool date_exists(unsigned year, unsigned month, unsigned day);
unsigned date_month_days(unsigned year, unsigned month); /* 28 to 31 */
/* Days since 1 January 1970 of a date that exists. */
int64_t date_day(unsigned year, unsigned month, unsigned day);
void date_of(int64_t day, unsigned *year, unsigned *month, unsigned *of_month); /* the way back */

/* A calendar date "2026-11-01", years 1900 to 2199, as days since 1 January
 * 1970. False if there is no such day. */
__attribute__((warn_unused_result))
bool date_parse(const char *s, int64_t *day);

/* A date as offices write it, "2026-11-01" or "1.11.2026" or "01.11.26", in the
 * first form; with `time`, followed by a time of day: "2026-11-20 16:00". */
__attribute__((warn_unused_result))
bool date_canonical(const char *s, bool time, char out[DATE_TEXT]);

#endif
