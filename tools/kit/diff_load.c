/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One side of `kit diff`: a source folder or an image, as rows. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kit/archive.h"
#include "kit/diff.h"
#include "lib/base/language.h"
#include "lib/crypto/sealed.h"
#include "lib/data/kitinfo.h"

/* In the order in which changes are told: people and numbers first. */
static const struct diff_table tables[] = {
	{ "kit", N_("kit"), "kit_id", "organisation" },
	{ "person", N_("person"), "person_id", "first_name last_name" },
	{ "role", N_("role"), "role_id", "name" },
	{ "holder", N_("holder of a role"), "role_id person_id", "role_id person_id" },
	{ "roster", N_("duty"), "role_id from_time person_id", "role_id from_time person_id" },
	{ "organisation", N_("organisation"), "organisation_id", "name" },
	{ "channel", N_("number or address"), "", "" },
	{ "contract", N_("contract"), "contract_id", "subject" },
	{ "plan", N_("plan"), "plan_id", "plan_id title" },
	{ "phase", N_("phase of a plan"), "plan_id nr", "plan_id title" },
	{ "step", N_("step"), "plan_id nr", "plan_id nr" },
	{ "chain", N_("call chain"), "chain_id", "title" },
	{ "node", N_("call of a chain"), "chain_id node_id", "chain_id node_id" },
	{ "deadline", N_("deadline"), "deadline_id", "title" },
	{ "form", N_("form"), "form_id", "title" },
	{ "form_part", N_("line of a form"), "form_id nr", "form_id nr" },
	{ "document", N_("document"), "document_id", "title" },
	{ "department", N_("department"), "department_id", "name" },
	{ "process", N_("process"), "process_id", "name" },
	{ "process_system", N_("system of a process"), "process_id system_id",
	  "process_id system_id" },
	{ "system", N_("system"), "system_id", "name" },
	{ "system_detail", N_("details of a system"), "system_id", "system_id" },
	{ "dependency", N_("dependency"), "from_id to_id", "from_id to_id" },
	{ "restart_wave", N_("restart"), "system_id", "system_id" },
	{ "device", N_("device"), "device_id", "device_id name" },
	{ "model", N_("PC model"), "model_id", "model_id" },
	{ "issued", N_("stick, folder or envelope"), "issued_id", "issued_id" },
	{ "recovery_key", N_("recovery key"), "key_id", "key_id" },
	{ "exercise", N_("exercise"), "exercise_id", "title" },
	{ "question", N_("question"), "question_id", "question" },
};
#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

int diff_order(const struct diff_row *a, const struct diff_row *b)
{
	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	return strcmp(a->key, b->key);
}

static int by_order(const void *a, const void *b)
{
	return diff_order(a, b);
}

static const char *value_of(const struct diff_row *r, const char *column, size_t n)
{
	for (size_t i = 0; i < r->count; i++)
		if (strncmp(r->columns[i], column, n) == 0 && r->columns[i][n] == '\0')
			return r->values[i];
	return "";
}

/* The values of the columns in `list`, with `between` between them. */
static const char *join(struct arena *a, const struct diff_row *r, const char *list,
			const char *between)
{
	struct text t = { 0 };
	const char *result;

	while (*list) {
		size_t n = strcspn(list, " ");
		const char *value = value_of(r, list, n);

		if (*value)
			text_addf(&t, "%s%s", t.len ? between : "", value);
		list += n + (list[n] == ' ');
	}
	result = arena_string(a, text_end(&t));
	text_release(&t);
	return result;
}

static const char **copy_names(struct arena *a, struct db_statement *s, int count)
{
	const char **names = arena_alloc(a, (size_t)count * sizeof(*names));

	for (int i = 0; i < count; i++)
		names[i] = arena_string(a, db_column_name(s, i));
	return names;
}

static struct diff_row *add_row(struct diff_side *side)
{
	mem_grow(&side->rows, &side->capacity, side->count + 1, sizeof(*side->rows));
	return &side->rows[side->count++];
}

static bool read_table(struct diff_side *side, const struct diff_table *table, struct db *db,
		       int tier, struct error *e)
{
	/* The bytes of a document are told by its sha256, the search index by its texts. */
	char *sql = strcmp(table->name, "document") == 0
			    ? mem_string("SELECT document_id, title, file, sha256, paper_copy, note"
					 " FROM document")
			    : mem_format("SELECT * FROM %s", table->name);
	struct db_statement *s = db_prepare(db, sql, e);
	const char **names = NULL;
	bool row, ok = s != NULL;

	free(sql);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		int count = db_columns(s);
		struct diff_row *r = add_row(side);

		if (!names)
			names = copy_names(&side->memory, s, count);
		*r = (struct diff_row){ .table = table, .columns = names, .tier = tier };
		r->count = (size_t)count;
		r->values = arena_alloc(&side->memory, r->count * sizeof(*r->values));
		for (int i = 0; i < count; i++)
			r->values[i] = arena_string(&side->memory, db_text(s, i));
		r->key = join(&side->memory, r, table->keys, "\x1f");
		r->title = join(&side->memory, r, table->titles, " ");
	}
	db_finish(s);
	return ok;
}

/* A number that changes is one change and not one gone and one new: the key is whose,
 * which type, and the how-manieth of them. */
static bool read_channels(struct diff_side *side, const struct diff_table *table, struct db *db,
			  int tier, struct error *e)
{
	struct db_statement *s =
		db_prepare(db,
			   "SELECT owner_kind, owner_id, type, value, priority, hours, depends_on,"
			   " checked_on, checked_by, note, row_number() OVER (PARTITION BY"
			   " owner_kind, owner_id, type ORDER BY priority, value) FROM channel",
			   e);
	const char **names = NULL;
	bool row, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		struct diff_row *r = add_row(side);
		char key[256];

		if (!names)
			names = copy_names(&side->memory, s, 10);
		*r = (struct diff_row){
			.table = table, .columns = names + 3, .count = 7, .tier = tier
		};
		r->values = arena_alloc(&side->memory, r->count * sizeof(*r->values));
		for (int i = 0; i < 7; i++)
			r->values[i] = arena_string(&side->memory, db_text(s, i + 3));
		snprintf(key, sizeof(key), "%s\x1f%s\x1f%s\x1f%d\x1f%04d", db_text(s, 0),
			 db_text(s, 1), db_text(s, 2), tier, (int)db_number(s, 10));
		r->key = arena_string(&side->memory, key);
		r->title = "";
	}
	db_finish(s);
	return ok;
}

static bool read_tier(struct diff_side *side, const void *bytes, size_t len, int tier,
		      struct error *e)
{
	struct db *db = db_open_bytes(bytes, len, KIT_APPLICATION_ID, KIT_DB_VERSION, e);
	bool ok = db != NULL;

	for (size_t i = 0; ok && i < TABLE_COUNT; i++) {
		bool channel = strcmp(tables[i].name, "channel") == 0;

		/* Each tier has a row about the kit; the open one's is told. */
		if (tier && strcmp(tables[i].name, "kit") == 0)
			continue;
		ok = channel ? read_channels(side, &tables[i], db, tier, e)
			     : read_table(side, &tables[i], db, tier, e);
	}
	db_close(db);
	side->tiers[tier] = ok;
	return ok;
}

static bool load_source(struct diff_side *side, const char *path, struct error *e)
{
	struct source s;
	bool ok;

	source_init(&s);
	ok = source_load(&s, path, e);
	if (ok && s.findings.faults)
		ok = error_set(e, ERROR_UNTRUSTED,
			       _("%s has %zu errors; run kit check and correct them first"), path,
			       s.findings.faults);
	for (int tier = 0; ok && tier < TIERS; tier++) {
		size_t len, rows;
		unsigned char *bytes = tierdb_make(&s, NULL, tier, &len, &rows, e);

		ok = bytes && read_tier(side, bytes, len, tier, e);
		if (bytes)
			explicit_bzero(bytes, len);
		free(bytes);
	}
	source_release(&s);
	return ok;
}

static bool load_sealed(struct diff_side *side, const struct cpio_entry *file, int tier,
			const struct tier_keys *keys, struct error *e)
{
	struct text plain = { 0 };
	bool ok;

	side->sealed_present[tier] = true;
	side->sealed[tier] = digest_bytes(file->bytes, file->len);
	if (!keys || !keys->has[tier])
		return true;
	ok = sealed_open(file->bytes, file->len, &keys->pair[tier], &plain, e) &&
	     read_tier(side, plain.s, plain.len, tier, e);
	if (plain.len)
		explicit_bzero(plain.s, plain.capacity);
	text_release(&plain);
	return ok || error_prefix(e, "%s: ", file->path);
}

static bool load_image(struct diff_side *side, const char *path, const struct tier_keys *keys,
		       struct error *e)
{
	static const char *const files[TIERS] = { "kit/open.db", "kit/protected.db.sealed",
						  "kit/strict.db.sealed" };
	struct archive a;
	bool ok = archive_read(&a, path, e);

	if (!ok)
		return false;
	for (int tier = 0; ok && tier < TIERS; tier++) {
		const struct cpio_entry *file = archive_find(&a, files[tier]);

		if (tier == 0)
			ok = file ? read_tier(side, file->bytes, file->len, 0, e)
				  : error_set(e, ERROR_UNTRUSTED, _("has no open.db"));
		else if (file)
			ok = load_sealed(side, file, tier, keys, e);
	}
	archive_release(&a);
	return ok || error_prefix(e, "%s: ", path);
}

/* Names of owners, for the titles of their numbers. */
static const char *owner_title(const struct diff_side *side, const struct diff_row *channel)
{
	const char *kind = channel->key, *id = strchr(kind, '\x1f') + 1;
	size_t kind_len = (size_t)(id - kind - 1), id_len = strcspn(id, "\x1f");
	char key_id[128];
	struct diff_row wanted = { .key = key_id }, *found;

	snprintf(key_id, sizeof(key_id), "%.*s", (int)id_len, id);
	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (strncmp(tables[i].name, kind, kind_len) == 0 && !tables[i].name[kind_len])
			wanted.table = &tables[i];
	found = wanted.table && side->count
			? bsearch(&wanted, side->rows, side->count, sizeof(wanted), by_order)
			: NULL;
	return found ? found->title : NULL;
}

static void name_channels(struct diff_side *side)
{
	for (size_t i = 0; i < side->count; i++) {
		struct diff_row *r = &side->rows[i];
		const char *owner, *type, *title;
		char type_word[64];

		if (strcmp(r->table->name, "channel") != 0)
			continue;
		owner = strchr(r->key, '\x1f') + 1;
		type = owner + strcspn(owner, "\x1f") + 1;
		snprintf(type_word, sizeof(type_word), "%.*s", (int)strcspn(type, "\x1f"), type);
		title = owner_title(side, r);
		char *words = title ? mem_format("%s, %s", title, _(diff_channel_label(type_word)))
				    : mem_format("%.*s, %s", (int)strcspn(owner, "\x1f"), owner,
						 _(diff_channel_label(type_word)));
		r->title = arena_string(&side->memory, words);
		free(words);
	}
}

bool diff_load(struct diff_side *side, const char *path, const struct tier_keys *keys,
	       struct error *e)
{
	struct stat st;
	bool ok;

	*side = (struct diff_side){ .path = path };
	if (stat(path, &st) != 0)
		return error_errno(e, _("cannot open %s"), path);
	ok = S_ISDIR(st.st_mode) ? load_source(side, path, e) : load_image(side, path, keys, e);
	if (ok && side->count)
		qsort(side->rows, side->count, sizeof(*side->rows), by_order);
	if (ok)
		name_channels(side);
	else
		diff_release(side);
	return ok;
}

void diff_release(struct diff_side *side)
{
	free(side->rows);
	arena_release(&side->memory);
	*side = (struct diff_side){ 0 };
}
