/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans and cards: current, exercised, short, and somebody does each step. */
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

#define STEP_INDENT 5 /* columns that the number and its gap take */
#define TITLE_LINES 6 /* title, facts and the gap below them */
#define HEADING_LINES 2

size_t check_lines(const char *text, size_t columns)
{
	size_t lines = 0, used = 0;

	while (*text) {
		size_t n = strcspn(text, " \n");
		size_t width = 0;

		for (const char *at = text; at < text + n;)
			width += (size_t)text_columns(text_next(&at, text + n));
		if (!lines || (used && used + 1 + width > columns)) {
			lines++;
			used = 0;
		}
		used += width + (used > 0);
		while (used > columns) { /* a word longer than a line is broken */
			lines++;
			used -= columns;
		}
		text += n;
		if (*text == '\n') {
			lines++;
			used = 0;
		}
		text += *text != '\0';
	}
	return lines;
}

/* Number of lines per plan, in the order of the table. */
static void count_lines(struct check *c, const struct lookup *by_id, size_t *lines)
{
	const struct table *plans = &c->s->tables[PLANS], *t = &c->s->tables[PHASES];

	for (size_t i = 0; i < plans->count; i++)
		lines[i] = TITLE_LINES;
	for (size_t i = 0; i < t->count; i++) {
		const struct record *plan =
			check_by_id(by_id, table_get(t, &t->records[i], "plan"));
		const char *intro = table_get(t, &t->records[i], "intro");

		if (plan)
			lines[plan - plans->records] +=
				(*table_get(t, &t->records[i], "title") ? HEADING_LINES : 0) +
				check_lines(intro, CHECK_PAGE_COLUMNS) + (*intro != '\0');
	}
	t = &c->s->tables[STEPS];
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const struct record *plan = check_by_id(by_id, table_get(t, r, "plan"));
		size_t columns = CHECK_PAGE_COLUMNS - STEP_INDENT;

		if (plan)
			lines[plan - plans->records] +=
				check_lines(table_get(t, r, "text"), columns) +
				check_lines(table_get(t, r, "detail"), columns) +
				(*table_get(t, r, "r") || *table_get(t, r, "by"));
	}
}

static void check_length(struct check *c, const struct record *r, size_t lines, bool card)
{
	size_t pages = card ? CHECK_CARD_PAGES : CHECK_PLAN_PAGES;

	if (lines > pages * CHECK_PAGE_LINES)
		check_say(c, WARNING, card ? "card-long" : "plan-long", r,
			  card ? _("the card fills about %zu lines, more than the %zu of one "
				   "printed page; shorten it")
			       : _("the plan fills about %zu lines, more than the %zu of two "
				   "printed pages; shorten or split it"),
			  lines, pages * CHECK_PAGE_LINES);
}

static void check_age_of(struct check *c, const struct record *r, bool exercised)
{
	const struct table *t = &c->s->tables[PLANS];
	const char *review = table_get(t, r, "review_by");
	const char *last = table_get(t, r, "last_exercised");
	const char *date = table_get(t, r, "data_date");
	int64_t days;

	if (check_age(c, review, &days) && days > 0)
		check_say(c, WARNING, "plan-review", r,
			  _("this was to be reviewed by %s; read it through, then renew data_date "
			    "and review_by"),
			  review);
	if (!*last && !exercised && !*table_get(t, r, "card"))
		check_say(c, WARNING, "plan-never-exercised", r,
			  _("this plan was never exercised; play it through and enter "
			    "last_exercised"));
	if (check_age(c, last, &days) && days < 0)
		check_say(c, WARNING, "date-ahead", r,
			  _("last_exercised is %s, which is still to come; correct the date"),
			  last);
	if (check_age(c, date, &days) && days < 0)
		check_say(c, WARNING, "date-ahead", r,
			  _("data_date is %s, which is still to come; correct the date"), date);
}

static void check_step(struct check *c, const struct record *r)
{
	const struct table *t = &c->s->tables[STEPS];
	const char *by = table_get(t, r, "by"), *nr = table_get(t, r, "nr");

	if (!*table_get(t, r, "r") && *by)
		check_say(c, WARNING, "step-due-without-role", r,
			  _("step %s is due after %s minutes, but nobody is named to do it; add "
			    "R=ROLE"),
			  nr, by);
	else if (!*table_get(t, r, "r"))
		check_say(c, WARNING, "step-without-role", r,
			  _("nobody is named to do step %s; add R=ROLE in braces"), nr);
	if (strcmp(table_get(t, r, "kind"), "decision") == 0 && !*table_get(t, r, "a"))
		check_say(c, WARNING, "decision-without-role", r,
			  _("nobody answers for the decision in step %s; add A=ROLE"), nr);
}

/* Plans that an exercise of exercises.csv names. */
static void collect_exercised(struct check *c, struct words *plans)
{
	const struct table *t = &c->s->tables[EXERCISES];

	for (size_t i = 0; i < t->count; i++) {
		const char *list = table_get(t, &t->records[i], "plans");
		int64_t days;
		char id[64];

		if (strcmp(table_get(t, &t->records[i], "type"), "exercise") != 0 ||
		    !check_age(c, table_get(t, &t->records[i], "date"), &days) || days < 0)
			continue;
		while (check_next_id(&list, id, sizeof(id)))
			words_add(plans, arena_string(&c->s->memory, id));
	}
	words_sort(plans);
}

void check_plans(struct check *c)
{
	const struct table *plans = &c->s->tables[PLANS], *steps = &c->s->tables[STEPS];
	size_t *lines = mem_array(plans->count + 1, sizeof(*lines));
	struct words exercised = { 0 };
	struct lookup by_id;

	lookup_make(&by_id, plans, "id");
	count_lines(c, &by_id, lines);
	collect_exercised(c, &exercised);
	for (size_t i = 0; i < plans->count; i++) {
		const struct record *r = &plans->records[i];

		check_age_of(c, r, words_have(&exercised, table_get(plans, r, "id")));
		check_length(c, r, lines[i], *table_get(plans, r, "card") != '\0');
	}
	for (size_t i = 0; i < steps->count; i++)
		check_step(c, &steps->records[i]);
	words_release(&exercised);
	lookup_release(&by_id);
	free(lines);
}
