/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The open tier as a database: what may be read without a passphrase. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/image.h"
#include "lib/base/language.h"
#include "lib/data/db.h"
#include "lib/data/kitinfo.h"
#include "lib/data/namefold.h"
#include "lib/data/phone.h"

/* docs/formats/kit-db.md explains every column. WITHOUT ROWID keeps the rows in
 * the order of their key, whatever the order of the source was. */
static const char schema[] =
	"PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = 0;"
	"PRAGMA application_id = %u; PRAGMA user_version = %u;"
	"CREATE TABLE kit(kit_id TEXT PRIMARY KEY, organisation TEXT NOT NULL,"
	" version INTEGER NOT NULL, data_date TEXT NOT NULL, review_by TEXT NOT NULL,"
	" valid_until TEXT NOT NULL, publisher TEXT NOT NULL, signer TEXT, language TEXT NOT NULL,"
	" keyboard TEXT NOT NULL, timezone TEXT NOT NULL, exercise INTEGER NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE organisation(organisation_id TEXT PRIMARY KEY, name TEXT NOT NULL,"
	" type TEXT NOT NULL, parent_id TEXT, synonyms TEXT, hours TEXT, source TEXT,"
	" checked_on TEXT, checked_by TEXT, note TEXT) STRICT, WITHOUT ROWID;"
	"CREATE TABLE role(role_id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT, short TEXT,"
	" board TEXT, task TEXT, synonyms TEXT, hours TEXT, checked_on TEXT, checked_by TEXT,"
	" note TEXT) STRICT, WITHOUT ROWID;"
	"CREATE TABLE system(system_id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE dependency(from_id TEXT NOT NULL, to_id TEXT NOT NULL, reason TEXT,"
	" PRIMARY KEY(from_id, to_id)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE channel(owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL,"
	" priority INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, normal TEXT,"
	" hours TEXT, depends_on TEXT, note TEXT,"
	" PRIMARY KEY(owner_kind, owner_id, priority, type, value)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE chain(chain_id TEXT PRIMARY KEY, title TEXT NOT NULL,"
	" occasion TEXT NOT NULL, level TEXT) STRICT, WITHOUT ROWID;"
	"CREATE TABLE node(chain_id TEXT NOT NULL, nr INTEGER NOT NULL, node_id TEXT NOT NULL,"
	" after_id TEXT, whom_kind TEXT NOT NULL, whom_id TEXT NOT NULL, caller_id TEXT,"
	" attempts INTEGER NOT NULL, acknowledge_min INTEGER NOT NULL, otherwise_id TEXT,"
	" parallel INTEGER NOT NULL, text TEXT NOT NULL, deadline_id TEXT,"
	" PRIMARY KEY(chain_id, nr)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE deadline(deadline_id TEXT PRIMARY KEY, title TEXT NOT NULL,"
	" legal_basis TEXT NOT NULL, starts_at TEXT NOT NULL, hours INTEGER, months INTEGER,"
	" text TEXT, applies_if TEXT NOT NULL, recipient_id TEXT, contents TEXT,"
	" source TEXT NOT NULL, checked_on TEXT NOT NULL, checked_by TEXT NOT NULL)"
	" STRICT, WITHOUT ROWID;"
	"CREATE TABLE plan(plan_id TEXT PRIMARY KEY, title TEXT NOT NULL, category TEXT,"
	" occasion TEXT, audience TEXT, goal TEXT, responsible_id TEXT NOT NULL, version TEXT,"
	" data_date TEXT NOT NULL, review_by TEXT NOT NULL, last_exercised TEXT,"
	" file TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE phase(plan_id TEXT NOT NULL, nr INTEGER NOT NULL, title TEXT, intro TEXT,"
	" PRIMARY KEY(plan_id, nr)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE step(plan_id TEXT NOT NULL, nr INTEGER NOT NULL, phase INTEGER NOT NULL,"
	" text TEXT NOT NULL, detail TEXT, r TEXT, a TEXT, c TEXT, i TEXT, by_min INTEGER,"
	" kind TEXT NOT NULL, needs TEXT, deadline_id TEXT, chain_id TEXT,"
	" PRIMARY KEY(plan_id, nr)) STRICT, WITHOUT ROWID;"
	"CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, id UNINDEXED, title, text, folded,"
	" tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3');";

static bool create(struct db *db, struct error *e)
{
	char sql[sizeof(schema) + 32];

	snprintf(sql, sizeof(sql), schema, KIT_APPLICATION_ID, KIT_DB_VERSION);
	return db_exec(db, sql, e);
}

/* Bind a cell as its column's type wants it; an empty one is NULL. */
static void bind_cell(struct db_statement *s, int index, const struct table *t,
		      const struct record *r, const char *key)
{
	size_t column = layout_column(t->layout, key);
	const char *value = r->cells[column];
	enum cell_type type = t->layout->columns[column].type;

	if (!*value)
		db_bind_null(s, index);
	else if (type == CELL_NUMBER || type == CELL_MINUTES || type == CELL_YES ||
		 strcmp(key, "nr") == 0 || strcmp(key, "phase") == 0)
		db_bind_number(s, index, strtoll(value, NULL, 10));
	else
		db_bind_text(s, index, value);
}

/* Every open record of a table through one INSERT, whose parameters are the
 * columns in `keys` (separated by spaces). */
static bool insert_all(struct db *db, const struct table *t, const char *sql, const char *keys,
		       struct error *e)
{
	struct db_statement *s = db_prepare(db, sql, e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *at = keys;

		if (!table_is_open(t, r))
			continue;
		for (int index = 1; *at; index++) {
			char key[32];
			size_t n = strcspn(at, " ");

			snprintf(key, sizeof(key), "%.*s", (int)n, at);
			bind_cell(s, index, t, r, key);
			at += n + (at[n] == ' ');
		}
		ok = db_run(s, e);
		if (!ok)
			error_prefix(e, "%s:%zu: ", r->file, r->line);
	}
	db_finish(s);
	return ok;
}

static bool insert_tables(struct db *db, const struct source *s, struct error *e)
{
	static const struct {
		enum table_name table;
		const char *sql, *keys;
	} list[] = {
		{ ORGANISATIONS, "INSERT INTO organisation VALUES(?,?,?,?,?,?,?,?,?,?)",
		  "id name type parent synonyms hours source checked_on checked_by note" },
		{ ROLES, "INSERT INTO role VALUES(?,?,?,?,?,?,?,?,?,?,?)",
		  "id name name_en short board task synonyms hours checked_on checked_by note" },
		{ SYSTEMS, "INSERT INTO system VALUES(?,?,?)", "id name type" },
		{ CHAINS, "INSERT INTO chain VALUES(?,?,?,?)", "id title occasion level" },
		/* nr counts within the chain, in the order of the source. */
		{ NODES,
		  "INSERT INTO node SELECT ?1, count(*) + 1, ?2, ?3,"
		  " substr(?4, 1, instr(?4, ':') - 1), substr(?4, instr(?4, ':') + 1), ?5,"
		  " ifnull(?6, 2), ifnull(?7, 10), ?8, ifnull(?9, 0), ?10, ?11"
		  " FROM node WHERE chain_id = ?1",
		  "chain id after whom caller attempts acknowledge_min otherwise parallel text "
		  "deadline" },
		{ DEADLINES, "INSERT INTO deadline VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		  "id title legal_basis starts_at hours months text applies_if recipient contents "
		  "source checked_on checked_by" },
		{ PLANS, "INSERT INTO plan VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
		  "id title category occasion audience goal responsible version data_date "
		  "review_by last_exercised file" },
		{ PHASES, "INSERT INTO phase VALUES(?,?,?,?)", "plan nr title intro" },
		{ STEPS, "INSERT INTO step VALUES(?,?,?,?,?,?,?,?,?,?,ifnull(?,'task'),?,?,?)",
		  "plan nr phase text detail r a c i by kind needs deadline chain" },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (!insert_all(db, &s->tables[list[i].table], list[i].sql, list[i].keys, e))
			return false;
	return true;
}

/* Of all dependencies, those whose both ends may be seen. */
static bool insert_dependencies(struct db *db, const struct source *src, struct error *e)
{
	const struct table *t = &src->tables[DEPENDENCIES];
	struct db_statement *s = db_prepare(db,
					    "INSERT INTO dependency SELECT ?1, ?2, ?3 WHERE"
					    " EXISTS(SELECT 1 FROM system WHERE system_id = ?1) AND"
					    " EXISTS(SELECT 1 FROM system WHERE system_id = ?2)",
					    e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < t->count; i++) {
		const struct record *r = &t->records[i];

		bind_cell(s, 1, t, r, "from");
		bind_cell(s, 2, t, r, "to");
		bind_cell(s, 3, t, r, "reason");
		ok = db_run(s, e);
		if (!ok)
			error_prefix(e, "%s:%zu: ", r->file, r->line);
	}
	db_finish(s);
	return ok;
}

/* Types of channels in the order in which to try them, with the wide column of
 * roles and organisations that holds each, and the column that names the system
 * it dies with. */
static const struct {
	const char *type, *column, *depends;
	int priority;
	bool phone;
} channel_types[] = {
	{ "duty", "duty", NULL, 10, true },
	{ "mobile_work", "mobile", NULL, 20, true },
	{ "landline_work", "phone", "phone_depends_on", 30, true },
	{ "mobile_private", NULL, NULL, 35, true },
	{ "landline_private", NULL, NULL, 36, true },
	{ "satellite", "satellite", NULL, 40, true },
	{ "radio", "radio", NULL, 45, false },
	{ "pager", NULL, NULL, 50, false },
	{ "messenger", NULL, NULL, 55, false },
	{ "fax", "fax", "phone_depends_on", 60, true },
	{ "email_emergency", "email_emergency", NULL, 65, false },
	{ "email", "email", "email_depends_on", 70, false },
	{ "web", "web", NULL, 80, false },
	{ "meeting_point", "meeting_point", NULL, 85, false },
	{ "address", "address", NULL, 90, false },
};
#define CHANNEL_TYPES (sizeof(channel_types) / sizeof(channel_types[0]))

/* Parameters: 1 kind and id of the owner ("role:dsb"), 2 priority, 3 type,
 * 4 value, 5 whether it is a number, 6 hours, 7 depends_on, 8 note. A number
 * is stored twice: to read and to search. */
static const char insert_channel[] =
	"INSERT OR IGNORE INTO channel VALUES(substr(?1, 1, instr(?1, ':') - 1),"
	" substr(?1, instr(?1, ':') + 1), ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

static void bind_value(struct db_statement *s, const char *value, bool phone)
{
	char readable[PHONE_MAX];

	db_bind_text(s, 4, phone ? phone_readable(value, readable) : value);
	db_bind_text(s, 5, phone ? value : NULL);
}

static bool insert_wide(struct db_statement *s, const struct table *t, struct error *e)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		char owner[96];

		if (!table_is_open(t, r))
			continue;
		snprintf(owner, sizeof(owner), "%s:%s", kit_kind_name(t->layout->kind),
			 table_get(t, r, "id"));
		for (size_t k = 0; k < CHANNEL_TYPES; k++) {
			const char *value = channel_types[k].column
						    ? table_get(t, r, channel_types[k].column)
						    : "";

			if (!*value)
				continue;
			db_bind_text(s, 1, owner);
			db_bind_number(s, 2, channel_types[k].priority);
			db_bind_text(s, 3, channel_types[k].type);
			bind_value(s, value, channel_types[k].phone);
			bind_cell(s, 6, t, r, "hours");
			db_bind_null(s, 7);
			if (channel_types[k].depends)
				bind_cell(s, 7, t, r, channel_types[k].depends);
			db_bind_null(s, 8);
			if (!db_run(s, e))
				return error_prefix(e, "%s:%zu: ", r->file, r->line);
		}
	}
	return true;
}

static bool insert_further(struct db_statement *s, const struct table *t, struct error *e)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *type = table_get(t, r, "type");
		size_t k = 0;

		if (!table_is_open(t, r))
			continue;
		while (k + 1 < CHANNEL_TYPES && strcmp(channel_types[k].type, type) != 0)
			k++;
		bind_cell(s, 1, t, r, "owner");
		db_bind_number(s, 2, channel_types[k].priority);
		if (*table_get(t, r, "priority"))
			bind_cell(s, 2, t, r, "priority");
		db_bind_text(s, 3, type);
		bind_value(s, table_get(t, r, "value"), channel_types[k].phone);
		bind_cell(s, 6, t, r, "hours");
		bind_cell(s, 7, t, r, "depends_on");
		bind_cell(s, 8, t, r, "note");
		if (!db_run(s, e))
			return error_prefix(e, "%s:%zu: ", r->file, r->line);
	}
	return true;
}

static bool insert_channels(struct db *db, const struct source *src, struct error *e)
{
	struct db_statement *s = db_prepare(db, insert_channel, e);
	bool ok = s && insert_wide(s, &src->tables[ORGANISATIONS], e) &&
		  insert_wide(s, &src->tables[ROLES], e) &&
		  insert_further(s, &src->tables[CHANNELS], e);

	db_finish(s);
	return ok;
}

static bool insert_conf(struct db *db, const struct conf *c, struct error *e)
{
	struct db_statement *s = db_prepare(
		db, "INSERT INTO kit VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", e);
	bool ok;

	if (!s)
		return false;
	db_bind_text(s, 1, c->kit_id);
	db_bind_text(s, 2, c->organisation);
	db_bind_number(s, 3, strtoll(c->version, NULL, 10));
	db_bind_text(s, 4, c->data_date);
	db_bind_text(s, 5, c->review_by);
	db_bind_text(s, 6, c->valid_until);
	db_bind_text(s, 7, c->publisher);
	db_bind_text(s, 8, c->signer);
	db_bind_text(s, 9, c->language);
	db_bind_text(s, 10, c->keyboard);
	db_bind_text(s, 11, c->timezone);
	db_bind_number(s, 12, strcmp(c->exercise, "yes") == 0);
	ok = db_run(s, e);
	db_finish(s);
	return ok;
}

/* The full-text index over plans and what is written in them, with each text a
 * second time in both folded forms: FTS5 alone does not find "Müller" for
 * "mueller". */
static bool fill_search(struct db *db, struct error *e)
{
	struct db_statement *from = db_prepare(
		db,
		"SELECT 'plan', plan_id, title, ifnull(occasion,'') || ' ' || ifnull(goal,'') || ' ' ||"
		"  ifnull(audience,'') FROM plan"
		" UNION ALL SELECT 'plan', plan_id, title, intro FROM phase"
		"  WHERE intro IS NOT NULL"
		" UNION ALL SELECT 'step', plan_id || '/' || nr, text, ifnull(detail,'') FROM step"
		" UNION ALL SELECT 'chain', chain_id, text, '' FROM node"
		" UNION ALL SELECT 'deadline', deadline_id, title, legal_basis || ' ' || applies_if"
		"  || ' ' || ifnull(contents,'') FROM deadline ORDER BY 1, 2, 3",
		e);
	struct db_statement *to = db_prepare(db, "INSERT INTO search VALUES(?,?,?,?,?)", e);
	bool row = true, ok = from && to;

	while (ok && (ok = db_step(from, &row, e)) && row) {
		const char *title = db_text(from, 2), *text = db_text(from, 3);
		size_t size = 3 * (strlen(title) + strlen(text)) + 2;
		char *german = mem_alloc(size), *plain = mem_alloc(size);
		struct text both = { 0 }, folded = { 0 };

		text_addf(&both, "%s %s", title, text);
		text_add(&folded, name_fold(german, size, text_end(&both), FOLD_GERMAN));
		if (strcmp(german, name_fold(plain, size, text_end(&both), FOLD_PLAIN)) != 0)
			text_addf(&folded, " %s", plain);
		db_bind_text(to, 1, db_text(from, 0));
		db_bind_text(to, 2, db_text(from, 1));
		db_bind_text(to, 3, title);
		db_bind_text(to, 4, text);
		db_bind_text(to, 5, text_end(&folded));
		ok = db_run(to, e);
		text_release(&both);
		text_release(&folded);
		free(german);
		free(plain);
	}
	db_finish(from);
	db_finish(to);
	return ok;
}

unsigned char *opendb_make(const struct source *s, size_t *len, struct error *e)
{
	struct db *db = db_create(":memory:", e);
	unsigned char *bytes = NULL;

	if (db && create(db, e) && db_exec(db, "BEGIN", e) && insert_conf(db, &s->conf, e) &&
	    insert_tables(db, s, e) && insert_dependencies(db, s, e) && insert_channels(db, s, e) &&
	    fill_search(db, e) &&
	    db_exec(db, "COMMIT; INSERT INTO search(search) VALUES('optimize'); VACUUM", e))
		bytes = db_bytes(db, len, e);
	db_close(db);
	if (!bytes)
		error_prefix(e, "cannot make open.db: ");
	return bytes;
}
