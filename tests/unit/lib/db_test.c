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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_errors),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
