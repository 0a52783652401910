/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has failed, and what is dead with it. */
#include "handbook/outage.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"

static size_t find(const struct outage *o, const char *id)
{
	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->systems[i].id, id) == 0)
			return i;
	return OUTAGE_NONE;
}

static size_t find_or_add(struct outage *o, const char *id, const char *name)
{
	size_t at = find(o, id);

	if (at != OUTAGE_NONE)
		return at;
	mem_grow(&o->systems, &o->capacity, o->count + 1, sizeof(*o->systems));
	o->systems[o->count] = (struct outage_system){
		.id = arena_string(&o->memory, id),
		.name = arena_string(&o->memory, name),
		.cause = OUTAGE_NONE,
	};
	return o->count++;
}

/* Carry each failure to all that needs it, and to what needs that, until nothing changes. */
static void spread(struct outage *o)
{
	bool changed = true;

	for (size_t i = 0; i < o->count; i++)
		o->systems[i].cause = o->systems[i].failed ? i : OUTAGE_NONE;
	while (changed) {
		changed = false;
		for (size_t i = 0; i < o->need_count; i++) {
			struct outage_system *from = &o->systems[o->needs[i].from];
			size_t cause = o->systems[o->needs[i].to].cause;

			if (from->cause == OUTAGE_NONE && cause != OUTAGE_NONE) {
				from->cause = cause;
				changed = true;
			}
		}
	}
}

static bool load_systems(struct outage *o, struct db *kit, struct error *e)
{
	struct db_statement *s = db_prepare(
		kit, "SELECT system_id, name FROM system ORDER BY name COLLATE NOCASE, system_id",
		e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row)
		find_or_add(o, db_text(s, 0), db_text(s, 1));
	db_finish(s);
	return ok;
}

static bool load_needs(struct outage *o, struct db *kit, struct error *e)
{
	struct db_statement *s =
		db_prepare(kit, "SELECT from_id, to_id FROM dependency ORDER BY from_id, to_id", e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		size_t from = find_or_add(o, db_text(s, 0), "");
		size_t to = find_or_add(o, db_text(s, 1), "");

		mem_grow(&o->needs, &o->need_capacity, o->need_count + 1, sizeof(*o->needs));
		o->needs[o->need_count++] = (struct outage_need){ from, to };
	}
	db_finish(s);
	return ok;
}

bool outage_load(struct outage *o, struct db *kit, struct error *e)
{
	struct outage fresh = { 0 };

	if (!load_systems(&fresh, kit, e) || !load_needs(&fresh, kit, e)) {
		outage_release(&fresh);
		return false;
	}
	for (size_t i = 0; i < o->count; i++)
		if (o->systems[i].failed)
			fresh.systems[find_or_add(&fresh, o->systems[i].id, "")].failed = true;
	outage_release(o);
	*o = fresh;
	spread(o);
	return true;
}

void outage_release(struct outage *o)
{
	free(o->systems);
	free(o->needs);
	arena_release(&o->memory);
	*o = (struct outage){ 0 };
}

void outage_set(struct outage *o, const char *id, bool failed)
{
	o->systems[find_or_add(o, id, "")].failed = failed;
	spread(o);
}

static void clear(struct outage *o)
{
	for (size_t i = 0; i < o->count; i++)
		o->systems[i].failed = false;
	spread(o);
}

bool outage_read(struct outage *o, struct db *view, struct error *e)
{
	struct db_statement *s =
		db_prepare(view, "SELECT system FROM system WHERE state = 'failed'", e);
	bool row = true, ok = s != NULL;

	if (s)
		clear(o);
	while (ok && (ok = db_step(s, &row, e)) && row)
		outage_set(o, db_text(s, 0), true);
	db_finish(s);
	return ok;
}

bool outage_is_dead(const struct outage *o, const char *id)
{
	size_t at = *id ? find(o, id) : OUTAGE_NONE;

	return at != OUTAGE_NONE && o->systems[at].cause != OUTAGE_NONE;
}

static const char *name_of(const struct outage_system *s)
{
	return *s->name ? s->name : s->id;
}

void outage_add_why(const struct outage *o, const char *id, struct text *out)
{
	const struct outage_system *s;

	if (!outage_is_dead(o, id))
		return;
	s = &o->systems[find(o, id)];
	if (s->failed)
		text_addf(out, _("%s has failed"), name_of(s));
	else
		text_addf(out, _("%s needs %s, which has failed"), name_of(s),
			  name_of(&o->systems[s->cause]));
}

void outage_add_state(const struct outage *o, const struct outage_system *s, struct text *out)
{
	if (s->failed)
		text_add(out, _("HAS FAILED"));
	else if (s->cause != OUTAGE_NONE)
		text_addf(out, _("DEAD: needs %s, which has failed"),
			  name_of(&o->systems[s->cause]));
	else
		text_add(out, _("works as far as known"));
}
