/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file appears whole or not at all, whatever call fails on the way. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

#include "lib/base/newfile.h"

enum call { OPENAT, WRITE, FSYNC, CLOSE, RENAMEAT, GETRANDOM, CALLS };

static struct {
	int fail[CALLS];  /* the n-th call from now on fails; 0: none does */
	bool interrupted; /* write: EINTR once, then a few bytes at a time */
	/* What the file system does not know: NFS and FUSE the first, FAT by FUSE both. */
	bool no_flags, no_links;
} plan;

static bool fails(enum call c)
{
	if (plan.fail[c] == 0 || --plan.fail[c] > 0)
		return false;
	errno = EIO;
	return true;
}

/* linked with -Wl,--wrap: wrap.mk */
int __real_openat(int dir, const char *path, int flags, mode_t mode);
int __wrap_openat(int dir, const char *path, int flags, mode_t mode)
{
	return fails(OPENAT) ? -1 : __real_openat(dir, path, flags, mode);
}

ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	static unsigned calls;

	if (fails(WRITE))
		return -1;
	if (plan.interrupted && ++calls % 2) {
		errno = EINTR;
		return -1;
	}
	return __real_write(fd, bytes, plan.interrupted && n > 3 ? 3 : n);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd)
{
	return fails(FSYNC) ? -1 : __real_fsync(fd);
}

/* The kernel closes the descriptor even when close() reports an error. */
int __real_close(int fd);
int __wrap_close(int fd)
{
	bool bad = fails(CLOSE);
	int result = __real_close(fd);

	if (bad)
		errno = EIO;
	return bad ? -1 : result;
}

int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return fails(RENAMEAT) ? -1 : __real_renameat(from_dir, from, to_dir, to);
}

int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	if (!plan.no_flags)
		return __real_renameat2(from_dir, from, to_dir, to, flags);
	errno = EINVAL;
	return -1;
}

int __real_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags);
int __wrap_linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	if (!plan.no_links)
		return __real_linkat(from_dir, from, to_dir, to, flags);
	errno = EPERM;
	return -1;
}

ssize_t __real_getrandom(void *bytes, size_t n, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t n, unsigned flags)
{
	return fails(GETRANDOM) ? -1 : __real_getrandom(bytes, n, flags);
}

static char folder[64], path[80];

static int make_folder(void **state)
{
	(void)state;
	memset(&plan, 0, sizeof(plan));
	snprintf(folder, sizeof(folder), "/tmp/newfile-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/file", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder); /* fails if anything else was left in it */
}

static size_t entries(const char *of)
{
	DIR *d = opendir(of);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2; /* . and .. */
}

/* What a power cut leaves goes; what only looks like it stays. */
static void what_a_power_cut_left_is_removed(void **state)
{
	static const struct {
		const char *name;
		bool stays;
	} tests[] = {
		{ ".new-0123456789abcdef", false }, { ".new-0123456789abcde", true },
		{ ".new-0123456789abcdef0", true }, { ".new-0123456789ABCDEF", true },
		{ "new-0123456789abcdef", true },   { ".new-", true },
		{ ".old-0123456789abcdef", true },
	};
	static const char *const link = ".new-00000000000000aa", *const sub =
									 ".new-00000000000000bb";
	int dir = open(folder, O_RDONLY | O_DIRECTORY);

	(void)state;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		close(openat(dir, tests[i].name, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(symlinkat("file", dir, link), 0);
	assert_int_equal(mkdirat(dir, sub, 0700), 0);
	newfile_sweep(dir);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		if ((unlinkat(dir, tests[i].name, 0) == 0) != tests[i].stays)
			fail_msg("%s", tests[i].name);
	assert_int_equal(unlinkat(dir, link, 0), 0);
	assert_int_equal(unlinkat(dir, sub, AT_REMOVEDIR), 0);
	close(dir);
}

static bool put(const char *content, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	bool ok = newfile_create(&f, path, e) && newfile_write(&f, content, strlen(content), e) &&
		  newfile_commit(&f, e);

	newfile_discard(&f);
	return ok;
}

static const char *content(void)
{
	static char got[64];
	FILE *f = fopen(path, "r");
	size_t n = 0;

	if (!f)
		return NULL;
	n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	got[n] = '\0';
	return got;
}

static void appears_only_when_committed(void **state)
{
	struct error e = { 0 };
	struct newfile f = NEWFILE_NONE;

	(void)state;
	newfile_discard(&f);
	assert_true(newfile_create(&f, path, &e));
	assert_true(newfile_write(&f, "new", 3, &e));
	assert_null(content());
	assert_int_equal(entries(folder), 1);
	assert_true(newfile_commit(&f, &e));
	assert_string_equal(content(), "new");
	assert_int_equal(entries(folder), 1);
	newfile_discard(&f);
	assert_string_equal(content(), "new");
}

static void a_discarded_file_leaves_nothing(void **state)
{
	struct error e = { 0 };
	struct newfile f = NEWFILE_NONE;

	(void)state;
	assert_true(newfile_create(&f, path, &e));
	assert_true(newfile_write(&f, "new", 3, &e));
	newfile_discard(&f);
	newfile_discard(&f);
	assert_int_equal(entries(folder), 0);
}

static void any_call_may_fail(void **state)
{
	static const struct {
		const char *name;
		enum call call;
		int nth;
		bool renamed; /* the failure comes after the new file has its name */
	} rows[] = {
		{ "random number", GETRANDOM, 1, false },  { "creating", OPENAT, 1, false },
		{ "first write", WRITE, 1, false },        { "fsync of the file", FSYNC, 1, false },
		{ "close of the file", CLOSE, 1, false },  { "rename", RENAMEAT, 1, false },
		{ "fsync of the folder", FSYNC, 2, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int with_old = 0; with_old < 2; with_old++) {
			struct error e = { 0 };

			unlink(path);
			if (with_old)
				assert_true(put("old", &e));
			size_t descriptors = entries("/proc/self/fd");
			plan.fail[rows[i].call] = rows[i].nth;
			bool ok = put("new", &e);
			if (plan.fail[rows[i].call] != 0)
				fail_msg("%s: the call was never made", rows[i].name);
			const char *want = rows[i].renamed ? "new" : with_old ? "old" : NULL;
			const char *got = content();

			if (ok || e.kind != ERROR_FAILED || !strstr(e.text, strerror(EIO)))
				fail_msg("%s: not reported: %s", rows[i].name, e.text);
			if ((!want) != (!got) || (want && strcmp(want, got) != 0))
				fail_msg("%s: the file holds %s", rows[i].name,
					 got ? got : "(none)");
			if (entries(folder) != (want ? 1 : 0))
				fail_msg("%s: something was left behind", rows[i].name);
			if (entries("/proc/self/fd") != descriptors)
				fail_msg("%s: a descriptor was left open", rows[i].name);
		}
	}
}

static void short_and_interrupted_writes_go_on(void **state)
{
	struct error e = { 0 };

	(void)state;
	plan.interrupted = true;
	assert_true(put("a text of more than three bytes", &e));
	assert_string_equal(content(), "a text of more than three bytes");
}

static void a_later_write_may_fail(void **state)
{
	struct error e = { 0 };

	(void)state;
	assert_true(put("old", &e));
	plan.interrupted = true; /* in pieces, so that there is a later one */
	plan.fail[WRITE] = 7;
	assert_false(put("a text of more than three bytes", &e));
	assert_string_equal(content(), "old");
	assert_int_equal(entries(folder), 1);
}

static void two_writers_do_not_meet(void **state)
{
	struct error e = { 0 };
	struct newfile a = NEWFILE_NONE, b = NEWFILE_NONE;

	(void)state;
	assert_true(newfile_create(&a, path, &e));
	assert_true(newfile_create(&b, path, &e));
	assert_true(newfile_write(&a, "first", 5, &e));
	assert_true(newfile_write(&b, "second", 6, &e));
	assert_true(newfile_commit(&b, &e));
	assert_true(newfile_commit(&a, &e));
	assert_string_equal(content(), "first");
}

static void a_link_is_replaced_not_followed(void **state)
{
	struct error e = { 0 };
	struct stat st;

	(void)state;
	assert_int_equal(symlink("/dev/full", path), 0);
	assert_true(put("new", &e));
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_string_equal(content(), "new");
}

static void a_missing_folder_is_named(void **state)
{
	struct error e = { 0 };
	struct newfile f = NEWFILE_NONE;

	(void)state;
	assert_false(newfile_create(&f, "/nonexistent/folder/file", &e));
	assert_non_null(strstr(e.text, "/nonexistent/folder"));
	newfile_discard(&f);
}

/* Before it is written to, and without a trace. */
static void a_name_is_tried(void **state)
{
	char name[NAME_MAX + 2];
	struct error e = { 0 };
	struct newfile f = NEWFILE_NONE;

	(void)state;
	assert_true(newfile_create(&f, path, &e));
	assert_true(newfile_try_name(&f, &e));
	assert_int_equal(entries(folder), 1);
	assert_true(newfile_commit_new(&f, &e));
	assert_true(newfile_create(&f, path, &e));
	assert_false(newfile_try_name(&f, &e)); /* it is there, and stays */
	assert_non_null(strstr(e.text, strerror(EEXIST)));
	newfile_discard(&f);
	assert_string_equal(content(), "");
	memset(name, 'x', NAME_MAX + 1);
	name[NAME_MAX + 1] = '\0';
	e = (struct error){ 0 };
	int dir = open(folder, O_RDONLY | O_DIRECTORY);
	assert_true(newfile_create_at(&f, dir, name, &e));
	assert_false(newfile_try_name(&f, &e));
	assert_non_null(strstr(e.text, strerror(ENAMETOOLONG)));
	newfile_discard(&f);
	close(dir);
	assert_int_equal(entries(folder), 1);
}

/* Where only a new file is wanted, an old one is not replaced, and nothing is left beside it. */
static void a_name_that_is_taken_stays(void **state)
{
	static const struct {
		bool no_flags, no_links;
	} rows[] = { { false, false }, { true, false }, { true, true } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct newfile f = NEWFILE_NONE;
		struct error e = { 0 };

		plan.no_flags = rows[i].no_flags;
		plan.no_links = rows[i].no_links;
		if (!newfile_create(&f, path, &e) || !newfile_write(&f, "one", 3, &e) ||
		    !newfile_commit_new(&f, &e))
			fail_msg("row %zu: %s", i, e.text);
		assert_string_equal(content(), "one");
		assert_int_equal(entries(folder), 1);
		assert_true(newfile_create(&f, path, &e) && newfile_write(&f, "two", 3, &e));
		assert_false(newfile_commit_new(&f, &e));
		assert_non_null(strstr(e.text, strerror(EEXIST)));
		newfile_discard(&f);
		assert_string_equal(content(), "one");
		assert_int_equal(entries(folder), 1);
		unlink(path);
	}
}

int main(void)
{
#define WITH_FOLDER(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(a_name_is_tried),
		WITH_FOLDER(appears_only_when_committed),
		WITH_FOLDER(a_discarded_file_leaves_nothing),
		WITH_FOLDER(any_call_may_fail),
		WITH_FOLDER(short_and_interrupted_writes_go_on),
		WITH_FOLDER(a_later_write_may_fail),
		WITH_FOLDER(two_writers_do_not_meet),
		WITH_FOLDER(a_link_is_replaced_not_followed),
		WITH_FOLDER(a_missing_folder_is_named),
		WITH_FOLDER(a_name_that_is_taken_stays),
		WITH_FOLDER(what_a_power_cut_left_is_removed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
