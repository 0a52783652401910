/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SQLite behind its door: round trips, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/data/db.h"

#define ID 0x12345678u

static unsigned char *made(size_t *len)
{
	struct error e = { 0 };
	struct db *db = db_create(":memory:", &e);
	unsigned char *bytes;

	assert_non_null(db);
	assert_true(db_exec(db,
			    "PRAGMA application_id = 0x12345678; PRAGMA user_version = 3;"
			    "CREATE TABLE t(a TEXT, b INTEGER); VACUUM",
			    &e));
	struct db_statement *s = db_prepare(db, "INSERT INTO t VALUES(?, ?)", &e);
	assert_non_null(s);
	db_bind_text(s, 1, "Änne");
	db_bind_number(s, 2, INT64_MIN);
	assert_true(db_run(s, &e));
	db_bind_text(s, 1, NULL);
	db_bind_null(s, 2);
	assert_true(db_run(s, &e));
	db_finish(s);
	bytes = db_bytes(db, len, &e);
	assert_non_null(bytes);
	db_close(db);
	return bytes;
}

static void test_round(void **state)
{
	size_t len;
	unsigned char *bytes = made(&len);
	struct error e = { 0 };
	struct db *db = db_open_bytes(bytes, len, ID, 3, &e);
	struct db_statement *s;
	bool row;

	(void)state;
	assert_non_null(db);
	s = db_prepare(db, "SELECT a, b FROM t ORDER BY rowid", &e);
	for (int again = 0; again < 2; again++) {
		assert_true(db_step(s, &row, &e) && row);
		assert_string_equal(db_text(s, 0), "Änne");
		assert_true(db_number(s, 1) == INT64_MIN);
		assert_true(db_is_number(s, 1) && !db_is_null(s, 1));
		assert_string_equal(db_column_name(s, 1), "b");
		assert_true(db_step(s, &row, &e) && row);
		assert_string_equal(db_text(s, 0), "");
		assert_true(db_is_null(s, 0) && db_is_null(s, 1));
		assert_true(db_step(s, &row, &e) && !row);
	}
	db_finish(s);
	/* Read-only, whatever is tried. */
	assert_false(db_exec(db, "INSERT INTO t VALUES('x', 1)", &e));
	db_close(db);
	free(bytes);
}

static void test_refused(void **state)
{
	size_t len;
	unsigned char *bytes = made(&len);
	struct error e = { 0 };

	(void)state;
	assert_null(db_open_bytes(bytes, len, ID + 1, 3, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	e = (struct error){ 0 };
	assert_null(db_open_bytes(bytes, len, ID, 4, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	e = (struct error){ 0 };
	memset(bytes, 'x', 16);
	assert_null(db_open_bytes(bytes, len, ID, 3, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	e = (struct error){ 0 };
	assert_null(db_open("/nonexistent/x.db", ID, 3, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	assert_non_null(strstr(e.text, "/nonexistent/x.db"));
	free(bytes);
}

/* A statement that fails says so and leaves the handle usable. */
static void test_errors(void **state)
{
	struct error e = { 0 };
	struct db *db = db_create(":memory:", &e);

	(void)state;
	assert_null(db_prepare(db, "SELECT * FROM nowhere", &e));
	assert_int_equal(e.kind, ERROR_FAILED);
	e = (struct error){ 0 };
	assert_true(db_exec(db, "CREATE TABLE t(a TEXT UNIQUE)", &e));
	assert_false(db_exec(db, "INSERT INTO t VALUES('x'), ('x')", &e));
	assert_non_null(strstr(e.text, "UNIQUE"));
	db_close(db);
	db_close(NULL);
	db_finish(NULL);
}

static int64_t ask(struct db *db, const char *sql)
{
	struct error e = { 0 };
	struct db_statement *s = db_prepare(db, sql, &e);
	int64_t n;
	bool row;

	if (!s)
		fail_msg("%s: %s", sql, e.text);
	assert_true(db_step(s, &row, &e) && row);
	n = db_number(s, 0);
	db_finish(s);
	return n;
}

/* A name means the rows of all; nothing can be written, no other file comes in, and a
 * refused one leaves what was there. */
static void test_attach(void **state)
{
	size_t len;
	unsigned char *bytes = made(&len);
	struct error e = { 0 };
	struct db *db = db_open_bytes(bytes, len, ID, 3, &e);
	struct db *other = db_create(":memory:", &e);
	size_t other_len;
	unsigned char *other_bytes;

	(void)state;
	assert_non_null(db);
	assert_true(db_attach_bytes(db, "second", bytes, len, ID, 3, &e));
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 4);
	assert_int_equal(ask(db, "SELECT count(*) FROM second.t"), 2);
	assert_true(db_attach_bytes(db, "third", bytes, len, ID, 3, &e));
	assert_int_equal(ask(db, "SELECT count(*) FROM t WHERE a = 'Änne'"), 3);
	assert_false(db_exec(db, "INSERT INTO second.t VALUES('x', 1)", &e));
	assert_false(db_exec(db, "DELETE FROM main.t", &e));
	assert_false(db_exec(db, "CREATE TEMP TABLE u(a)", &e));

	assert_true(db_exec(other,
			    "PRAGMA application_id = 0x12345678; PRAGMA user_version = 3;"
			    "CREATE TABLE t(a TEXT, b INTEGER, c TEXT)",
			    &e));
	other_bytes = db_bytes(other, &other_len, &e);
	assert_non_null(other_bytes);
	e = (struct error){ 0 };
	assert_false(db_attach_bytes(db, "fourth", other_bytes, other_len, ID, 3, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	e = (struct error){ 0 };
	assert_false(db_attach_bytes(db, "fourth", bytes, len, ID, 4, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	e = (struct error){ 0 };
	assert_false(db_attach_bytes(db, "fourth", "no database", 11, ID, 3, &e));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_int_equal(ask(db, "SELECT count(*) FROM t"), 6);
	db_close(db);
	db_close(other);
	free(bytes);
	free(other_bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_attach),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
