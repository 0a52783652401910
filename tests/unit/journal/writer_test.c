/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every system call of the writer fails once, the n-th for every n: nothing that was
 * acknowledged is lost, nothing half-written is shown, and then it goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal/writer.h"
#include "lib/base/wholefile.h"

/* --- the calls that fail --- */

enum call {
	OPENAT,
	READ,
	WRITE,
	PREAD,
	PWRITE,
	FSYNC,
	FDATASYNC,
	FTRUNCATE,
	RENAMEAT,
	FSTAT,
	FCHMOD,
	MKDIRAT,
	CLOSE,
	GETRANDOM,
	CALLS,
	NOTHING
};
static struct failure {
	enum call which;
	unsigned long at, seen; /* the at-th call fails */
	int error;
	bool for_good;    /* and all after it */
	bool half;        /* a write takes half of it first */
	bool and_tidying; /* and so does the first ftruncate() after it */
} failure = { .which = NOTHING };

static bool fails(enum call which)
{
	if (which == FTRUNCATE && failure.and_tidying && failure.seen >= failure.at) {
		failure.and_tidying = false;
		errno = failure.error;
		return true;
	}
	if (which != failure.which)
		return false;
	failure.seen++;
	if (failure.seen != failure.at && !(failure.for_good && failure.seen > failure.at))
		return false;
	errno = failure.error;
	return true;
}

int __real_openat(int, const char *, int, mode_t);
ssize_t __real_read(int, void *, size_t);
ssize_t __real_write(int, const void *, size_t);
ssize_t __real_pread(int, void *, size_t, off_t);
ssize_t __real_pwrite(int, const void *, size_t, off_t);
int __real_ftruncate(int, off_t);
int __real_renameat(int, const char *, int, const char *);
int __real_fstat(int, struct stat *);
int __real_fchmod(int, mode_t);
int __real_mkdirat(int, const char *, mode_t);
int __real_close(int);
ssize_t __real_getrandom(void *, size_t, unsigned);

int __wrap_openat(int dir, const char *path, int flags, mode_t mode)
{
	return fails(OPENAT) ? -1 : __real_openat(dir, path, flags, mode);
}

ssize_t __wrap_read(int fd, void *to, size_t len)
{
	return fails(READ) ? -1 : __real_read(fd, to, len);
}

ssize_t __wrap_write(int fd, const void *from, size_t len)
{
	if (!fails(WRITE))
		return __real_write(fd, from, len);
	return failure.half && len > 1 ? __real_write(fd, from, len / 2) : -1;
}

ssize_t __wrap_pread(int fd, void *to, size_t len, off_t at)
{
	return fails(PREAD) ? -1 : __real_pread(fd, to, len, at);
}

/* A write that takes half and then fails is two calls for who counts. */
ssize_t __wrap_pwrite(int fd, const void *from, size_t len, off_t at)
{
	if (!fails(PWRITE))
		return __real_pwrite(fd, from, len, at);
	if (!failure.half || len < 2)
		return -1;
	failure.half = false;
	failure.at++;
	return __real_pwrite(fd, from, len / 2, at);
}

/* Linux says once that bytes did not reach the disk; from then on the file shows them and
 * every further flush succeeds. Files that this happened to prove nothing any more. */
static int doubtful[64]; /* held, so that no other file gets its inode */
static size_t doubts;

int __wrap_fsync(int fd)
{
	(void)fd; /* what a power cut would keep is tried elsewhere, with blklogwrites */
	return fails(FSYNC) ? -1 : 0;
}

int __wrap_fdatasync(int fd)
{
	if (!fails(FDATASYNC))
		return 0;
	assert_true(doubts < sizeof(doubtful) / sizeof(*doubtful));
	doubtful[doubts++] = dup(fd);
	errno = failure.error;
	return -1;
}

int __wrap_ftruncate(int fd, off_t len)
{
	return fails(FTRUNCATE) ? -1 : __real_ftruncate(fd, len);
}

int __wrap_renameat(int a, const char *from, int b, const char *to)
{
	return fails(RENAMEAT) ? -1 : __real_renameat(a, from, b, to);
}

int __wrap_fstat(int fd, struct stat *st)
{
	return fails(FSTAT) ? -1 : __real_fstat(fd, st);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return fails(FCHMOD) ? -1 : __real_fchmod(fd, mode);
}

int __wrap_mkdirat(int dir, const char *path, mode_t mode)
{
	return fails(MKDIRAT) ? -1 : __real_mkdirat(dir, path, mode);
}

/* The descriptor is gone whatever it says. */
int __wrap_close(int fd)
{
	int saved = errno;
	bool bad = fails(CLOSE);
	int result = __real_close(fd);

	if (!bad)
		errno = saved;
	return bad ? -1 : result;
}

ssize_t __wrap_getrandom(void *to, size_t len, unsigned flags)
{
	return fails(GETRANDOM) ? -1 : __real_getrandom(to, len, flags);
}

/* --- a scenario --- */

#define EVENTS 6

struct play {
	char run[512], stick[512];
	struct store store;
	struct writer w;
	unsigned acknowledged[EVENTS + 2]; /* their `nr`, in order */
	size_t count;
};

static void make_folder(char path[512], const char *name)
{
	const char *base = getenv("TMPDIR");

	snprintf(path, 512, "%s/%s-XXXXXX", base ? base : "/tmp", name);
	assert_non_null(mkdtemp(path));
}

/* The numbers of the steps in all chains of a folder, in ascending order. No chain may be
 * damaged; *cut says that one ends within a record. */
static void read_steps(const char *folder, unsigned *steps, size_t *count, bool *cut)
{
	DIR *list = opendir(folder);
	struct dirent *entry;
	char boot[BOOT_HEX];

	*count = 0;
	*cut = false;
	while (list && (entry = readdir(list)) != NULL) {
		struct text bytes = { 0 };
		struct error e = { 0 };
		enum chain_step step;
		struct chain c;
		struct record r;
		uint64_t nr;

		if (!chain_boot(entry->d_name, boot))
			continue;
		assert_true(
			wholefile_read(dirfd(list), entry->d_name, 0, CHAIN_FILE_MAX, &bytes, &e));
		chain_start(&c, boot);
		while ((step = chain_next(&c, 0, text_end(&bytes), bytes.len, &r, &e)) ==
		       CHAIN_RECORD) {
			if (!message_is(&r.open, "step"))
				continue;
			assert_true(message_number(&r.open, "nr", 1000, &nr));
			assert_true(*count < EVENTS + 2);
			size_t i = (*count)++;
			for (; i > 0 && steps[i - 1] > nr; i--)
				steps[i] = steps[i - 1];
			steps[i] = (unsigned)nr;
		}
		if (step == CHAIN_DAMAGED)
			print_message("# %s: %s\n", folder, e.text);
		assert_int_not_equal(step, CHAIN_DAMAGED);
		*cut = *cut || step == CHAIN_CUT;
		text_release(&bytes);
	}
	if (list)
		closedir(list);
}

static bool among(unsigned what, const unsigned *list, size_t count)
{
	while (count--)
		if (list[count] == what)
			return true;
	return false;
}

/* What is called stored lies in a file of which no flush has failed. */
static void assert_flushed(const char *folder, const char *boot)
{
	char path[700];
	struct stat kept, lost;

	snprintf(path, sizeof(path), "%s/%s" CHAIN_SUFFIX, folder, boot);
	assert_int_equal(stat(path, &kept), 0);
	for (size_t i = 0; i < doubts; i++) {
		assert_int_equal(__real_fstat(doubtful[i], &lost), 0);
		assert_true(lost.st_ino != kept.st_ino);
	}
}

/* What is shown and what is kept, against what was acknowledged. */
static void look(struct play *p, bool stored)
{
	struct failure saved = failure;
	unsigned steps[EVENTS + 2];
	char folder[600];
	size_t count;
	bool cut;

	/* Up to its failure a play is like those before it. */
	if (saved.which != NOTHING && saved.at > 1 && saved.seen < saved.at)
		return;
	failure.which = NOTHING;
	read_steps(p->run, steps, &count, &cut);
	assert_int_equal(count, p->count);
	assert_memory_equal(steps, p->acknowledged, count * sizeof(*steps));
	snprintf(folder, sizeof(folder), "%s/journal", p->stick);
	read_steps(folder, steps, &count, &cut);
	if (stored && p->count) {
		assert_false(cut);
		assert_flushed(folder, p->w.chain.boot);
		assert_true(among(p->acknowledged[p->count - 1], steps, count));
	}
	for (size_t i = 0; i < count; i++)
		assert_true(among(steps[i], p->acknowledged, p->count));
	failure = saved;
}

static void enter(struct play *p, unsigned nr)
{
	struct refusal no = { 0 };
	struct message m;
	bool stored;

	message_start(&m, "kind", "step");
	message_add(&m, "plan", "P01");
	message_add_number(&m, "nr", nr);
	message_add(&m, "state", "done");
	if (nr % 2) /* a long record, and half of it, is longer than a short one */
		message_add(&m, "author", "Anna Adler, Leitstelle");
	if (writer_append(&p->w, &m, &no))
		p->acknowledged[p->count++] = nr;
	else
		assert_non_null(no.text);
	stored = writer_store(&p->w) && writer_waiting(&p->w) == 0;
	if (!stored && p->w.chain.count)
		assert_non_null(p->w.why.text);
	look(p, stored);
}

static bool start(struct play *p)
{
	struct error e = { 0 };

	if (writer_open(&p->w, p->run, &p->store, &e))
		return true;
	writer_release(&p->w);
	return false;
}

/* Enter, let go of the stick, enter, end and start again, enter; at the end, when nothing
 * fails any more, everything acknowledged is on the stick. */
static void run_play(void)
{
	struct play p = { .store = STORE_NONE };
	unsigned nr = 0, steps[EVENTS + 2], twice = failure.and_tidying;
	char folder[600];
	size_t count;
	bool cut;

	make_folder(p.run, "run");
	make_folder(p.stick, "stick");
	p.store.folder = p.stick;
	snprintf(folder, sizeof(folder), "%s/journal", p.stick);
	if (!start(&p)) /* init starts it again */
		assert_true(start(&p));
	(void)writer_store(&p.w);
	enter(&p, ++nr);
	enter(&p, ++nr);
	writer_let_go(&p.w);
	enter(&p, ++nr);
	writer_release(&p.w);
	if (!start(&p))
		assert_true(start(&p));
	look(&p, false);
	enter(&p, ++nr);
	enter(&p, ++nr);
	failure.which = NOTHING;
	failure.and_tidying = false;
	enter(&p, ++nr);
	assert_int_equal(p.acknowledged[p.count - 1], nr);
	assert_int_equal(writer_waiting(&p.w), 0);
	look(&p, true);
	read_steps(folder, steps, &count, &cut);
	assert_int_equal(count, p.count);
	/* At most the one whose call failed was refused. */
	assert_true(p.count + 1 + twice >= nr || failure.for_good);
	writer_release(&p.w);
	while (doubts)
		__real_close(doubtful[--doubts]);
}

/* Each of these calls fails, in one play after the other; returns how many did. */
static unsigned long every_call(enum call first, enum call last, struct failure how)
{
	unsigned long tried = 0;

	for (enum call which = first; which <= last; which++)
		for (unsigned long n = 1;; n++) {
			failure = how;
			failure.which = which;
			failure.at = n;
			run_play();
			if (failure.seen < n)
				break;
			tried++;
		}
	print_message("# %lu failures\n", tried);
	return tried;
}

static void test_once(void **state)
{
	(void)state;
	assert_true(every_call(OPENAT, GETRANDOM, (struct failure){ .error = EIO }) > 100);
}

static void test_half(void **state)
{
	(void)state;
	assert_true(every_call(WRITE, PWRITE, (struct failure){ .error = ENOSPC, .half = true }) >
		    10);
}

static void test_half_and_tidying(void **state)
{
	const struct failure how = { .error = ENOSPC, .half = true, .and_tidying = true };

	(void)state;
	assert_true(every_call(PWRITE, PWRITE, how) > 10);
}

/* The stick becomes read-only while it is in use, and stays so. */
static void test_for_good(void **state)
{
	const struct failure how = { .error = EROFS, .for_good = true };

	(void)state;
	assert_true(every_call(PWRITE, RENAMEAT, how) > 20);
}

/* Behind what the stick has of this chain stands the rest of a long record: it is cut off
 * before a shorter one is written, or it would be damage. */
static void test_rest_of_another(void **state)
{
	struct play p = { .store = STORE_NONE };
	struct text rest = { 0 };
	char path[700];
	int fd;

	(void)state;
	failure = (struct failure){ .which = NOTHING };
	make_folder(p.run, "run");
	make_folder(p.stick, "stick");
	p.store.folder = p.stick;
	assert_true(start(&p));
	enter(&p, 1);
	writer_let_go(&p.w);
	text_add_n(&rest, "BSJ1\x80\x3e\0\0", 8);
	text_add_n(&rest, (char[56]){ 0 }, 56);
	text_add_n(&rest, "\xf8\x3d\0\0\0\0\0\0", 8); /* all of 16,000 bytes is open */
	for (int i = 0; i < 100; i++)
		text_add(&rest, "much more than a step ");
	snprintf(path, sizeof(path), "%s/journal/%s" CHAIN_SUFFIX, p.stick, p.w.chain.boot);
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(__real_write(fd, rest.s, rest.len), rest.len);
	__real_close(fd);
	enter(&p, 2);
	look(&p, true);
	writer_release(&p.w);
	text_release(&rest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_half_and_tidying),
		cmocka_unit_test(test_for_good),
		cmocka_unit_test(test_rest_of_another),
	};

	setenv("BLACKSTART_KIT", "/nonexistent", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
