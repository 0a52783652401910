/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ways to reach somebody, in the order in which they are tried. */
#include "handbook/channels.h"

#include <stdlib.h>

#include "handbook/book.h"
#include "handbook/people.h"

static int by_order(const void *a, const void *b)
{
	const struct channel *x = a, *y = b;

	if (x->dead != y->dead)
		return x->dead ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

static void add(struct book *b, struct channels *list, enum kit_kind owner, const char *id,
		struct db_statement *s)
{
	struct arena *m = &list->memory;
	const char *depends_on = db_text(s, 5);
	struct text why = { 0 };

	outage_add_why(&b->outage, depends_on, &why);
	mem_grow(&list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count] = (struct channel){
		.owner_kind = owner,
		.owner_id = arena_string(m, id),
		.type = arena_string(m, db_text(s, 0)),
		.value = arena_string(m, db_text(s, 1)),
		.normal = arena_string(m, db_text(s, 2)),
		.hours = arena_string(m, db_text(s, 3)),
		.note = arena_string(m, db_text(s, 4)),
		.depends_on = arena_string(m, depends_on),
		.system = arena_string(m, db_text(s, 6)),
		.checked_on = arena_string(m, db_text(s, 7)),
		.checked_by = arena_string(m, db_text(s, 8)),
		.dead = why.len > 0,
		.why = arena_string(m, text_end(&why)),
		.order = list->count,
	};
	list->count++;
	text_release(&why);
}

bool book_channels(struct book *b, enum kit_kind owner, const char *id, struct channels *list,
		   struct error *e)
{
	struct db_statement *s = db_prepare(
		b->db,
		"SELECT c.type, c.value, ifnull(c.normal,''), ifnull(c.hours,''),"
		" ifnull(c.note,''), ifnull(c.depends_on,''), coalesce(s.name, c.depends_on, ''),"
		" ifnull(c.checked_on,''), ifnull(c.checked_by,'') FROM channel c"
		" LEFT JOIN system s ON s.system_id = c.depends_on"
		" WHERE c.owner_kind = ?1 AND c.owner_id = ?2 ORDER BY c.priority, c.type, c.value",
		e);
	bool row = true, ok = s != NULL;

	if (s) {
		db_bind_text(s, 1, kit_kind_name(owner));
		db_bind_text(s, 2, id);
	}
	while (ok && (ok = db_step(s, &row, e)) && row)
		add(b, list, owner, id, s);
	db_finish(s);
	if (list->count)
		qsort(list->items, list->count, sizeof(*list->items), by_order);
	return ok;
}

bool book_reach(struct book *b, enum kit_kind kind, const char *id, struct channels *list,
		struct error *e)
{
	struct holders holders = { 0 };
	bool ok = book_channels(b, kind, id, list, e);

	if (ok && kind == KIT_ROLE)
		ok = book_holders(b, id, &holders, e);
	for (size_t i = 0; ok && i < holders.count; i++)
		ok = book_channels(b, KIT_PERSON, holders.items[i].person_id, list, e);
	holders_release(&holders);
	return ok;
}

const struct channel *channels_first(const struct channels *list)
{
	for (size_t i = 0; i < list->count && !list->items[i].dead; i++)
		if (*list->items[i].normal)
			return &list->items[i];
	return NULL;
}

bool channels_dead(const struct channels *list)
{
	bool dead = false;

	for (size_t i = 0; i < list->count; i++)
		dead = dead || (list->items[i].dead && *list->items[i].normal);
	return dead && !channels_first(list);
}

void channels_release(struct channels *list)
{
	free(list->items);
	arena_release(&list->memory);
	*list = (struct channels){ 0 };
}
