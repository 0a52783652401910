/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The roster: who is on duty, without a gap, for the next weeks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

#define DAY_MINUTES (24 * 60)

struct duty {
	int64_t from, to; /* minutes since 1970 */
	const struct record *record;
};

/* The days that are looked at. */
struct window {
	int64_t begin, end;
};

static bool minutes_of(const char *time, int64_t *out)
{
	char date[11];
	int64_t day;

	if (strlen(time) < 16)
		return false;
	snprintf(date, sizeof(date), "%.10s", time);
	if (!date_parse(date, &day))
		return false;
	*out = day * DAY_MINUTES + (time[11] - '0') * 600 + (time[12] - '0') * 60 +
	       (time[14] - '0') * 10 + (time[15] - '0');
	return true;
}

/* Days back to a calendar date (proleptic Gregorian, eras of 400 years). */
static char *written(char out[32], int64_t minutes)
{
	int64_t day = minutes / DAY_MINUTES, rest = minutes % DAY_MINUTES;
	int64_t z = day + 719468, era = z / 146097, of_era = z - era * 146097;
	int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
	int64_t m = (5 * of_year + 2) / 153, d = of_year - (153 * m + 2) / 5 + 1;

	m = m < 10 ? m + 3 : m - 9;
	year += era * 400 + (m <= 2);
	snprintf(out, 32, "%04u-%02u-%02u %02u:%02u", (unsigned)(year % 10000), (unsigned)(m % 100),
		 (unsigned)(d % 100), (unsigned)(rest / 60 % 24), (unsigned)(rest % 60));
	return out;
}

static int by_begin(const void *a, const void *b)
{
	const struct duty *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

static void say_gap(struct check *c, const struct duty *at, int64_t from, int64_t to)
{
	char a[32], b[32];

	check_say(c, FAULT, "roster-gap", at->record,
		  _("nobody is on duty as '%s' from %s to %s; add a line for this time"),
		  check_cell(c, ROSTER, at->record, "role"), written(a, from), written(b, to));
}

static void say_overlap(struct check *c, const struct duty *first, const struct duty *second)
{
	char a[32], b[32];
	const char *x = check_cell(c, ROSTER, first->record, "person");
	const char *y = check_cell(c, ROSTER, second->record, "person");

	if (strcmp(x, y) != 0)
		check_say(c, WARNING, "roster-overlap", second->record,
			  _("'%s' and '%s' are both on duty as '%s' from %s to %s; leave one of "
			    "them there"),
			  x, y, check_cell(c, ROSTER, second->record, "role"),
			  written(a, second->from),
			  written(b, second->to < first->to ? second->to : first->to));
}

static void check_duties(struct check *c, struct duty *list, size_t count,
			 const struct window *window)
{
	const struct duty *last = NULL; /* of those before, the one that ends last */
	int64_t covered = window->begin;

	qsort(list, count, sizeof(*list), by_begin);
	for (size_t i = 0; i < count; i++) {
		const struct duty *d = &list[i];

		if (d->from >= window->end)
			break;
		if (d->to > window->begin && d->from > covered)
			say_gap(c, last ? last : d, covered, d->from);
		if (last && d->from < last->to && d->to > window->begin && last->to > window->begin)
			say_overlap(c, last, d);
		if (d->to > covered)
			covered = d->to;
		if (!last || d->to > last->to)
			last = d;
	}
	if (covered < window->end)
		say_gap(c, last ? last : list, covered, window->end);
}

void check_roster(struct check *c)
{
	const struct table *t = &c->s->tables[ROSTER];
	struct window window = { c->day * DAY_MINUTES, (c->day + CHECK_ROSTER_DAYS) * DAY_MINUTES };
	struct duty *list;
	struct lookup roles;
	size_t n = 0;

	if (!t->count)
		return;
	lookup_make(&roles, t, "role");
	list = mem_array(t->count, sizeof(*list));
	for (size_t i = 0; i < roles.count; i++) {
		const struct record *r = roles.list[i].record;
		struct duty d = { .record = r };

		if (minutes_of(table_get(t, r, "from"), &d.from) &&
		    minutes_of(table_get(t, r, "to"), &d.to)) {
			if (d.to > d.from)
				list[n++] = d;
			else
				check_say(c, FAULT, "roster-order", r,
					  _("the duty ends (%s) before it begins (%s); correct the "
					    "times"),
					  table_get(t, r, "to"), table_get(t, r, "from"));
		}
		if (i + 1 == roles.count || strcmp(roles.list[i].key, roles.list[i + 1].key)) {
			if (n)
				check_duties(c, list, n, &window);
			n = 0;
		}
	}
	free(list);
	lookup_release(&roles);
}
