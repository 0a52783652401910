/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Call chains: they begin without a passphrase, go on, and end. */
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

#define FIRST_CALLS 2 /* whoever starts a chain has no passphrase for these */

/* The table of calls; the number of a call is that of its row. */
struct calls {
	struct check *c;
	const struct table *t;
	struct lookup by_id;
	const char **names;
	bool *in_loop; /* has its finding */
};

static size_t row_of(const struct calls *k, const struct record *r)
{
	return (size_t)(r - k->t->records);
}

static void found_loop(void *context, const struct record *last, const size_t *loop, size_t count)
{
	struct calls *k = context;
	struct text path = { 0 };

	for (size_t i = 0; i < count; i++)
		k->in_loop[loop[i]] = true;
	graph_path(&path, loop, count, k->names);
	check_say(k->c, FAULT, "chain-loop", last,
		  _("the calls go round in a loop: %s; change 'otherwise' or 'after' so that the "
		    "chain ends"),
		  text_end(&path));
	text_release(&path);
}

/* A call that another one names: in the same chain, in the order of the rows. */
static void check_named(struct calls *k, const struct record *r, const char *column, bool below)
{
	const char *id = table_get(k->t, r, column);
	const struct record *other = check_by_id(&k->by_id, id);

	if (!other || k->in_loop[row_of(k, r)])
		return;
	if (strcmp(table_get(k->t, other, "chain"), table_get(k->t, r, "chain")) != 0)
		check_say(k->c, FAULT, "chain-mixed", r,
			  _("%s: '%s' belongs to another chain; name a call of this one"), column,
			  id);
	else if (below && other <= r)
		check_say(k->c, FAULT, "chain-back", r,
			  _("%s: '%s' stands further up, so the calls would go round; name one "
			    "further down, or leave it empty"),
			  column, id);
	else if (!below && other >= r)
		check_say(k->c, FAULT, "chain-back", r,
			  _("%s: '%s' stands further down, but calls are made in the order of the "
			    "rows; move it up"),
			  column, id);
}

static void check_order(struct calls *k)
{
	struct graph g = { 0 };

	for (size_t i = 0; i < k->t->count; i++) {
		const struct record *r = &k->t->records[i];
		const struct record *next = check_by_id(&k->by_id, table_get(k->t, r, "otherwise"));
		const struct record *before = check_by_id(&k->by_id, table_get(k->t, r, "after"));

		k->names[i] = table_get(k->t, r, "id");
		if (next)
			graph_add(&g, i, row_of(k, next), r);
		if (before)
			graph_add(&g, row_of(k, before), i, r);
	}
	graph_loops(&g, k->t->count, found_loop, k);
	graph_release(&g);
	for (size_t i = 0; i < k->t->count; i++) {
		check_named(k, &k->t->records[i], "otherwise", true);
		check_named(k, &k->t->records[i], "after", false);
	}
}

/* The control room that starts the chain must be able to dial at once. */
static void check_first(struct calls *k, const struct record *r)
{
	const char *whom = table_get(k->t, r, "whom");
	const char *role = check_of_kind(whom, KIT_ROLE);
	const char *organisation = check_of_kind(whom, KIT_ORGANISATION);
	const struct record *to = role           ? check_by_id(&k->c->roles, role)
				  : organisation ? check_by_id(&k->c->organisations, organisation)
						 : NULL;

	if (!to || check_reach(k->c, role ? ROLES : ORGANISATIONS, to).function_number)
		return;
	check_say(k->c, FAULT, "chain-start", r,
		  _("'%s' is among the first %d calls and has no duty or mobile number that works "
		    "without a passphrase; enter one at %s:%zu"),
		  whom, FIRST_CALLS, to->file, to->line);
}

static void check_rows(struct calls *k)
{
	const struct table *chains = &k->c->s->tables[CHAINS];
	struct lookup by_chain;

	lookup_make(&by_chain, k->t, "chain");
	for (size_t i = 0; i < chains->count; i++) {
		const struct record *chain = &chains->records[i];
		const char *id = table_get(chains, chain, "id");
		const struct lookup_entry *rows;
		size_t count;

		rows = lookup_all(&by_chain, id, &count);
		if (!rows && *id)
			check_say(k->c, FAULT, "chain-empty", chain,
				  _("the chain '%s' has no calls; add them to %s"), id,
				  layout_of(NODES)->file);
		for (size_t n = 0; n < count && n < FIRST_CALLS; n++)
			check_first(k, rows[n].record);
	}
	lookup_release(&by_chain);
}

void check_chains(struct check *c)
{
	struct calls k = { .c = c, .t = &c->s->tables[NODES] };

	if (c->s->tables[NODES].unread || c->s->tables[CHAINS].unread)
		return;
	lookup_make(&k.by_id, k.t, "id");
	k.names = mem_array(k.t->count + 1, sizeof(*k.names));
	k.in_loop = mem_array(k.t->count + 1, sizeof(*k.in_loop));
	check_order(&k);
	check_rows(&k);
	lookup_release(&k.by_id);
	free(k.names);
	free(k.in_loop);
}
