/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing of the kit as JSON: its columns as they are, and what belongs to it. */
#include <stdlib.h>
#include <string.h>

#include "handbook/book.h"
#include "handbook/people.h"

static void put_columns(struct json *j, struct db_statement *s)
{
	for (int i = 0; i < db_columns(s); i++) {
		const char *name = db_column_name(s, i);

		if (db_is_null(s, i))
			json_string(j, name, NULL);
		else if (db_is_number(s, i) && db_number(s, i) >= 0)
			json_number(j, name, (uint64_t)db_number(s, i));
		else
			json_string(j, name, db_text(s, i));
	}
}

static bool put_rows(struct book *b, const char *key, const char *sql, const char *id,
		     struct json *j, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL;

	if (s)
		db_bind_text(s, 1, id);
	json_array(j, key);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		json_object(j, NULL);
		put_columns(j, s);
		json_end(j);
	}
	json_end(j);
	db_finish(s);
	return ok;
}

/* All ways to reach it, best first, dead last. */
static bool put_channels(struct book *b, enum kit_kind kind, const char *id, struct json *j,
			 struct error *e)
{
	struct channels list = { 0 };
	bool ok = book_channels(b, kind, id, &list, e);

	json_array(j, "channels");
	for (size_t i = 0; i < list.count; i++) {
		const struct channel *c = &list.items[i];

		json_object(j, NULL);
		json_string(j, "type", c->type);
		json_string(j, "value", c->value);
		json_string(j, "normal", *c->normal ? c->normal : NULL);
		json_string(j, "hours", *c->hours ? c->hours : NULL);
		json_string(j, "depends_on", *c->depends_on ? c->depends_on : NULL);
		json_bool(j, "dead", c->dead);
		json_string(j, "why", c->dead ? c->why : NULL);
		json_string(j, "note", *c->note ? c->note : NULL);
		json_end(j);
	}
	json_end(j);
	channels_release(&list);
	return ok;
}

/* Who holds a role, who is on duty first. */
static bool put_holders(struct book *b, const char *role, struct json *j, struct error *e)
{
	struct holders holders = { 0 };
	bool ok = book_holders(b, role, &holders, e);

	json_array(j, "holders");
	for (size_t i = 0; i < holders.count; i++) {
		const struct holder *h = &holders.items[i];

		json_object(j, NULL);
		json_string(j, "person_id", h->person_id);
		json_string(j, "name", h->name);
		if (h->rank != HOLDER_NO_RANK)
			json_number(j, "rank", (uint64_t)h->rank);
		json_bool(j, "on_duty", h->on_duty);
		json_string(j, "until", *h->until ? h->until : NULL);
		json_string(j, "next", *h->next ? h->next : NULL);
		json_end(j);
	}
	json_end(j);
	holders_release(&holders);
	return ok;
}

/* For each kind: the row itself, then up to two lists that belong to it; its channels and
 * holders, if it can have any. */
static const struct shape {
	enum kit_kind kind;
	const char *sql;
	struct {
		const char *key, *sql;
	} lists[2];
	bool has_channels, has_holders;
} shapes[] = {
	{ KIT_ROLE,
	  "SELECT * FROM role WHERE role_id = ?",
	  { { "steps", "SELECT plan_id, nr, text FROM step WHERE r = ? ORDER BY plan_id, nr" } },
	  true,
	  true },
	{ KIT_ORGANISATION,
	  "SELECT * FROM organisation WHERE organisation_id = ?",
	  { { "people", "SELECT person_id, last_name, first_name, function FROM person"
			" WHERE organisation_id = ? ORDER BY person_id" },
	    { "contracts", "SELECT * FROM contract WHERE organisation_id = ?"
			   " ORDER BY contract_id" } },
	  true,
	  false },
	{ KIT_PERSON,
	  "SELECT * FROM person WHERE person_id = ?",
	  { { "roles", "SELECT role_id, rank, valid_from, valid_to FROM holder"
		       " WHERE person_id = ? ORDER BY role_id" },
	    { "duties", "SELECT role_id, from_time, to_time FROM roster WHERE person_id = ?"
			" ORDER BY from_time, role_id" } },
	  true,
	  false },
	{ KIT_PLAN,
	  "SELECT * FROM plan WHERE plan_id = ?",
	  { { "phases", "SELECT nr, title, intro FROM phase WHERE plan_id = ? ORDER BY nr" },
	    { "steps", "SELECT * FROM step WHERE plan_id = ? ORDER BY nr" } },
	  false,
	  false },
	{ KIT_STEP, "SELECT * FROM step WHERE plan_id || '/' || nr = ?", { { 0 } }, false, false },
	{ KIT_CHAIN,
	  "SELECT * FROM chain WHERE chain_id = ?",
	  { { "nodes", "SELECT * FROM node WHERE chain_id = ? ORDER BY nr" } },
	  false,
	  false },
	{ KIT_DEADLINE, "SELECT * FROM deadline WHERE deadline_id = ?", { { 0 } }, false, false },
	{ KIT_FORM,
	  "SELECT * FROM form WHERE form_id = ?",
	  { { "parts", "SELECT nr, kind, text, full FROM form_part WHERE form_id = ?"
		       " ORDER BY nr" } },
	  false,
	  false },
	{ KIT_DOCUMENT,
	  "SELECT title, file, sha256, paper_copy, note FROM document WHERE document_id = ?",
	  { { 0 } },
	  false,
	  false },
	{ KIT_SYSTEM,
	  "SELECT * FROM system WHERE system_id = ?",
	  { { "needs", "SELECT to_id, reason FROM dependency WHERE from_id = ? ORDER BY to_id" } },
	  false,
	  false },
};

bool book_show_json(struct book *b, enum kit_kind kind, const char *id, struct json *j,
		    struct error *e)
{
	const struct shape *shape = NULL;
	struct db_statement *s = NULL;
	bool ok = true;

	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (shapes[i].kind == kind)
			shape = &shapes[i];
	if (shape)
		s = book_ask(b, shape->sql, id, e);
	if (!s)
		return book_absent(b, kind, id, e);
	json_object(j, NULL);
	json_string(j, "kind", kit_kind_name(kind));
	json_string(j, "id", id);
	put_columns(j, s);
	if (shape->has_channels)
		ok = put_channels(b, kind, id, j, e);
	if (ok && shape->has_holders)
		ok = put_holders(b, id, j, e);
	if (kind == KIT_SYSTEM)
		json_bool(j, "dead", outage_is_dead(&b->outage, id));
	for (size_t i = 0; ok && i < 2 && shape->lists[i].key; i++)
		ok = put_rows(b, shape->lists[i].key, shape->lists[i].sql, id, j, e);
	json_end(j);
	db_finish(s);
	return ok;
}
