/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_DB_H
#define LIB_DATA_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The only door to SQLite. Databases are opened read-only from a file that
 * someone else made (kit), or created new; statements bind by position and
 * give columns that stay valid until the next step.
 */
struct db;
struct db_statement;

/* Open an existing database for reading. Refuses one whose application_id or
 * user_version differ (ERROR_UNTRUSTED); runs with trusted_schema off and
 * defensive on, so that a forged schema cannot run code of its choice. */
__attribute__((warn_unused_result))
struct db *db_open(const char *path, uint32_t application_id, uint32_t version, struct error *e);

/* The same with a database that is already in memory; the bytes are copied. */
__attribute__((warn_unused_result))
struct db *db_open_bytes(const void *bytes, size_t len, uint32_t application_id, uint32_t version,
			 struct error *e);

/* The whole database as the bytes of its file, to be freed by the caller (and wiped,
 * if people stand in it: no other copy is left here). */
__attribute__((warn_unused_result))
unsigned char *db_bytes(struct db *db, size_t *len, struct error *e);

/* Create a new, empty database. With path ":memory:" it lives in RAM. */
__attribute__((warn_unused_result))
struct db *db_create(const char *path, struct error *e);

/* Attach to an open database another one of the same tables under a name of its own ("strict";
 * letters only), from bytes that are borrowed until db_close(): checked and read-only as in
 * db_open(). A name without a schema then means the rows of all of them, the virtual tables
 * excepted: those are asked one by one ("strict.search"). */
__attribute__((warn_unused_result))
bool db_attach_bytes(struct db *db, const char *name, const void *bytes, size_t len,
		     uint32_t application_id, uint32_t version, struct error *e);
void db_detach(struct db *db, const char *name);

void db_close(struct db *db); /* accepts NULL */

/* Run statements without results. */
__attribute__((warn_unused_result))
bool db_exec(struct db *db, const char *sql, struct error *e);

__attribute__((warn_unused_result))
struct db_statement *db_prepare(struct db *db, const char *sql, struct error *e);
void db_finish(struct db_statement *s); /* accepts NULL */

/* Parameters count from 1. A NULL text binds NULL. Texts are copied. */
void db_bind_text(struct db_statement *s, int index, const char *value);
void db_bind_number(struct db_statement *s, int index, int64_t value);
void db_bind_null(struct db_statement *s, int index);
void db_bind_blob(struct db_statement *s, int index, const void *bytes, size_t len);

/* The next row: true with *row true, or true with *row false at the end (the
 * statement is then reset and may be bound and stepped again). */
__attribute__((warn_unused_result))
bool db_step(struct db_statement *s, bool *row, struct error *e);

/* Run a statement that gives no rows; reset it for the next binding. */
__attribute__((warn_unused_result))
bool db_run(struct db_statement *s, struct error *e);

/* Columns count from 0. Text of NULL is "". */
const char *db_text(struct db_statement *s, int column);
int64_t db_number(struct db_statement *s, int column);
bool db_is_null(struct db_statement *s, int column);
bool db_is_number(struct db_statement *s, int column);

/* The columns of a statement: how many, and what each is called. */
int db_columns(struct db_statement *s);
const char *db_column_name(struct db_statement *s, int column);

#endif
