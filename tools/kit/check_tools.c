/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rules of `kit check` share: looking up, dates, loops, reporting. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"

static int by_key(const void *a, const void *b)
{
	const struct lookup_entry *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : (x->record > y->record) - (x->record < y->record);
}

void lookup_make(struct lookup *l, const struct table *t, const char *column)
{
	size_t at = layout_column(t->layout, column);

	*l = (struct lookup){ 0 };
	if (!t->count)
		return;
	l->list = mem_array(t->count, sizeof(*l->list));
	for (size_t i = 0; i < t->count; i++)
		if (*t->records[i].cells[at])
			l->list[l->count++] =
				(struct lookup_entry){ t->records[i].cells[at], &t->records[i] };
	qsort(l->list, l->count, sizeof(*l->list), by_key);
}

void lookup_release(struct lookup *l)
{
	free(l->list);
	*l = (struct lookup){ 0 };
}

const struct lookup_entry *lookup_all(const struct lookup *l, const char *key, size_t *count)
{
	size_t low = 0, high = l->count, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(l->list[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < l->count && strcmp(l->list[end].key, key) == 0;)
		end++;
	*count = end - low;
	return end > low ? &l->list[low] : NULL;
}

void words_add(struct words *w, const char *word)
{
	mem_grow(&w->list, &w->capacity, w->count + 1, sizeof(*w->list));
	w->list[w->count++] = word;
}

static int by_word(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void words_sort(struct words *w)
{
	size_t kept = 0;

	if (w->count)
		qsort(w->list, w->count, sizeof(*w->list), by_word);
	for (size_t i = 0; i < w->count; i++)
		if (!kept || strcmp(w->list[kept - 1], w->list[i]) != 0)
			w->list[kept++] = w->list[i];
	w->count = kept;
}

bool words_have(const struct words *w, const char *word)
{
	return w->count && bsearch(&word, w->list, w->count, sizeof(*w->list), by_word);
}

void words_release(struct words *w)
{
	free(w->list);
	*w = (struct words){ 0 };
}

void check_say(struct check *c, enum severity severity, const char *rule, const struct record *r,
	       const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	findings_rule(&c->s->findings, severity, rule, r->file, r->line, "%s", text);
}

const char *check_cell(const struct check *c, enum table_name t, const struct record *r,
		       const char *key)
{
	return table_get(&c->s->tables[t], r, key);
}

const struct record *check_by_id(const struct lookup *l, const char *id)
{
	size_t count;
	const struct lookup_entry *found = *id ? lookup_all(l, id, &count) : NULL;

	return found ? found->record : NULL;
}

bool check_age(const struct check *c, const char *date, int64_t *days)
{
	int64_t day;

	*days = 0;
	if (!*date || !date_parse(date, &day))
		return false;
	*days = c->day - day;
	return true;
}

bool check_next_id(const char **list, char *out, size_t size)
{
	size_t n;

	while (**list == ',')
		++*list;
	n = strcspn(*list, ",");
	snprintf(out, size, "%.*s", (int)n, *list);
	*list += n;
	return n > 0;
}

const char *check_of_kind(const char *reference, enum kit_kind kind)
{
	const char *colon = strchr(reference, ':');

	if (!colon || kit_kind_parse(reference, (size_t)(colon - reference)) != kind)
		return NULL;
	return colon + 1;
}

static const struct run {
	void (*rules)(struct check *c);
	bool of_the_day; /* errors of another day than today's are not those of the source */
} runs[] = {
	{ check_people, false },  { check_roles, false },     { check_roster, true },
	{ check_chains, false },  { check_plans, false },     { check_deadlines, false },
	{ check_systems, false }, { check_processes, false }, { check_texts, false },
	{ check_stock, false },
};

static void run_rules(struct source *s, const char *today, bool of_the_day)
{
	struct check c = { .s = s };

	snprintf(c.today, sizeof(c.today), "%.10s", today);
	if (!date_parse(c.today, &c.day))
		return;
	lookup_make(&c.organisations, &s->tables[ORGANISATIONS], "id");
	lookup_make(&c.people, &s->tables[PEOPLE], "id");
	lookup_make(&c.systems, &s->tables[SYSTEMS], "id");
	lookup_make(&c.roles, &s->tables[ROLES], "id");
	lookup_make(&c.channels, &s->tables[CHANNELS], "owner");
	hosts_make(&c.hosts, s->conf.own_hosts ? s->conf.own_hosts : "", &s->memory);
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		if (of_the_day || !runs[i].of_the_day)
			runs[i].rules(&c);
	lookup_release(&c.organisations);
	lookup_release(&c.people);
	lookup_release(&c.systems);
	lookup_release(&c.roles);
	lookup_release(&c.channels);
	hosts_release(&c.hosts);
}

void check_all(struct source *s, const char *today)
{
	run_rules(s, today, true);
}

void check_faults(struct source *s)
{
	size_t before = s->findings.count;

	run_rules(s, s->conf.data_date, false);
	findings_drop_warnings(&s->findings, before);
}
