/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles: somebody holds each, and somebody else can take over. */
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

/* Where plans and chains need a role: the first place is named. */
struct needs {
	struct lookup_entry *list; /* role, and who needs it */
	size_t count, capacity;
};

static void need(struct needs *n, const char *role, const struct record *r)
{
	if (!role || !*role)
		return;
	mem_grow(&n->list, &n->capacity, n->count + 1, sizeof(*n->list));
	n->list[n->count++] = (struct lookup_entry){ role, r };
}

static void need_all(struct check *c, struct needs *n, const char *roles, const struct record *r)
{
	char id[64];

	while (check_next_id(&roles, id, sizeof(id)))
		need(n, arena_string(&c->s->memory, id), r);
}

static int by_role_and_place(const void *a, const void *b)
{
	const struct lookup_entry *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	if (!order)
		order = strcmp(x->record->file, y->record->file);
	if (order)
		return order;
	return (x->record->line > y->record->line) - (x->record->line < y->record->line);
}

static void collect_needs(struct check *c, struct needs *n)
{
	static const char *const lists[] = { "r", "a", "c", "i" };
	const struct table *t = &c->s->tables[PLANS];

	for (size_t i = 0; i < t->count; i++)
		need(n, table_get(t, &t->records[i], "responsible"), &t->records[i]);
	t = &c->s->tables[STEPS];
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; k < sizeof(lists) / sizeof(lists[0]); k++)
			need_all(c, n, table_get(t, &t->records[i], lists[k]), &t->records[i]);
	t = &c->s->tables[NODES];
	for (size_t i = 0; i < t->count; i++) {
		need(n, check_of_kind(table_get(t, &t->records[i], "whom"), KIT_ROLE),
		     &t->records[i]);
		need(n, table_get(t, &t->records[i], "caller"), &t->records[i]);
	}
	if (n->count)
		qsort(n->list, n->count, sizeof(*n->list), by_role_and_place);
}

/* Lines of holders.csv count while they run. */
static bool is_current(const struct check *c, const struct record *r)
{
	int64_t days;

	if (check_age(c, check_cell(c, HOLDERS, r, "from"), &days) && days < 0)
		return false;
	return !check_age(c, check_cell(c, HOLDERS, r, "to"), &days) || days <= 0;
}

/* The different people who hold a role, by any of the three tables; for whom holders.csv has
 * a row, that one counts and not roles.csv. */
static size_t count_holders(struct check *c, const struct record *role, const struct lookup *more,
			    const struct lookup *roster)
{
	const char *list = check_cell(c, ROLES, role, "holders");
	const char *id = check_cell(c, ROLES, role, "id");
	const struct lookup_entry *found;
	struct words people = { 0 }, dated = { 0 };
	size_t count;
	char person[64];

	found = lookup_all(more, id, &count);
	for (size_t i = 0; i < count; i++)
		words_add(&dated, check_cell(c, HOLDERS, found[i].record, "person"));
	words_sort(&dated);
	while (check_next_id(&list, person, sizeof(person)))
		if (!words_have(&dated, person))
			words_add(&people, arena_string(&c->s->memory, person));
	words_release(&dated);
	for (size_t i = 0; i < count; i++)
		if (is_current(c, found[i].record))
			words_add(&people, check_cell(c, HOLDERS, found[i].record, "person"));
	found = lookup_all(roster, id, &count);
	for (size_t i = 0; i < count; i++)
		words_add(&people, check_cell(c, ROSTER, found[i].record, "person"));
	words_sort(&people);
	count = people.count - (people.count && !*people.list[0]); /* a wrong id leaves "" */
	words_release(&people);
	return count;
}

static void check_holders(struct check *c, const struct record *role, size_t holders,
			  const struct lookup_entry *needed)
{
	const char *id = check_cell(c, ROLES, role, "id");

	if (holders == 0 && needed)
		check_say(c, FAULT, "role-without-holder", role,
			  _("nobody holds the role '%s', but %s:%zu needs it; enter people in "
			    "holders, or name another role there"),
			  id, needed->record->file, needed->record->line);
	else if (holders == 0)
		check_say(c, WARNING, "role-few-holders", role,
			  _("nobody holds the role '%s'; enter two people in holders, or take the "
			    "role out"),
			  id);
	else if (holders == 1)
		check_say(c, WARNING, "role-few-holders", role,
			  _("only one person holds the role '%s'; name somebody who takes over"),
			  id);
}

void check_roles(struct check *c)
{
	const struct table *t = &c->s->tables[ROLES];
	struct needs needs = { 0 };
	struct lookup more, roster, needed;

	if (c->s->tables[PEOPLE].unread || c->s->tables[HOLDERS].unread ||
	    c->s->tables[ROSTER].unread)
		return;
	collect_needs(c, &needs);
	needed = (struct lookup){ needs.list, needs.count };
	lookup_make(&more, &c->s->tables[HOLDERS], "role");
	lookup_make(&roster, &c->s->tables[ROSTER], "role");
	for (size_t i = 0; i < t->count; i++) {
		const struct record *role = &t->records[i];
		size_t count;

		check_holders(c, role, count_holders(c, role, &more, &roster),
			      lookup_all(&needed, check_cell(c, ROLES, role, "id"), &count));
	}
	lookup_release(&more);
	lookup_release(&roster);
	free(needs.list);
}
