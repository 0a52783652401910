/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Systems: what needs what, and the waves in which they are started again. */
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

/* The number of a system is that of its row. */
struct systems {
	struct check *c;
	const struct table *t;
	const char **names;
	const struct record **waves; /* per system: its line in restart_waves.csv, or NULL */
	bool *depends;               /* per system: it has a line in dependencies.csv */
};

static void found_loop(void *context, const struct record *last, const size_t *loop, size_t count)
{
	struct systems *y = context;
	struct text path = { 0 };

	graph_path(&path, loop, count, y->names);
	check_say(y->c, FAULT, "dependency-loop", last,
		  _("the systems need each other in a loop: %s; none of them could be started "
		    "first, so take out the line that is not true"),
		  text_end(&path));
	text_release(&path);
}

static unsigned long number_of(const struct systems *y, const struct record *wave,
			       const char *column)
{
	return strtoul(check_cell(y->c, RESTART_WAVES, wave, column), NULL, 10);
}

/* What is needed must be up before: in an earlier wave, or before it in the same. */
static void check_wave(struct systems *y, const struct edge *e)
{
	const struct record *from = y->waves[e->from], *to = y->waves[e->to];
	const char *a = y->names[e->from], *b = y->names[e->to];
	unsigned long mine = from ? number_of(y, from, "wave") : 0;
	unsigned long theirs = to ? number_of(y, to, "wave") : 0;

	if (!from)
		return;
	if (!to)
		check_say(y->c, FAULT, "wave-order", from,
			  _("'%s' restarts in wave %lu but needs '%s', which is in no wave; put "
			    "'%s' into a wave before it"),
			  a, mine, b, b);
	else if (theirs > mine)
		check_say(y->c, FAULT, "wave-order", from,
			  _("'%s' restarts in wave %lu but needs '%s', which comes only in wave "
			    "%lu; restart '%s' first"),
			  a, mine, b, theirs, b);
	else if (theirs == mine && number_of(y, from, "nr") &&
		 number_of(y, to, "nr") > number_of(y, from, "nr"))
		check_say(y->c, FAULT, "wave-order", from,
			  _("'%s' needs '%s', which comes later in the same wave %lu; give '%s' "
			    "the smaller nr"),
			  a, b, mine, b);
}

static void check_dependencies(struct systems *y)
{
	const struct table *t = &y->c->s->tables[DEPENDENCIES];
	struct graph g = { 0 };

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const struct record *from = check_by_id(&y->c->systems, table_get(t, r, "from"));
		const struct record *to = check_by_id(&y->c->systems, table_get(t, r, "to"));

		if (from)
			y->depends[from - y->t->records] = true;
		if (from && to)
			graph_add(&g, (size_t)(from - y->t->records), (size_t)(to - y->t->records),
				  r);
	}
	graph_loops(&g, y->t->count, found_loop, y);
	for (size_t i = 0; i < g.count; i++)
		check_wave(y, &g.edges[i]);
	graph_release(&g);
}

static void check_system(struct systems *y, size_t number)
{
	const struct record *r = &y->t->records[number];
	const char *id = y->names[number], *end = table_get(y->t, r, "support_end");
	int64_t days;

	if (!y->depends[number] && !table_yes(y->t, r, "independent"))
		check_say(y->c, WARNING, "system-without-dependency", r,
			  _("'%s' needs no other system: really none? Enter what it needs in %s, "
			    "or set independent"),
			  id, layout_of(DEPENDENCIES)->file);
	if (y->depends[number] && table_yes(y->t, r, "independent"))
		check_say(y->c, WARNING, "system-not-independent", r,
			  _("'%s' is set independent, but %s says what it needs; one of the two "
			    "is wrong"),
			  id, layout_of(DEPENDENCIES)->file);
	if (check_age(y->c, end, &days) && days > 0)
		check_say(y->c, WARNING, "system-unsupported", r,
			  _("the support of '%s' ended on %s; replace it, and keep it off the net "
			    "until then"),
			  id, end);
	if (!y->waves[number] && strcmp(table_get(y->t, r, "critical"), "1") == 0)
		check_say(y->c, WARNING, "wave-missing", r,
			  _("'%s' is critical (1) and in no restart wave; add it to %s"), id,
			  layout_of(RESTART_WAVES)->file);
}

void check_systems(struct check *c)
{
	struct systems y = { .c = c, .t = &c->s->tables[SYSTEMS] };
	const struct table *waves = &c->s->tables[RESTART_WAVES];

	if (c->s->tables[DEPENDENCIES].unread || waves->unread)
		return;
	y.names = mem_array(y.t->count + 1, sizeof(*y.names));
	y.waves = mem_array(y.t->count + 1, sizeof(*y.waves));
	y.depends = mem_array(y.t->count + 1, sizeof(*y.depends));
	for (size_t i = 0; i < y.t->count; i++)
		y.names[i] = table_get(y.t, &y.t->records[i], "id");
	for (size_t i = 0; i < waves->count; i++) {
		const struct record *r =
			check_by_id(&c->systems, table_get(waves, &waves->records[i], "system"));

		if (r)
			y.waves[r - y.t->records] = &waves->records[i];
	}
	check_dependencies(&y);
	for (size_t i = 0; i < y.t->count; i++)
		check_system(&y, i);
	free(y.names);
	free(y.waves);
	free(y.depends);
}

void check_processes(struct check *c)
{
	const struct table *t = &c->s->tables[PROCESSES];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id");
		bool payment = table_yes(t, r, "payment");

		if ((payment || *table_get(t, r, "key_dates")) && !*table_get(t, r, "substitute"))
			check_say(
				c, WARNING, "process-without-substitute", r,
				payment ? _("'%s' pays out money, and nobody wrote down how to do "
					    "it by hand; fill in substitute")
					: _("'%s' has key dates, and nobody wrote down how to do "
					    "it by hand; fill in substitute"),
				id);
		if (!*table_get(t, r, "systems"))
			check_say(c, WARNING, "process-without-systems", r,
				  _("nobody entered which systems '%s' needs; fill in systems"),
				  id);
	}
}
