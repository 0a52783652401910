/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kit's databases: one schema, one file per tier. */
#include "kit/tierdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/kitinfo.h"
#include "lib/data/namefold.h"

#define STRICT ") STRICT, WITHOUT ROWID;"

/* docs/formats/kit-db.md explains every column. WITHOUT ROWID keeps the rows in
 * the order of their key, whatever the order of the source was. */
static const char schema[] =
	"CREATE TABLE kit(kit_id TEXT PRIMARY KEY, tier INTEGER NOT NULL,"
	" organisation TEXT NOT NULL, version INTEGER NOT NULL, data_date TEXT NOT NULL,"
	" review_by TEXT NOT NULL, valid_until TEXT NOT NULL, publisher TEXT NOT NULL,"
	" signer TEXT, language TEXT NOT NULL, keyboard TEXT NOT NULL, timezone TEXT NOT NULL,"
	" exercise INTEGER NOT NULL, protected_key TEXT, strict_key TEXT" STRICT
	"CREATE TABLE organisation(organisation_id TEXT PRIMARY KEY, name TEXT NOT NULL,"
	" type TEXT NOT NULL, parent_id TEXT, synonyms TEXT, hours TEXT, source TEXT,"
	" checked_on TEXT, checked_by TEXT, note TEXT" STRICT
	"CREATE TABLE role(role_id TEXT PRIMARY KEY, name TEXT NOT NULL, name_en TEXT, short TEXT,"
	" board TEXT, task TEXT, synonyms TEXT, hours TEXT, checked_on TEXT, checked_by TEXT,"
	" note TEXT" STRICT
	"CREATE TABLE person(person_id TEXT PRIMARY KEY, last_name TEXT NOT NULL, first_name TEXT,"
	" salutation TEXT, organisation_id TEXT, function TEXT, languages TEXT, hours TEXT,"
	" checked_on TEXT, checked_by TEXT, consent_on TEXT, delete_by TEXT, note TEXT" STRICT
	"CREATE TABLE holder(role_id TEXT NOT NULL, person_id TEXT NOT NULL,"
	" rank INTEGER NOT NULL, valid_from TEXT, valid_to TEXT,"
	" PRIMARY KEY(role_id, person_id)" STRICT
	"CREATE TABLE roster(role_id TEXT NOT NULL, from_time TEXT NOT NULL,"
	" person_id TEXT NOT NULL, to_time TEXT NOT NULL,"
	" PRIMARY KEY(role_id, from_time, person_id)" STRICT
	"CREATE TABLE system(system_id TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT" STRICT
	"CREATE TABLE system_detail(system_id TEXT PRIMARY KEY, site TEXT, address TEXT, os TEXT,"
	" support_end TEXT, critical INTEGER, organisation_id TEXT, self_operated INTEGER,"
	" independent INTEGER, image TEXT, image_hash TEXT, note TEXT" STRICT
	"CREATE TABLE dependency(from_id TEXT NOT NULL, to_id TEXT NOT NULL, reason TEXT,"
	" PRIMARY KEY(from_id, to_id)" STRICT
	"CREATE TABLE channel(owner_kind TEXT NOT NULL, owner_id TEXT NOT NULL,"
	" priority INTEGER NOT NULL, type TEXT NOT NULL, value TEXT NOT NULL, normal TEXT,"
	" hours TEXT, depends_on TEXT, checked_on TEXT, checked_by TEXT, note TEXT,"
	" PRIMARY KEY(owner_kind, owner_id, priority, type, value)" STRICT
	"CREATE TABLE contract(contract_id TEXT PRIMARY KEY, organisation_id TEXT NOT NULL,"
	" subject TEXT NOT NULL, contract_number TEXT, customer_number TEXT, response_time TEXT,"
	" may_order TEXT, until TEXT, note TEXT" STRICT
	"CREATE TABLE chain(chain_id TEXT PRIMARY KEY, title TEXT NOT NULL,"
	" occasion TEXT NOT NULL, level TEXT" STRICT
	"CREATE TABLE node(chain_id TEXT NOT NULL, nr INTEGER NOT NULL, node_id TEXT NOT NULL,"
	" after_id TEXT, whom_kind TEXT NOT NULL, whom_id TEXT NOT NULL, caller_id TEXT,"
	" attempts INTEGER NOT NULL, acknowledge_min INTEGER NOT NULL, otherwise_id TEXT,"
	" parallel INTEGER NOT NULL, text TEXT NOT NULL, deadline_id TEXT,"
	" PRIMARY KEY(chain_id, nr)" STRICT
	"CREATE TABLE deadline(deadline_id TEXT PRIMARY KEY, title TEXT NOT NULL,"
	" legal_basis TEXT NOT NULL, starts_at TEXT NOT NULL, hours INTEGER, months INTEGER,"
	" text TEXT, applies_if TEXT NOT NULL, recipient_id TEXT, contents TEXT,"
	" source TEXT NOT NULL, checked_on TEXT NOT NULL, checked_by TEXT NOT NULL,"
	" form_id TEXT" STRICT
	"CREATE TABLE plan(plan_id TEXT PRIMARY KEY, title TEXT NOT NULL, category TEXT,"
	" occasion TEXT, audience TEXT, goal TEXT, responsible_id TEXT NOT NULL, version TEXT,"
	" data_date TEXT NOT NULL, review_by TEXT NOT NULL, last_exercised TEXT,"
	" file TEXT NOT NULL, card INTEGER NOT NULL" STRICT
	"CREATE TABLE phase(plan_id TEXT NOT NULL, nr INTEGER NOT NULL, title TEXT, intro TEXT,"
	" PRIMARY KEY(plan_id, nr)" STRICT
	"CREATE TABLE step(plan_id TEXT NOT NULL, nr INTEGER NOT NULL, phase INTEGER NOT NULL,"
	" text TEXT NOT NULL, detail TEXT, r TEXT, a TEXT, c TEXT, i TEXT, by_min INTEGER,"
	" kind TEXT NOT NULL, needs TEXT, deadline_id TEXT, chain_id TEXT, form_id TEXT,"
	" PRIMARY KEY(plan_id, nr)" STRICT
	"CREATE TABLE form(form_id TEXT PRIMARY KEY, title TEXT NOT NULL, data_date TEXT NOT NULL,"
	" intro TEXT, file TEXT NOT NULL" STRICT
	"CREATE TABLE form_part(form_id TEXT NOT NULL, nr INTEGER NOT NULL, kind TEXT NOT NULL,"
	" text TEXT, full INTEGER NOT NULL, PRIMARY KEY(form_id, nr)" STRICT
	"CREATE TABLE document(document_id TEXT PRIMARY KEY, title TEXT NOT NULL,"
	" file TEXT NOT NULL, sha256 TEXT NOT NULL, paper_copy INTEGER, note TEXT,"
	" bytes BLOB NOT NULL" STRICT
	"CREATE TABLE department(department_id TEXT PRIMARY KEY, name TEXT NOT NULL, short TEXT,"
	" secrecy TEXT NOT NULL, head_id TEXT, note TEXT" STRICT
	"CREATE TABLE process(process_id TEXT PRIMARY KEY, name TEXT NOT NULL, department_id TEXT,"
	" rank INTEGER NOT NULL, mtpd_h INTEGER, rto_h INTEGER, rpo_h INTEGER,"
	" emergency_level TEXT, substitute TEXT, key_dates TEXT, legal_duty TEXT, role_id TEXT,"
	" payment INTEGER, note TEXT" STRICT
	"CREATE TABLE process_system(process_id TEXT NOT NULL, system_id TEXT NOT NULL,"
	" PRIMARY KEY(process_id, system_id)" STRICT
	"CREATE TABLE device(device_id TEXT PRIMARY KEY, name TEXT, department_id TEXT, site TEXT,"
	" model TEXT, serial TEXT, disk_serial TEXT, mac TEXT, class TEXT NOT NULL,"
	" hold_reason TEXT, image TEXT, driver_pack TEXT, note TEXT" STRICT
	"CREATE TABLE model(model_id TEXT PRIMARY KEY, manufacturer TEXT, count INTEGER,"
	" surveyed_on TEXT, surveyed_by TEXT, boots_usb INTEGER, secure_boot TEXT,"
	" network INTEGER, readiness TEXT, note TEXT" STRICT
	"CREATE TABLE issued(issued_id TEXT PRIMARY KEY, type TEXT NOT NULL,"
	" holder_kind TEXT NOT NULL, holder_id TEXT NOT NULL, place TEXT, issued_on TEXT,"
	" kit_version INTEGER, reported_on TEXT, status TEXT NOT NULL, note TEXT" STRICT
	"CREATE TABLE recovery_key(key_id TEXT PRIMARY KEY, key TEXT NOT NULL, device_id TEXT,"
	" volume_id TEXT, created_on TEXT, note TEXT" STRICT
	"CREATE TABLE restart_wave(system_id TEXT PRIMARY KEY, wave INTEGER NOT NULL, nr INTEGER,"
	" precondition TEXT, test TEXT NOT NULL, duration_min INTEGER, role_id TEXT" STRICT
	"CREATE TABLE exercise(exercise_id TEXT PRIMARY KEY, date TEXT NOT NULL,"
	" type TEXT NOT NULL, title TEXT NOT NULL, plans TEXT, organisations TEXT,"
	" participants INTEGER, result TEXT, note TEXT" STRICT
	"CREATE TABLE question(question_id TEXT PRIMARY KEY, topic TEXT NOT NULL,"
	" question TEXT NOT NULL, answer TEXT, checked_on TEXT, checked_by TEXT" STRICT
	"CREATE VIRTUAL TABLE search USING fts5(kind UNINDEXED, id UNINDEXED, title, text, folded,"
	" tokenize = \"unicode61 remove_diacritics 2\", prefix = '2 3');";

static bool create(struct db *db, struct error *e)
{
	char head[256];

	snprintf(head, sizeof(head),
		 "PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = 0;"
		 "PRAGMA application_id = %u; PRAGMA user_version = %u; BEGIN;",
		 KIT_APPLICATION_ID, KIT_DB_VERSION);
	return db_exec(db, head, e) && db_exec(db, schema, e);
}

/* Whom others seal to, a tier's public key; NULL where the kit was made without keys. */
static void bind_key(struct db_statement *s, int index, const struct tier_keys *keys, int tier)
{
	char hex[2 * SEALED_KEY_BYTES + 1];

	if (keys)
		db_bind_text(s, index,
			     hex_encode(hex, keys->pair[tier].public.key, SEALED_KEY_BYTES));
	else
		db_bind_null(s, index);
}

static bool insert_conf(struct rows *r, struct error *e)
{
	const struct conf *c = &r->source->conf;
	struct db_statement *s =
		db_prepare(r->db, "INSERT INTO kit VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", e);
	bool ok;

	if (!s)
		return false;
	db_bind_text(s, 1, c->kit_id);
	db_bind_number(s, 2, r->tier - '0');
	db_bind_text(s, 3, c->organisation);
	db_bind_number(s, 4, strtoll(c->version, NULL, 10));
	db_bind_text(s, 5, c->data_date);
	db_bind_text(s, 6, c->review_by);
	db_bind_text(s, 7, c->valid_until);
	db_bind_text(s, 8, c->publisher);
	db_bind_text(s, 9, c->signer);
	db_bind_text(s, 10, c->language);
	db_bind_text(s, 11, c->keyboard);
	db_bind_text(s, 12, c->timezone);
	db_bind_number(s, 13, strcmp(c->exercise, "yes") == 0);
	bind_key(s, 14, r->keys, 1);
	bind_key(s, 15, r->keys, 2);
	ok = db_run(s, e);
	db_finish(s);
	return ok;
}

/* The full-text index over what is written in plans, forms and the like, with each
 * text a second time in both folded forms: FTS5 alone does not find "Müller" for
 * "mueller". No people: they are few, and are searched by sound. */
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
		"  || ' ' || ifnull(contents,'') FROM deadline"
		" UNION ALL SELECT 'form', form_id, title, ifnull(intro,'') || ' ' || ifnull("
		"  (SELECT group_concat(text, ' ') FROM (SELECT text FROM form_part p"
		"  WHERE p.form_id = f.form_id ORDER BY nr)), '') FROM form f"
		" UNION ALL SELECT 'document', document_id, title, '' FROM document"
		" ORDER BY 1, 2, 3, 4",
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

unsigned char *tierdb_make(const struct source *s, const struct tier_keys *keys, int tier,
			   size_t *len, size_t *rows, struct error *e)
{
	struct db *db = db_create(":memory:", e);
	unsigned char *bytes = NULL;
	struct rows r;

	rows_init(&r, db, s, keys, tier);
	if (db && create(db, e) && insert_conf(&r, e) && rows_insert(&r, e) &&
	    channels_insert(&r, e) && fill_search(db, e) &&
	    db_exec(db, "COMMIT; INSERT INTO search(search) VALUES('optimize'); VACUUM", e))
		bytes = db_bytes(db, len, e);
	*rows = r.count;
	rows_release(&r);
	db_close(db);
	if (!bytes)
		error_prefix(e, _("cannot make the database of tier %d: "), tier);
	return bytes;
}
