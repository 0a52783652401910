/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only room that sees sqlite3.h. */
#include "lib/data/db.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

struct db {
	sqlite3 *handle;
};

struct db_statement {
	sqlite3 *handle;
	sqlite3_stmt *statement;
	int bind_result; /* the first binding that failed, reported by the next step */
};

static bool failed(sqlite3 *handle, const char *what, struct error *e)
{
	int code = handle ? sqlite3_errcode(handle) : SQLITE_NOMEM;
	enum error_kind kind = code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? ERROR_UNTRUSTED
									       : ERROR_FAILED;

	return error_set(e, kind, "%s: %s", what, handle ? sqlite3_errmsg(handle) : "no memory");
}

static bool pragma_number(struct db *db, const char *sql, int64_t *out, struct error *e)
{
	struct db_statement *s = db_prepare(db, sql, e);
	bool row = false;

	if (s && db_step(s, &row, e) && row)
		*out = db_number(s, 0);
	db_finish(s);
	return row;
}

/* Is it the right one? */
static bool right_kind(struct db *db, const char *schema, uint32_t application_id, uint32_t version,
		       struct error *e)
{
	int64_t found_id, found_version;
	char sql[80];

	snprintf(sql, sizeof(sql), "PRAGMA %s.application_id", schema);
	if (!pragma_number(db, sql, &found_id, e))
		return false;
	snprintf(sql, sizeof(sql), "PRAGMA %s.user_version", schema);
	if (!pragma_number(db, sql, &found_version, e))
		return false;
	if (found_id != (int64_t)application_id)
		return error_set(e, ERROR_UNTRUSTED, "is not the kind of database expected");
	if (found_version != (int64_t)version)
		return error_set(e, ERROR_UNTRUSTED,
				 "has version %" PRId64 ", this program reads version %" PRIu32,
				 found_version, version);
	return true;
}

/* What makes a database that we did not write safe to ask. */
static bool guard(struct db *db, uint32_t application_id, uint32_t version, struct error *e)
{
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db->handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	return db_exec(db,
		       "PRAGMA query_only = 1; PRAGMA cell_size_check = 1;"
		       "PRAGMA mmap_size = 0; PRAGMA temp_store = memory",
		       e) &&
	       right_kind(db, "main", application_id, version, e);
}

static struct db *open_handle(const char *path, int flags, struct error *e)
{
	struct db *db = mem_alloc(sizeof(*db));

	if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
		failed(db->handle, "cannot open", e);
		db_close(db);
		return NULL;
	}
	return db;
}

struct db *db_open(const char *path, uint32_t application_id, uint32_t version, struct error *e)
{
	struct db *db = open_handle(path, SQLITE_OPEN_READONLY, e);

	if (db && !guard(db, application_id, version, e)) {
		db_close(db);
		db = NULL;
	}
	if (!db)
		error_prefix(e, "%s: ", path);
	return db;
}

struct db *db_open_bytes(const void *bytes, size_t len, uint32_t application_id, uint32_t version,
			 struct error *e)
{
	struct db *db = open_handle(":memory:", SQLITE_OPEN_READWRITE, e);
	void *copy;

	if (!db)
		return NULL;
	copy = sqlite3_malloc64(len ? len : 1);
	if (!copy) {
		error_set(e, ERROR_FAILED, "not enough memory for the database");
	} else {
		memcpy(copy, bytes, len);
		/* SQLite frees the copy, also if this fails. */
		if (sqlite3_deserialize(db->handle, "main", copy, (sqlite3_int64)len,
					(sqlite3_int64)len,
					SQLITE_DESERIALIZE_FREEONCLOSE |
						SQLITE_DESERIALIZE_READONLY) == SQLITE_OK &&
		    guard(db, application_id, version, e))
			return db;
		failed(db->handle, "cannot open the database", e);
	}
	db_close(db);
	return NULL;
}

/* Has it the tables that the first one has? Else a name could not mean both. */
static bool same_tables(struct db *db, const char *name, struct error *e)
{
	char sql[200];
	int64_t others;

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM (SELECT name, sql FROM main.sqlite_schema"
		 " EXCEPT SELECT name, sql FROM %s.sqlite_schema)",
		 name);
	if (!pragma_number(db, sql, &others, e))
		return false;
	return others == 0 || error_set(e, ERROR_UNTRUSTED, "has other tables");
}

/* The statements that make `table` mean the rows of every database that is attached. The
 * views are ours and lie in the temporary schema, in memory: the only ones that may run. */
static bool add_views(struct db *db, char **sql, struct error *e)
{
	struct db_statement *s = db_prepare(
		db,
		"SELECT group_concat(printf('DROP VIEW IF EXISTS temp.\"%w\";"
		"CREATE TEMP VIEW \"%w\" AS %s;', t.name, t.name,"
		" (SELECT group_concat(printf('SELECT * FROM \"%w\".\"%w\"', d.name, t.name),"
		"   ' UNION ALL ') FROM pragma_database_list d WHERE d.name != 'temp')), '')"
		" FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'table'"
		" AND t.name NOT LIKE 'sqlite_%'",
		e);
	bool row = false;

	if (s && db_step(s, &row, e) && row)
		*sql = mem_string(db_text(s, 0));
	db_finish(s);
	return row;
}

static bool unite(struct db *db, struct error *e)
{
	char *sql = NULL;
	bool ok = add_views(db, &sql, e) && db_exec(db, "PRAGMA query_only = 0", e);

	if (ok) {
		ok = db_exec(db, sql, e);
		ok = db_exec(db, "PRAGMA query_only = 1", e) && ok;
	}
	free(sql);
	return ok;
}

/* SQLite takes bytes that it may change, and with this flag never does. They are borrowed, not copied: they may be
 * secret. */
static bool borrow(struct db *db, const char *name, const void *bytes, size_t len, struct error *e)
{
	return sqlite3_deserialize(db->handle, name, (unsigned char *)(uintptr_t)bytes,
				   (sqlite3_int64)len, (sqlite3_int64)len,
				   SQLITE_DESERIALIZE_READONLY) == SQLITE_OK ||
	       failed(db->handle, "cannot open the database", e);
}

/* Alone: SQLite (seen in 3.46, not in 3.40) neither asks nor detaches anything as long as one of its databases
 * cannot be read. */
static bool can_be_read(const void *bytes, size_t len, uint32_t application_id, uint32_t version,
			struct error *e)
{
	struct db *alone = open_handle(":memory:", SQLITE_OPEN_READWRITE, e);
	int64_t objects;
	bool ok = alone && borrow(alone, "main", bytes, len, e) &&
		  guard(alone, application_id, version, e) &&
		  pragma_number(alone, "SELECT count(*) FROM sqlite_schema", &objects, e);

	db_close(alone);
	return ok;
}

bool db_attach_bytes(struct db *db, const char *name, const void *bytes, size_t len,
		     uint32_t application_id, uint32_t version, struct error *e)
{
	char sql[80];

	if (!can_be_read(bytes, len, application_id, version, e))
		return false;
	snprintf(sql, sizeof(sql), "ATTACH ':memory:' AS %s", name);
	if (!db_exec(db, sql, e))
		return false;
	if (borrow(db, name, bytes, len, e) && same_tables(db, name, e) && unite(db, e))
		return true;
	db_detach(db, name);
	return false;
}

void db_detach(struct db *db, const char *name)
{
	struct error ignored = { 0 }; /* it is read-only: what stays attached does no harm */
	char sql[80];

	snprintf(sql, sizeof(sql), "DETACH %s", name);
	(void)(db_exec(db, sql, &ignored) && unite(db, &ignored));
}

struct db *db_create(const char *path, struct error *e)
{
	struct db *db = open_handle(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, e);

	if (!db)
		error_prefix(e, "%s: ", path);
	return db;
}

unsigned char *db_bytes(struct db *db, size_t *len, struct error *e)
{
	sqlite3_int64 size;
	unsigned char *bytes = sqlite3_serialize(db->handle, "main", &size, 0), *copy;

	if (!bytes) {
		failed(db->handle, "cannot take the database out of memory", e);
		return NULL;
	}
	copy = mem_array((size_t)size, 1);
	memcpy(copy, bytes, (size_t)size);
	explicit_bzero(bytes, (size_t)size);
	sqlite3_free(bytes);
	*len = (size_t)size;
	return copy;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	sqlite3_close(db->handle);
	free(db);
}

bool db_exec(struct db *db, const char *sql, struct error *e)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
		return true;
	return failed(db->handle, "database", e);
}

struct db_statement *db_prepare(struct db *db, const char *sql, struct error *e)
{
	struct db_statement *s = mem_alloc(sizeof(*s));

	s->handle = db->handle;
	if (sqlite3_prepare_v2(db->handle, sql, -1, &s->statement, NULL) == SQLITE_OK)
		return s;
	failed(db->handle, "database", e);
	free(s);
	return NULL;
}

void db_finish(struct db_statement *s)
{
	if (!s)
		return;
	sqlite3_finalize(s->statement);
	free(s);
}

static void bound(struct db_statement *s, int result)
{
	if (s->bind_result == SQLITE_OK)
		s->bind_result = result;
}

void db_bind_text(struct db_statement *s, int index, const char *value)
{
	bound(s, sqlite3_bind_text(s->statement, index, value, -1, SQLITE_TRANSIENT));
}

void db_bind_number(struct db_statement *s, int index, int64_t value)
{
	bound(s, sqlite3_bind_int64(s->statement, index, value));
}

void db_bind_null(struct db_statement *s, int index)
{
	bound(s, sqlite3_bind_null(s->statement, index));
}

void db_bind_blob(struct db_statement *s, int index, const void *bytes, size_t len)
{
	bound(s, sqlite3_bind_blob64(s->statement, index, len ? bytes : "", len, SQLITE_TRANSIENT));
}

bool db_step(struct db_statement *s, bool *row, struct error *e)
{
	int result = s->bind_result;

	*row = false;
	if (result == SQLITE_OK)
		result = sqlite3_step(s->statement);
	if (result == SQLITE_ROW) {
		*row = true;
		return true;
	}
	if (result != SQLITE_DONE)
		failed(s->handle, "database", e);
	sqlite3_reset(s->statement);
	s->bind_result = SQLITE_OK;
	return result == SQLITE_DONE;
}

bool db_run(struct db_statement *s, struct error *e)
{
	bool row;

	if (!db_step(s, &row, e))
		return false;
	if (row)
		sqlite3_reset(s->statement);
	return true;
}

const char *db_text(struct db_statement *s, int column)
{
	const unsigned char *text = sqlite3_column_text(s->statement, column);

	return text ? (const char *)text : "";
}

int64_t db_number(struct db_statement *s, int column)
{
	return sqlite3_column_int64(s->statement, column);
}

bool db_is_null(struct db_statement *s, int column)
{
	return sqlite3_column_type(s->statement, column) == SQLITE_NULL;
}

bool db_is_number(struct db_statement *s, int column)
{
	return sqlite3_column_type(s->statement, column) == SQLITE_INTEGER;
}

int db_columns(struct db_statement *s)
{
	return sqlite3_column_count(s->statement);
}

const char *db_column_name(struct db_statement *s, int column)
{
	const char *name = sqlite3_column_name(s->statement, column);

	return name ? name : "";
}
