/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests: what is refused, and that every kind of change to a folder shows. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/crypto/manifest.h"

#define H "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
#define HEAD "blackstart-manifest 1\n"

static const struct {
	const char *name, *text;
	bool good;
	size_t count;
} cases[] = {
	{ "empty list", HEAD, true, 0 },
	{ "one file", HEAD "file  " H "  0  0644  a\n", true, 1 },
	{ "file and link", HEAD "file  " H "  12  0755  bin/x\nlink  ../bin/x  bin/y\n", true, 2 },
	{ "space in a name", HEAD "file  " H "  1  0644  a b\n", true, 1 },
	{ "link to nowhere in particular", HEAD "link  /proc/self/exe  a\n", true, 1 },
	{ "nothing", "", false, 0 },
	{ "other version", "blackstart-manifest 2\n", false, 0 },
	{ "no last line end", HEAD "file  " H "  0  0644  a", false, 0 },
	{ "empty line", HEAD "\n", false, 0 },
	{ "crlf", HEAD "file  " H "  0  0644  a\r\n", false, 0 },
	{ "other kind", HEAD "node  " H "  0  0644  a\n", false, 0 },
	{ "single space", HEAD "file " H "  0  0644  a\n", false, 0 },
	{ "short digest", HEAD "file  0e57  0  0644  a\n", false, 0 },
	{ "upper case digest",
	  HEAD "file  0E5751C026E543B2E8AB2EB06099DAA1D1E5DF47778F7787FAAB45"
	       "CDF12FE3A8  0  0644  a\n",
	  false, 0 },
	{ "no size", HEAD "file  " H "  0644  a\n", false, 0 },
	{ "leading zero", HEAD "file  " H "  01  0644  a\n", false, 0 },
	{ "negative size", HEAD "file  " H "  -1  0644  a\n", false, 0 },
	{ "huge size", HEAD "file  " H "  9223372036854775808  0644  a\n", false, 0 },
	{ "three mode digits", HEAD "file  " H "  0  644  a\n", false, 0 },
	{ "mode not octal", HEAD "file  " H "  0  0684  a\n", false, 0 },
	{ "absolute", HEAD "file  " H "  0  0644  /a\n", false, 0 },
	{ "parent", HEAD "file  " H "  0  0644  a/../b\n", false, 0 },
	{ "parent at the end", HEAD "file  " H "  0  0644  a/..\n", false, 0 },
	{ "dot", HEAD "file  " H "  0  0644  ./a\n", false, 0 },
	{ "double slash", HEAD "file  " H "  0  0644  a//b\n", false, 0 },
	{ "slash at the end", HEAD "file  " H "  0  0644  a/\n", false, 0 },
	{ "no path", HEAD "file  " H "  0  0644  \n", false, 0 },
	{ "no target", HEAD "link  a\n", false, 0 },
	{ "duplicate", HEAD "file  " H "  0  0644  a\nfile  " H "  0  0644  a\n", false, 0 },
	{ "out of order", HEAD "file  " H "  0  0644  b\nfile  " H "  0  0644  a\n", false, 0 },
	{ "escape", HEAD "file  " H "  0  0644  a\x1b[2J\n", false, 0 },
	{ "broken utf-8", HEAD "file  " H "  0  0644  a\xff\n", false, 0 },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena a = { 0 };
		struct error e = { 0 };
		struct manifest m;

		print_message("# %s\n", cases[i].name);
		assert_int_equal(manifest_parse(cases[i].text, strlen(cases[i].text), &a, &m, &e),
				 cases[i].good);
		assert_int_equal(e.kind, cases[i].good ? ERROR_NONE : ERROR_UNTRUSTED);
		if (cases[i].good)
			assert_int_equal(m.count, cases[i].count);
		arena_release(&a);
	}
}

static void test_nul(void **state)
{
	static const char text[] = HEAD "file  " H "  0  0644  a\0b\n";
	struct arena a = { 0 };
	struct error e = { 0 };
	struct manifest m;

	(void)state;
	assert_false(manifest_parse(text, sizeof(text) - 1, &a, &m, &e));
	arena_release(&a);
}

/* What is written can be read, sorted whatever the order was. */
static void test_write(void **state)
{
	struct manifest_writer w = { 0 };
	struct digest d = digest_bytes("x", 1);
	struct text out = { 0 };
	struct arena a = { 0 };
	struct error e = { 0 };
	struct manifest m;

	(void)state;
	manifest_add_link(&w, "z", "a/b");
	manifest_add_file(&w, "a/b", 0100755, 1, &d);
	manifest_add_file(&w, "a-b", 0644, 1, &d);
	assert_true(manifest_write(&w, &out, &e));
	assert_true(manifest_parse(out.s, out.len, &a, &m, &e));
	assert_int_equal(m.count, 3);
	assert_string_equal(m.entries[0].path, "a-b");
	assert_string_equal(m.entries[1].path, "a/b");
	assert_int_equal(m.entries[1].mode, 0755);
	assert_string_equal(m.entries[2].target, "a/b");
	assert_ptr_equal(manifest_find(&m, "a/b"), &m.entries[1]);
	assert_null(manifest_find(&m, "b"));
	text_clear(&out);
	manifest_add_link(&w, "z", "twice");
	assert_false(manifest_write(&w, &out, &e));
	manifest_writer_release(&w);
	text_release(&out);
	arena_release(&a);
}

static void put(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(fd, 0644), 0);
	close(fd);
}

/* A folder with sub/f ("hello") and l -> sub/f, and its manifest. */
static int make_root(char *folder, struct arena *a, struct manifest *m)
{
	struct manifest_writer w = { 0 };
	struct digest d = digest_bytes("hello", 5);
	struct text out = { 0 };
	struct error e = { 0 };

	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("sub", 0755), 0);
	put("sub/f", "hello");
	assert_int_equal(symlink("sub/f", "l"), 0);
	manifest_add_file(&w, "sub/f", 0644, 5, &d);
	manifest_add_link(&w, "l", "sub/f");
	assert_true(manifest_write(&w, &out, &e));
	assert_true(manifest_parse(out.s, out.len, a, m, &e));
	manifest_writer_release(&w);
	text_release(&out);
	return open(".", O_RDONLY | O_DIRECTORY);
}

static bool check(int root, const struct manifest *m)
{
	struct error e = { 0 };
	bool ok = manifest_check(root, m, &e);

	assert_int_equal(ok, e.kind == ERROR_NONE);
	return ok;
}

static void test_check(void **state)
{
	char folder[] = "/tmp/manifest-test-XXXXXX";
	struct arena a = { 0 };
	struct manifest m;
	int root = make_root(folder, &a, &m);

	(void)state;
	assert_true(check(root, &m));
	put("sub/f", "hellO");
	assert_false(check(root, &m)); /* content */
	put("sub/f", "hello!");
	assert_false(check(root, &m)); /* size */
	put("sub/f", "hello");
	assert_int_equal(chmod("sub/f", 04644), 0);
	assert_false(check(root, &m)); /* mode */
	put("sub/f", "hello");
	assert_true(check(root, &m));
	assert_int_equal(unlink("l"), 0);
	assert_false(check(root, &m)); /* missing */
	assert_int_equal(symlink("sub/g", "l"), 0);
	assert_false(check(root, &m)); /* other target */
	assert_int_equal(unlink("l"), 0);
	put("l", "sub/f");
	assert_false(check(root, &m)); /* a file in place of a link */
	assert_int_equal(unlink("l") | symlink("sub/f", "l"), 0);
	assert_int_equal(rename("sub", "real") | symlink("real", "sub"), 0);
	assert_false(check(root, &m)); /* reached through a link */
	assert_int_equal(unlink("sub") | rename("real", "sub"), 0);
	assert_int_equal(unlink("sub/f") | mkfifo("sub/f", 0644), 0);
	assert_false(check(root, &m)); /* a pipe, and no hanging */
	assert_int_equal(unlink("sub/f") | unlink("l") | rmdir("sub") | chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
	close(root);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_nul),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_check),
	};

	umask(022);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("manifest", tests, NULL, NULL);
}
