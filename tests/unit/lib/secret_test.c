/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line from a file; the form for key derivation; keys that move between layouts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/secret.h"

static struct secret of(const char *s)
{
	struct secret out = { 0 };

	memcpy(out.s, s, strlen(s));
	return out;
}

static void test_normalise(void **state)
{
	static const struct {
		const char *typed, *want;
	} cases[] = {
		{ "abend haus", "abend haus" },
		{ " Abend--HAUS ", "abend haus" },
		{ "a\t- b", "a b" },
		{ "", "" },
		{ " - ", "" },
		{ "\xc3\x84rger", "\xc3\x84rger" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret s = of(cases[i].typed), zero = { 0 };
		size_t len = strlen(cases[i].want);

		secret_normalise(&s);
		assert_string_equal(s.s, cases[i].want);
		assert_memory_equal(s.s + len, zero.s, sizeof(zero.s) - len);
	}
}

static void test_layout(void **state)
{
	static const struct {
		const char *s;
		char bad;
	} cases[] = {
		{ "abcdefghijklmnopqrstuvwx 0123456789,.", 0 },
		{ "haus y", 'y' },
		{ "zaun", 'z' },
		{ "a-b", '-' },
		{ "Abend", 'A' },
		{ "ab\xc3\xa4", '\xc3' },
		{ "a!b", '!' },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct secret s = of(cases[i].s);
		char bad = 0;

		assert_int_equal(secret_is_layout_safe(&s, &bad), cases[i].bad == 0);
		assert_int_equal(bad, cases[i].bad);
	}
}

static bool read_bytes(const char *bytes, size_t len, struct secret *s, struct error *e)
{
	char path[] = "/tmp/secret_test.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
	bool ok = secret_read(s, path, "", NULL, e);
	unlink(path);
	return ok;
}

static void test_file(void **state)
{
	char longest[SECRET_MAX + 1];
	struct secret s;
	struct error e = { 0 };

	(void)state;
	memset(longest, 'a', sizeof(longest));
	assert_true(read_bytes("one two\nthree\n", 14, &s, &e));
	assert_string_equal(s.s, "one two");
	assert_true(read_bytes("no end", 6, &s, &e));
	assert_string_equal(s.s, "no end");
	assert_true(read_bytes("windows\r\n", 9, &s, &e));
	assert_string_equal(s.s, "windows");
	assert_true(read_bytes(longest, SECRET_MAX - 1, &s, &e));
	assert_int_equal(strlen(s.s), SECRET_MAX - 1);
	static const char *const bad[] = { "\nsecond", "", "\r\n" };
	for (size_t i = 0; i < 3; i++) {
		assert_false(read_bytes(bad[i], strlen(bad[i]), &s, &e));
		assert_int_equal(e.kind, ERROR_USAGE);
		e.kind = ERROR_NONE;
	}
	assert_false(read_bytes("a\0b\n", 4, &s, &e));
	assert_int_equal(s.s[0], 0); /* wiped */
	e.kind = ERROR_NONE;
	assert_false(read_bytes(longest, SECRET_MAX, &s, &e));
	e.kind = ERROR_NONE;
	assert_false(secret_read(&s, "/nonexistent/file", "", NULL, &e));
	assert_int_equal(e.kind, ERROR_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalise),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
