/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the source as rows of the database of their tier. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/tierdb.h"
#include "lib/base/text.h"

/* A person, system or organisation: what names it may be for no more eyes. */
struct thing_tier {
	enum kit_kind kind;
	const char *id;
	char tier;
};

static int by_thing(const void *a, const void *b)
{
	const struct thing_tier *x = a, *y = b;

	return x->kind != y->kind ? (int)x->kind - (int)y->kind : strcmp(x->id, y->id);
}

void rows_init(struct rows *r, struct db *db, const struct source *s, const struct tier_keys *keys,
	       int tier)
{
	static const enum table_name tables[] = { PEOPLE, SYSTEMS, ORGANISATIONS };
	size_t capacity = 0;

	*r = (struct rows){ .db = db, .source = s, .keys = keys, .tier = (char)('0' + tier) };
	for (size_t k = 0; k < 3; k++) {
		const struct table *t = &s->tables[tables[k]];

		for (size_t i = 0; i < t->count; i++) {
			mem_grow(&r->things, &capacity, r->thing_count + 1, sizeof(*r->things));
			r->things[r->thing_count++] = (struct thing_tier){
				.kind = t->layout->kind,
				.id = table_get(t, &t->records[i], "id"),
				.tier = table_tier(t, &t->records[i]),
			};
		}
	}
	if (r->thing_count)
		qsort(r->things, r->thing_count, sizeof(*r->things), by_thing);
}

void rows_release(struct rows *r)
{
	free(r->things);
	*r = (struct rows){ 0 };
}

char rows_raise_kind(const struct rows *r, char least, enum kit_kind kind, const char *id)
{
	struct thing_tier key = { .kind = kind, .id = id };
	const struct thing_tier *found =
		r->thing_count ? bsearch(&key, r->things, r->thing_count, sizeof(key), by_thing)
			       : NULL;

	return found && found->tier > least ? found->tier : least;
}

char rows_raise(const struct rows *r, char least, const char *thing)
{
	const char *colon = strchr(thing, ':');

	if (!colon)
		return least;
	return rows_raise_kind(r, least, kit_kind_parse(thing, (size_t)(colon - thing)), colon + 1);
}

void rows_bind(struct db_statement *s, int index, const struct table *t, const struct record *r,
	       const char *key)
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

bool rows_run(struct rows *r, struct db_statement *s, const struct record *record, struct error *e)
{
	r->count++;
	return db_run(s, e) || error_prefix(e, "%s:%zu: ", record->file, record->line);
}

/* The tier of a record: its own, raised by what it names in tables that do not
 * have a say of their own. */
static char tier_of(const struct rows *r, enum table_name name, const struct record *record)
{
	const struct table *t = &r->source->tables[name];
	char tier = table_tier(t, record);

	switch (name) {
	case ROSTER:
	case HOLDERS:
		return rows_raise_kind(r, tier, KIT_PERSON, table_get(t, record, "person"));
	case RESTART_WAVES:
		return rows_raise_kind(r, tier, KIT_SYSTEM, table_get(t, record, "system"));
	case DEPENDENCIES:
		tier = rows_raise_kind(r, '0', KIT_SYSTEM, table_get(t, record, "from"));
		return rows_raise_kind(r, tier, KIT_SYSTEM, table_get(t, record, "to"));
	default:
		return tier;
	}
}

/* What goes where. `keys` are the columns of the source that are the parameters;
 * "@whom" is two, kind and id, and a word after '=' stands for an empty cell. */
static const struct {
	enum table_name table;
	const char *insert, *keys;
} plain[] = {
	{ ORGANISATIONS, "organisation",
	  "id name type parent synonyms hours source checked_on checked_by note" },
	{ ROLES, "role",
	  "id name name_en short board task synonyms hours checked_on checked_by note" },
	{ PEOPLE, "person",
	  "id last_name first_name salutation organisation function languages hours checked_on "
	  "checked_by consent_on delete_by note" },
	{ ROSTER, "roster", "role from person to" },
	{ SYSTEMS, "system", "id name type" },
	{ DEPENDENCIES, "dependency", "from to reason" },
	{ CONTRACTS, "contract",
	  "id organisation subject contract_number customer_number response_time may_order until "
	  "note" },
	{ CHAINS, "chain", "id title occasion level" },
	/* nr counts within the chain, in the order of the source. */
	{ NODES,
	  "INSERT INTO node SELECT ?1, count(*) + 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12"
	  " FROM node WHERE chain_id = ?1",
	  "chain id after @whom caller attempts=2 acknowledge_min=10 otherwise parallel=0 text "
	  "deadline" },
	{ DEADLINES, "deadline",
	  "id title legal_basis starts_at hours months text applies_if recipient contents source "
	  "checked_on checked_by form" },
	{ PLANS, "plan",
	  "id title category occasion audience goal responsible version data_date review_by "
	  "last_exercised file card=0" },
	{ PHASES, "phase", "plan nr title intro" },
	{ STEPS, "step",
	  "plan nr phase text detail r a c i by kind=task needs deadline chain form" },
	{ FORMS, "form", "id title data_date intro file" },
	{ FORM_PARTS, "form_part", "form nr kind text full=0" },
	{ DEPARTMENTS, "department", "id name short secrecy head note" },
	{ PROCESSES, "process",
	  "id name department rank mtpd_h rto_h rpo_h emergency_level substitute key_dates "
	  "legal_duty role payment note" },
	{ DEVICES, "device",
	  "id name department site model serial disk_serial mac class hold_reason image driver_pack "
	  "note" },
	{ MODELS, "model",
	  "id manufacturer count surveyed_on surveyed_by boots_usb secure_boot network readiness "
	  "note" },
	{ ISSUED, "issued",
	  "id type @holder place issued_on kit_version reported_on status=active note" },
	{ RECOVERY_KEYS, "recovery_key", "key_id key device volume_id created_on note" },
	{ RESTART_WAVES, "restart_wave", "system wave nr precondition test duration_min role" },
	{ EXERCISES, "exercise",
	  "id date type title plans organisations participants result note" },
	{ QUESTIONS, "question", "id topic question answer checked_on checked_by" },
};

/* Bind one word of `keys`; returns how many parameters it was. */
static int bind_word(struct db_statement *s, int index, const struct table *t,
		     const struct record *r, const char *word, size_t n)
{
	char key[32];
	size_t name = strcspn(word, "= ");
	bool pair = *word == '@';

	snprintf(key, sizeof(key), "%.*s", (int)(name - pair), word + pair);
	if (pair) {
		const char *value = table_get(t, r, key), *colon = strchr(value, ':');
		char kind[32];

		snprintf(kind, sizeof(kind), "%.*s", colon ? (int)(colon - value) : 0, value);
		db_bind_text(s, index, kind);
		db_bind_text(s, index + 1, colon ? colon + 1 : value);
		return 2;
	}
	if (name < n && !*table_get(t, r, key)) {
		char otherwise[32];

		/* STRICT tables turn the text of a number into the number. */
		snprintf(otherwise, sizeof(otherwise), "%.*s", (int)(n - name - 1),
			 word + name + 1);
		db_bind_text(s, index, otherwise);
	} else {
		rows_bind(s, index, t, r, key);
	}
	return 1;
}

/* "INSERT INTO name VALUES(?,?...)" for as many parameters as `keys` has. */
static void insert_sql(const char *insert, const char *keys, struct text *sql)
{
	if (strchr(insert, ' ')) {
		text_add(sql, insert);
		return;
	}
	text_addf(sql, "INSERT INTO %s VALUES(?", insert);
	for (const char *at = keys; *at; at++)
		text_add(sql, *at == ' ' ? ",?" : *at == '@' ? ",?" : "");
	text_add(sql, ")");
}

static bool insert_plain(struct rows *r, size_t which, struct error *e)
{
	const struct table *t = &r->source->tables[plain[which].table];
	struct text sql = { 0 };
	struct db_statement *s;
	bool ok;

	insert_sql(plain[which].insert, plain[which].keys, &sql);
	s = db_prepare(r->db, text_end(&sql), e);
	ok = s != NULL;
	for (size_t i = 0; ok && i < t->count; i++) {
		const struct record *record = &t->records[i];
		int index = 1;

		if (tier_of(r, plain[which].table, record) != r->tier)
			continue;
		for (const char *at = plain[which].keys; *at;) {
			size_t n = strcspn(at, " ");

			index += bind_word(s, index, t, record, at, n);
			at += n + (at[n] == ' ');
		}
		ok = rows_run(r, s, record, e);
	}
	db_finish(s);
	text_release(&sql);
	return ok;
}

/* All of a system but its name is for those with a passphrase, also if it is open. */
static bool insert_details(struct rows *r, struct error *e)
{
	const struct table *t = &r->source->tables[SYSTEMS];
	static const char *const keys[] = { "id",           "site",          "address",
					    "os",           "support_end",   "critical",
					    "organisation", "self_operated", "independent",
					    "image",        "image_hash",    "note" };
	struct db_statement *s =
		db_prepare(r->db, "INSERT INTO system_detail VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < t->count; i++) {
		const struct record *record = &t->records[i];
		char tier = table_tier(t, record);

		if ((tier == '0' ? '1' : tier) != r->tier)
			continue;
		for (int k = 0; k < (int)(sizeof(keys) / sizeof(keys[0])); k++)
			rows_bind(s, k + 1, t, record, keys[k]);
		ok = rows_run(r, s, record, e);
	}
	db_finish(s);
	return ok;
}

/* Call `row` for each id of a list "a,b,c", with its place from 1. */
static bool each_id(const char *list, struct rows *r, struct db_statement *s,
		    const struct record *record,
		    bool (*row)(struct rows *r, struct db_statement *s, const struct record *record,
				const char *id, int place, struct error *e),
		    struct error *e)
{
	char id[64];

	for (int place = 1; *list; place++) {
		size_t n = strcspn(list, ",");

		snprintf(id, sizeof(id), "%.*s", (int)n, list);
		if (!row(r, s, record, id, place, e))
			return false;
		list += n + (list[n] == ',');
	}
	return true;
}

static bool holder_row(struct rows *r, struct db_statement *s, const struct record *record,
		       const char *id, int place, struct error *e)
{
	if (rows_raise_kind(r, '1', KIT_PERSON, id) != r->tier)
		return true;
	db_bind_text(s, 1, table_get(&r->source->tables[ROLES], record, "id"));
	db_bind_text(s, 2, id);
	db_bind_number(s, 3, place);
	db_bind_null(s, 4);
	db_bind_null(s, 5);
	return rows_run(r, s, record, e);
}

/* First those in roles.csv in their order, then holders.csv, whose word counts. */
static bool insert_holders(struct rows *r, struct error *e)
{
	const struct table *roles = &r->source->tables[ROLES];
	const struct table *t = &r->source->tables[HOLDERS];
	struct db_statement *s = db_prepare(
		r->db,
		"INSERT OR REPLACE INTO holder VALUES(?1, ?2, ifnull(?3, ifnull("
		"(SELECT rank FROM holder WHERE role_id = ?1 AND person_id = ?2),"
		"(SELECT ifnull(max(rank), 0) + 1 FROM holder WHERE role_id = ?1))), ?4, ?5)",
		e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < roles->count; i++)
		ok = each_id(table_get(roles, &roles->records[i], "holders"), r, s,
			     &roles->records[i], holder_row, e);
	for (size_t i = 0; ok && i < t->count; i++) {
		const struct record *record = &t->records[i];

		if (tier_of(r, HOLDERS, record) != r->tier)
			continue;
		rows_bind(s, 1, t, record, "role");
		rows_bind(s, 2, t, record, "person");
		rows_bind(s, 3, t, record, "rank");
		rows_bind(s, 4, t, record, "from");
		rows_bind(s, 5, t, record, "to");
		ok = rows_run(r, s, record, e);
	}
	db_finish(s);
	return ok;
}

static bool process_system_row(struct rows *r, struct db_statement *s, const struct record *record,
			       const char *id, int place, struct error *e)
{
	(void)place;
	db_bind_text(s, 1, table_get(&r->source->tables[PROCESSES], record, "id"));
	db_bind_text(s, 2, id);
	return rows_run(r, s, record, e);
}

static bool insert_process_systems(struct rows *r, struct error *e)
{
	const struct table *t = &r->source->tables[PROCESSES];
	struct db_statement *s =
		db_prepare(r->db, "INSERT OR IGNORE INTO process_system VALUES(?,?)", e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < t->count; i++)
		if (table_tier(t, &t->records[i]) == r->tier)
			ok = each_id(table_get(t, &t->records[i], "systems"), r, s, &t->records[i],
				     process_system_row, e);
	db_finish(s);
	return ok;
}

static bool insert_documents(struct rows *r, struct error *e)
{
	const struct table *t = &r->source->tables[DOCUMENTS];
	static const char *const keys[] = { "id", "title", "file", "sha256", "paper_copy", "note" };
	struct db_statement *s = db_prepare(r->db, "INSERT INTO document VALUES(?,?,?,?,?,?,?)", e);
	bool ok = s != NULL;

	for (size_t i = 0; ok && i < t->count; i++) {
		const struct record *record = &t->records[i];
		const struct source_bytes *b = &r->source->documents[i];

		if (table_tier(t, record) != r->tier || !b->name)
			continue;
		for (int k = 0; k < 6; k++)
			rows_bind(s, k + 1, t, record, keys[k]);
		db_bind_blob(s, 7, b->bytes, b->len);
		ok = rows_run(r, s, record, e);
	}
	db_finish(s);
	return ok;
}

bool rows_insert(struct rows *r, struct error *e)
{
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (!insert_plain(r, i, e))
			return false;
	return insert_details(r, e) && insert_holders(r, e) && insert_process_systems(r, e) &&
	       insert_documents(r, e);
}
