/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing of the kit as JSON: its columns as they are, and what belongs to it. */
#include <stdlib.h>
#include <string.h>

#include "handbook/book.h"
#include "lib/base/language.h"

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

/* For each kind: the row itself, then up to two lists that belong to it. */
static const struct shape {
	enum kit_kind kind;
	const char *sql;
	struct {
		const char *key, *sql;
	} lists[2];
} shapes[] = {
	{ KIT_ROLE,
	  "SELECT * FROM role WHERE role_id = ?",
	  { { "channels", "SELECT type, value, normal, hours, depends_on, note FROM channel"
			  " WHERE owner_kind = 'role' AND owner_id = ? ORDER BY priority, type" },
	    { "steps", "SELECT plan_id, nr, text FROM step WHERE r = ? ORDER BY plan_id, nr" } } },
	{ KIT_ORGANISATION,
	  "SELECT * FROM organisation WHERE organisation_id = ?",
	  { { "channels", "SELECT type, value, normal, hours, depends_on, note FROM channel"
			  " WHERE owner_kind = 'organisation' AND owner_id = ?"
			  " ORDER BY priority, type" } } },
	{ KIT_PLAN,
	  "SELECT * FROM plan WHERE plan_id = ?",
	  { { "phases", "SELECT nr, title, intro FROM phase WHERE plan_id = ? ORDER BY nr" },
	    { "steps", "SELECT * FROM step WHERE plan_id = ? ORDER BY nr" } } },
	{ KIT_STEP, "SELECT * FROM step WHERE plan_id || '/' || nr = ?", { { 0 } } },
	{ KIT_CHAIN,
	  "SELECT * FROM chain WHERE chain_id = ?",
	  { { "nodes", "SELECT * FROM node WHERE chain_id = ? ORDER BY nr" } } },
	{ KIT_DEADLINE, "SELECT * FROM deadline WHERE deadline_id = ?", { { 0 } } },
	{ KIT_FORM,
	  "SELECT * FROM form WHERE form_id = ?",
	  { { "parts", "SELECT nr, kind, text, full FROM form_part WHERE form_id = ?"
		       " ORDER BY nr" } } },
	{ KIT_DOCUMENT,
	  "SELECT title, file, sha256, paper_copy, note FROM document WHERE document_id = ?",
	  { { 0 } } },
	{ KIT_SYSTEM,
	  "SELECT * FROM system WHERE system_id = ?",
	  { { "needs", "SELECT to_id, reason FROM dependency WHERE from_id = ? ORDER BY to_id" } } },
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
		return error_set(e, ERROR_FAILED,
				 _("the handbook has no %s '%s' that can be read without a "
				   "passphrase; 'handbook find' searches by name"),
				 kit_kind_name(kind), id);
	json_object(j, NULL);
	json_string(j, "kind", kit_kind_name(kind));
	json_string(j, "id", id);
	put_columns(j, s);
	for (size_t i = 0; ok && i < 2 && shape->lists[i].key; i++)
		ok = put_rows(b, shape->lists[i].key, shape->lists[i].sql, id, j, e);
	json_end(j);
	db_finish(s);
	return ok;
}
