/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the report to the council says about plans, people and exercises: counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/report.h"
#include "lib/base/language.h"
#include "lib/data/date.h"

#define FRESH_DAYS 180
#define PAST_DAYS 730 /* 24 months */
#define ALWAYS (PAPER_TIGHTEST + 1)

bool report_age(const struct report *r, const char *date, int64_t *days)
{
	int64_t day;

	if (!date_parse(date, &day))
		return false;
	*days = r->day - day;
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

const char *report_words(const struct report *r, const char *text)
{
	const struct table *t = &r->pr->s->tables[PEOPLE];
	char *words = arena_string(r->pr->memory, print_words(r->pr, text));

	for (size_t i = 0; i < t->count; i++) {
		const char *name = table_get(t, &t->records[i], "last_name");
		size_t n = strlen(name);

		for (char *at = words; n > 1 && (at = strstr(at, name)); at += n)
			if ((at == words || !is_letter(at[-1])) && !is_letter(at[n]))
				memset(at, '*', n);
	}
	return words;
}

struct report_section *report_begin(struct report *r, const char *id, const char *title)
{
	struct report_section *s = &r->sections[r->count++];

	s->id = id;
	s->title = title;
	return s;
}

static struct report_row *add(struct report_section *s)
{
	mem_grow(&s->rows, &s->capacity, s->count + 1, sizeof(*s->rows));
	return &s->rows[s->count++];
}

void report_add(struct report_section *s, unsigned weight, const char *id, const char *label,
		const char *value)
{
	*add(s) = (struct report_row){ id, label, value, REPORT_NONE, REPORT_NONE, weight };
}

void report_count(struct report *r, struct report_section *s, const char *id, const char *label,
		  size_t count, size_t of, const char *value)
{
	const char *text;

	if (of == REPORT_NONE)
		text = print_format(r->pr, "%zu", count);
	else
		text = print_format(r->pr, _("%zu of %zu"), count, of);
	if (*value)
		text = print_format(r->pr, "%s, %s", text, value);
	*add(s) = (struct report_row){ id, label, text, count, of, ALWAYS };
}

/* Is the id in a list "P01,P02"? */
static bool has_id(const char *list, const char *id)
{
	size_t len = strlen(id);

	for (size_t n; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n == len && strncmp(list, id, n) == 0)
			return true;
	}
	return false;
}

/* The day when a plan was last exercised, as it says itself or by exercises.csv; or "". */
static const char *exercised_on(const struct report *r, const struct record *plan)
{
	const struct table *t = &r->pr->s->tables[EXERCISES];
	const char *last = print_cell(r->pr, PLANS, plan, "last_exercised");
	int64_t days;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *x = &t->records[i];
		const char *date = table_get(t, x, "date");

		if (strcmp(table_get(t, x, "type"), "exercise") == 0 &&
		    has_id(table_get(t, x, "plans"), print_cell(r->pr, PLANS, plan, "id")) &&
		    report_age(r, date, &days) && days >= 0 && strcmp(date, last) > 0)
			last = date;
	}
	return last;
}

static void add_plans(struct report *r)
{
	const struct table *t = &r->pr->s->tables[PLANS];
	struct report_section *s = report_begin(r, "plans", _("Plans"));
	size_t plans = 0, due = 0, never = 0;

	for (size_t i = 0; i < t->count; i++) {
		int64_t days;

		plans += !print_is_card(r->pr, &t->records[i]);
		due += report_age(r, table_get(t, &t->records[i], "review_by"), &days) && days > 0;
		never += !print_is_card(r->pr, &t->records[i]) && !*exercised_on(r, &t->records[i]);
	}
	report_count(r, s, "plans", _("Emergency plans"), plans, REPORT_NONE,
		     print_format(r->pr, _("cards: %zu"), t->count - plans));
	report_count(r, s, "review_overdue", _("Review overdue"), due, t->count, "");
	report_count(r, s, "never_exercised", _("Never exercised"), never, plans, "");
	for (size_t i = 0; i < t->count; i++) {
		const struct record *p = &t->records[i];
		const char *exercised = exercised_on(r, p);
		int64_t days;
		bool late = report_age(r, table_get(t, p, "review_by"), &days) && days > 0;

		if (print_is_card(r->pr, p))
			continue;
		report_add(
			s, 5, table_get(t, p, "id"),
			*exercised
				? print_format(r->pr, _("%s, exercised %s"), table_get(t, p, "id"),
					       print_date(r->pr, exercised))
				: print_format(r->pr, _("%s, never exercised"),
					       table_get(t, p, "id")),
			print_format(r->pr, "%s%s%s", report_words(r, table_get(t, p, "title")),
				     late ? _(", review overdue since ") : "",
				     late ? print_date(r->pr, table_get(t, p, "review_by")) : ""));
	}
}

/* Names of organisations, without what stands behind their first comma. */
static const char *short_names(const struct report *r, const char *ids)
{
	struct text out = { 0 };

	while (*ids) {
		size_t n = strcspn(ids, ",");
		const char *name = print_name(r->pr, KIT_ORGANISATION,
					      print_format(r->pr, "%.*s", (int)n, ids));

		text_addf(&out, "%s%.*s", out.len ? ", " : "", (int)strcspn(name, ","), name);
		ids += n + (ids[n] == ',');
	}
	return report_words(r, print_keep(r->pr, &out));
}

/* Exercises, or advice and audits, of the last 24 months. */
static void add_events(struct report *r, struct report_section *s, bool exercises)
{
	const struct table *t = &r->pr->s->tables[EXERCISES];
	size_t count = 0, shown = 0;
	int64_t days;

	for (size_t i = 0; i < t->count; i++)
		count += (strcmp(table_get(t, &t->records[i], "type"), "exercise") == 0) ==
				 exercises &&
			 report_age(r, table_get(t, &t->records[i], "date"), &days) && days >= 0 &&
			 days <= PAST_DAYS;
	report_count(r, s, exercises ? "exercises" : "advice",
		     exercises ? _("Exercises in 24 months") : _("Advice, audits in 24 months"),
		     count, REPORT_NONE, "");
	/* The latest stand last in the source: they are the ones to be kept. */
	for (size_t i = t->count; i--;) {
		const struct record *x = &t->records[i];
		const char *with = table_get(t, x, "organisations");
		const char *number = table_get(t, x, "participants");

		if ((strcmp(table_get(t, x, "type"), "exercise") == 0) != exercises ||
		    !report_age(r, table_get(t, x, "date"), &days) || days < 0 || days > PAST_DAYS)
			continue;
		report_add(s,
			   shown < 2   ? 5
			   : shown < 6 ? 3
				       : 1,
			   table_get(t, x, "id"), print_date(r->pr, table_get(t, x, "date")),
			   print_format(r->pr, "%s%s%s%s%s",
					report_words(r, table_get(t, x, "title")),
					*number ? _(" \u00b7 people: ") : "", number,
					*with ? _(" \u00b7 with ") : "", short_names(r, with)));
		shown++;
	}
}

/* How old what was checked is: counts into fresh and all; the oldest date. */
struct freshness {
	size_t fresh, all, unchecked;
	const char *oldest;
};

static void add_freshness(const struct report *r, enum table_name table, struct freshness *f)
{
	const struct table *t = &r->pr->s->tables[table];

	for (size_t i = 0; i < t->count; i++) {
		const char *date = table_get(t, &t->records[i], "checked_on");
		int64_t days;

		f->all++;
		if (!report_age(r, date, &days)) {
			f->unchecked++;
			continue;
		}
		f->fresh += days <= FRESH_DAYS;
		if (!f->oldest || strcmp(date, f->oldest) < 0)
			f->oldest = date;
	}
}

static const char *oldest_words(const struct report *r, const struct freshness *f)
{
	const char *words =
		f->oldest ? print_format(r->pr, _("oldest of %s"), print_date(r->pr, f->oldest))
			  : "";

	if (!f->unchecked)
		return words;
	return print_format(r->pr, "%s%s%s", words, *words ? ", " : "",
			    print_format(r->pr, _("never checked: %zu"), f->unchecked));
}

static void add_contacts(struct report *r)
{
	struct report_section *s = report_begin(r, "freshness", _("Contacts"));
	struct freshness people = { 0 }, bodies = { 0 };

	add_freshness(r, PEOPLE, &people);
	add_freshness(r, ORGANISATIONS, &bodies);
	report_count(r, s, "people_fresh", _("People checked within 180 days"), people.fresh,
		     people.all, oldest_words(r, &people));
	report_count(r, s, "organisations_fresh", _("Organisations checked within 180 days"),
		     bodies.fresh, bodies.all, oldest_words(r, &bodies));
}

/* Is there a row of holders.csv for this person in this role, of today if `current`? */
static bool has_row(const struct report *r, const char *role, const char *person, bool current)
{
	const struct table *t = &r->pr->s->tables[HOLDERS];
	int64_t days;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *h = &t->records[i];

		if (strcmp(table_get(t, h, "role"), role) != 0 ||
		    strcmp(table_get(t, h, "person"), person) != 0)
			continue;
		if (!current)
			return true;
		if ((!report_age(r, table_get(t, h, "from"), &days) || days >= 0) &&
		    (!report_age(r, table_get(t, h, "to"), &days) || days <= 0))
			return true;
	}
	return false;
}

/* How many different people hold a role today: who has a row in holders.csv by that, others
 * by roles.csv. */
static size_t holders_of(const struct report *r, const struct record *role)
{
	const struct table *t = &r->pr->s->tables[HOLDERS];
	const char *id = print_cell(r->pr, ROLES, role, "id");
	const char *ids = print_cell(r->pr, ROLES, role, "holders");
	struct words people = { 0 };
	size_t n;

	for (; *ids; ids += n + (ids[n] == ',')) {
		n = strcspn(ids, ",");
		const char *person = print_format(r->pr, "%.*s", (int)n, ids);

		if (!has_row(r, id, person, false))
			words_add(&people, person);
	}
	for (size_t i = 0; i < t->count; i++) {
		const char *person = table_get(t, &t->records[i], "person");

		if (strcmp(table_get(t, &t->records[i], "role"), id) == 0 &&
		    has_row(r, id, person, true))
			words_add(&people, person);
	}
	words_sort(&people);
	n = people.count;
	words_release(&people);
	return n;
}

static void add_roles(struct report *r)
{
	const struct table *t = &r->pr->s->tables[ROLES];
	struct report_section *s = report_begin(r, "roles", _("Functions"));
	size_t held[3] = { 0 };
	struct text few = { 0 };
	const char *names;

	for (size_t i = 0; i < t->count; i++) {
		size_t n = holders_of(r, &t->records[i]);

		held[n > 2 ? 2 : n]++;
		if (n < 2)
			text_addf(&few, "%s%s", few.len ? ", " : "",
				  print_name(r->pr, KIT_ROLE, table_get(t, &t->records[i], "id")));
	}
	names = report_words(r, print_keep(r->pr, &few));
	report_count(r, s, "two_or_more", _("Held by two or more"), held[2], t->count, "");
	report_count(r, s, "one", _("Held by one"), held[1], t->count, "");
	report_count(r, s, "nobody", _("Held by nobody"), held[0], t->count, "");
	if (*names)
		report_add(s, 3, "fewer_than_two", _("Fewer than two hold"), names);
}

static void add_advice(struct report *r)
{
	const struct table *t = &r->pr->s->tables[ORGANISATIONS];
	struct report_section *s = report_begin(r, "advice", _("Advice, authorities"));
	size_t authorities = 0, helpers = 0;

	for (size_t i = 0; i < t->count; i++) {
		const char *type = table_get(t, &t->records[i], "type");

		authorities += strcmp(type, "authority") == 0 || strcmp(type, "police") == 0 ||
			       strcmp(type, "supervisory") == 0;
		helpers += strcmp(type, "provider") == 0 || strcmp(type, "partner_town") == 0 ||
			   strcmp(type, "insurer") == 0 || strcmp(type, "utility") == 0;
	}
	report_count(r, s, "authorities", _("Authorities, police in the kit"), authorities,
		     REPORT_NONE, print_format(r->pr, _("helpers and partners: %zu"), helpers));
	add_events(r, s, false);
}

void report_make(struct report *r)
{
	add_plans(r);
	add_events(r, report_begin(r, "exercises", _("Exercises")), true);
	add_contacts(r);
	add_roles(r);
	add_advice(r);
	report_technical(r);
}

void report_release(struct report *r)
{
	for (size_t i = 0; i < r->count; i++)
		free(r->sections[i].rows);
	r->count = 0;
}
