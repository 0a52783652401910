/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a manifest does not name is seen, wherever it lies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/crypto/manifest.h"

static const char *const listed[] = { "bin/menu", "init", "kit/open.db", "usr/share/a" };

static void touch(int root, const char *path)
{
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	close(fd);
}

static int make_root(char *folder)
{
	static const char *const folders[] = { "bin", "kit", "usr", "usr/share", "empty" };

	assert_non_null(mkdtemp(folder));
	int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		assert_int_equal(mkdirat(root, folders[i], 0755), 0);
	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
		touch(root, listed[i]);
	touch(root, "manifest");
	return root;
}

static void closed(void **unused)
{
	static const struct {
		const char *name, *extra, *under, *own, *except, *want; /* want NULL: fine */
	} table[] = {
		{ "as listed", NULL, "", "manifest", NULL, NULL },
		{ "own manifest counts elsewhere", NULL, "", "kit/manifest", NULL, "manifest: " },
		{ "in the root", "added", "", "manifest", NULL, "added: " },
		{ "in a folder", "usr/share/b", "", "manifest", NULL, "usr/share/b: " },
		{ "beside a prefix", "bin/men", "", "manifest", NULL, "bin/men: " },
		{ "somebody else's folder", "kit/x", "", "manifest", "kit", NULL },
		{ "in the kit", "kit/x", "kit", "kit/manifest", NULL, "kit/x: " },
		{ "outside the kit", "added", "kit", "kit/manifest", NULL, NULL },
	};
	struct manifest_entry entries[4];
	struct manifest m = { entries, 4 };

	(void)unused;
	memset(entries, 0, sizeof(entries));
	for (size_t i = 0; i < 4; i++)
		entries[i].path = listed[i];
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char folder[] = "/tmp/blackstart-closed-XXXXXX", command[80];
		struct error e = { 0 };
		int root = make_root(folder);

		if (table[i].extra)
			touch(root, table[i].extra);
		const char *const except[] = { table[i].own, table[i].except, NULL };
		bool ok = manifest_check_closed(root, table[i].under, except, &m, &e);

		if (ok != !table[i].want)
			fail_msg("%s: %s", table[i].name, e.text);
		if (table[i].want)
			assert_memory_equal(e.text, table[i].want, strlen(table[i].want));
		close(root);
		snprintf(command, sizeof(command), "rm -r %s", folder);
		assert_int_equal(system(command), 0);
	}
}

static void links_and_missing(void **unused)
{
	char folder[] = "/tmp/blackstart-closed-XXXXXX", command[80];
	static const char *const except[] = { "manifest", NULL };
	struct manifest none = { 0 };
	struct error e = { 0 };

	(void)unused;
	assert_non_null(mkdtemp(folder));
	int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(manifest_check_closed(root, "", except, &none, &e));
	/* A link is an entry of its own, even one that leads nowhere or to a folder. */
	assert_int_equal(symlinkat("/", root, "link"), 0);
	assert_false(manifest_check_closed(root, "", except, &none, &e));
	assert_memory_equal(e.text, "link: ", 6);
	e = (struct error){ 0 };
	assert_false(manifest_check_closed(root, "nothing", except, &none, &e));
	close(root);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed),
		cmocka_unit_test(links_and_missing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
