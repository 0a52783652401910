/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Locks that something lifted come back: files play disks, and the kernel's part is the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../folder.h"
#include "broker/service.h"
#include "lib/base/memory.h"

#define COUNT 5

static const struct places here = { .sysfs = ".", .dev = "." }; /* the test's own folder */
static char locked[COUNT + 1]; /* 'x' where the kernel was told so, by minor number */
static bool refuses;

int __real_fstat(int fd, struct stat *st);
int __wrap_fstat(int fd, struct stat *st);
/* The size of the file is its minor number. */
int __wrap_fstat(int fd, struct stat *st)
{
	int failed = __real_fstat(fd, st);

	st->st_mode = S_IFBLK | 0600;
	st->st_rdev = makedev(8, (unsigned)st->st_size);
	return failed;
}

int __wrap_ioctl(int fd, unsigned long what, int *value);
int __wrap_ioctl(int fd, unsigned long what, int *value)
{
	struct stat st;

	assert_int_equal(__real_fstat(fd, &st), 0);
	if (refuses) {
		errno = EIO;
		return -1;
	}
	if (what == BLKROGET)
		*value = 1;
	else if (what == BLKROSET && *value == 1)
		locked[st.st_size] = 'x';
	return 0;
}

int __wrap_umount2(const char *where, int flags);
int __wrap_umount2(const char *where, int flags)
{
	(void)where, (void)flags;
	errno = EINVAL;
	return -1;
}

static void put(const char *at, const char *name, const char *line)
{
	char path[128];

	snprintf(path, sizeof(path), "%s%s%s", *at ? "block/" : "", name, at);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs(line, f);
	fclose(f);
}

/* sd0 to sd4: all of them without a lock, but for the last one. */
static struct service *begin(void)
{
	struct service *s = mem_alloc(sizeof(*s));

	s->places = here;
	for (unsigned i = 0; i < COUNT; i++) {
		struct disk *k = &s->disks.list[i];
		char number[16];

		*k = (struct disk){ .id = 10 + i, .major = 8, .minor = i, .size_bytes = 1 << 20 };
		snprintf(k->name, sizeof(k->name), "sd%u", i);
		snprintf(number, sizeof(number), "8:%u\n", i);
		put("/dev", k->name, number);
		put("/ro", k->name, i == 4 ? "1\n" : "0\n");
		put("", k->name, &"xxxx"[4 - i]);
	}
	s->disks.list[1].open.is = true;
	s->disks.list[2].settings_sectors = 8;
	s->disks.list[3].size_bytes = 0;
	s->disks.count = COUNT;
	memset(locked, '-', COUNT);
	refuses = false;
	return s;
}

static void what_should_be_locked(void **state)
{
	struct service *s = begin();

	(void)state;
	s->places.images = true;
	disks_lock_again(&s->disks, &s->places);
	assert_string_equal(locked, "-----");
	s->places.images = false;
	disks_lock_again(&s->disks, &s->places);
	assert_string_equal(locked, "x----");
	assert_false(s->disks.list[0].lock_failed);
	free(s);
}

static void what_cannot_be_is_told(void **state)
{
	struct service *s = begin();
	struct disk *k = &s->disks.list[0];

	(void)state;
	refuses = true;
	disks_lock_again(&s->disks, &s->places);
	assert_true(k->lock_failed && (k->notes & NOTE_UNLOCKED));
	refuses = false;
	disks_lock_again(&s->disks, &s->places);
	assert_string_equal(locked, "x----");
	assert_false(k->lock_failed || (k->notes & NOTE_UNLOCKED));
	free(s);
}

/* The job was about a disk of another number, which is gone: its name was that of another one by then. */
static void after_each_job_that_lifts_it(void **state)
{
	static const enum job_kind kinds[] = { JOB_OPEN, JOB_CLOSE, JOB_REMEMBER };

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct service *s = begin();
		struct job job = { .kind = kinds[i], .end = JOB_CRASHED, .output = -1, .disk = 3 };

		for (unsigned use = 0; use < CLIENT_USES; use++)
			s->volumes.list[use] = (struct volume){
				.state = VOLUME_OPENING, .disk = 3, .partition = 3, .writes = true
			};
		service_job_ended(s, &job);
		assert_string_equal(locked, "x----");
		free(s);
	}
}

static int make_folders(void **state)
{
	char path[128];
	int failed = folder_enter(state) || mkdir("block", 0700);

	for (int i = 0; i < COUNT && !failed; i++) {
		snprintf(path, sizeof(path), "block/sd%d", i);
		failed = mkdir(path, 0700);
	}
	return failed;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_should_be_locked),
		cmocka_unit_test(what_cannot_be_is_told),
		cmocka_unit_test(after_each_job_that_lifts_it),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_folders, folder_leave);
}
