/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first failure wins, carries its reason, and is printed harmlessly. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/error.h"

static void first_failure_wins(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_false(error_set(&e, ERROR_UNTRUSTED, "%s is damaged", "a.kimg"));
	assert_false(error_set(&e, ERROR_FAILED, "an echo"));
	errno = EIO;
	assert_false(error_errno(&e, "another echo"));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_string_equal(e.text, "a.kimg is damaged");
}

static void errno_is_put_into_words(void **state)
{
	struct error e = { 0 };
	char want[256];

	(void)state;
	errno = ENOSPC;
	assert_false(error_errno(&e, "cannot write %s", "x"));
	assert_int_equal(e.kind, ERROR_FAILED);
	snprintf(want, sizeof(want), "cannot write x: %s", strerror(ENOSPC));
	assert_string_equal(e.text, want);
}

static void prefix_goes_before(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_false(error_prefix(&e, "nothing yet: "));
	assert_int_equal(e.kind, ERROR_NONE);
	assert_string_equal(e.text, "");
	error_set(&e, ERROR_UNTRUSTED, "no such role");
	assert_false(error_prefix(&e, "%s:%d: ", "people.csv", 12));
	assert_int_equal(e.kind, ERROR_UNTRUSTED);
	assert_string_equal(e.text, "people.csv:12: no such role");
}

static void long_texts_are_cut(void **state)
{
	struct error e = { 0 };
	char longer[sizeof(e.text) * 2];

	(void)state;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	error_set(&e, ERROR_FAILED, "%s", longer);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	error_prefix(&e, "%s", longer);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
	e = (struct error){ 0 };
	errno = EIO;
	error_errno(&e, "%s", longer);
	assert_int_equal(strlen(e.text), sizeof(e.text) - 1);
}

static void report_masks_and_tells_the_kind(void **state)
{
	struct error e = { 0 };
	char said[256] = "";
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);

	(void)state;
	assert_non_null(file);
	error_set(&e, ERROR_UNTRUSTED, "no file '%s'", "a\033[2Jb\nc\xe2\x80\xae");
	fflush(stderr);
	assert_int_equal(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
	int status = report("hello", &e);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	size_t n = fread(said, 1, sizeof(said) - 1, file);
	said[n] = '\0';
	fclose(file);
	assert_int_equal(status, 3);
	assert_string_equal(said, "hello: no file 'a\uFFFD[2Jb\uFFFDc\uFFFD'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_failure_wins),
		cmocka_unit_test(errno_is_put_into_words),
		cmocka_unit_test(prefix_goes_before),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(report_masks_and_tells_the_kind),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
