/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a client hears that is done with a volume, and when it is unmounted: by a kernel that says what
 * the test wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "broker/service.h"
#include "lib/base/memory.h"

#define WRITER 7
#define OTHER 8

/* Shared with the jobs. */
static struct kernel {
	char calls[16]; /* "f" flushed, "u" unmounted, "d" detached */
	int flush_fails, unmount_fails;
	bool hangs; /* in umount2() */
} * kernel;

static void called(char what)
{
	size_t n = strlen(kernel->calls);

	if (n + 1 < sizeof(kernel->calls))
		kernel->calls[n] = what;
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	return strncmp(path, "/run/blackstart/mounts/", 23) == 0 ? __real_open("/", flags)
								 : __real_open(path, flags, 0600);
}

int __wrap_syncfs(int fd);
int __wrap_syncfs(int fd)
{
	assert_true(fcntl(fd, F_GETFD) >= 0);
	assert_int_equal(fcntl(fd, F_GETFL) & O_PATH, 0);
	called('f');
	errno = kernel->flush_fails;
	return errno ? -1 : 0;
}

int __wrap_umount2(const char *where, int flags);
int __wrap_umount2(const char *where, int flags)
{
	(void)where;
	if (flags & MNT_DETACH) {
		called('d');
		errno = EINVAL;
		return -1;
	}
	called('u');
	while (kernel->hangs)
		pause();
	errno = kernel->unmount_fails;
	return errno ? -1 : 0;
}

static struct service *begin(enum client_use use, bool writes)
{
	struct service *s = mem_alloc(sizeof(*s));

	*kernel = (struct kernel){ 0 };
	s->places = (struct places){ .sysfs = "/nowhere", .dev = "/nowhere", .images = true };
	for (size_t i = 0; i < 2; i++)
		s->clients.list[i] =
			(struct client){ .id = WRITER + i, .fd = -1, .descriptor = -1 };
	s->clients.count = 2;
	s->clients.list[0].volume[use] = (struct client_volume){ .uses = true, .folder = "" };
	s->disks.list[0] = (struct disk){ .id = 3, .name = "sdb", .open = { .is = writes } };
	s->disks.count = 1;
	s->volumes.list[use] = (struct volume){
		.state = VOLUME_OPEN, .disk = 3, .partition = 1, .writes = writes
	};
	return s;
}

static void end(struct service *s)
{
	jobs_release(&s->jobs);
	for (size_t i = 0; i < 2; i++)
		text_release(&s->clients.list[i].queue);
	free(s);
}

static void done(struct service *s, uint64_t id, enum client_use use)
{
	struct client *k = clients_by_id(&s->clients, id);

	text_clear(&k->queue);
	volumes_done(s, k, use);
	volumes_advance(s);
}

static void finish(struct service *s)
{
	struct job job;

	while (!jobs_next_finished(&s->jobs, &job)) {
		jobs_look(&s->jobs);
		usleep(2000);
	}
	service_job_ended(s, &job);
	job_release(&job);
}

/* Nothing queued, or the one message. */
static const char *heard(struct service *s, uint64_t id)
{
	static struct message m;
	struct client *k = clients_by_id(&s->clients, id);
	struct error e = { 0 };

	if (!k->queue.len)
		return "";
	assert_true(message_parse(&m, "type", k->queue.s + 2, k->queue.len - 2, &e));
	assert_false(k->waiting);
	return message_is(&m, "ok") ? "ok" : message_text(&m, "text");
}

static void is_flushed_while_it_is_mounted(void **state)
{
	struct service *s = begin(USE_MEDIUM, true);

	(void)state;
	done(s, WRITER, USE_MEDIUM);
	assert_string_equal(heard(s, WRITER), "");
	finish(s);
	assert_string_equal(kernel->calls, "fu");
	assert_string_equal(heard(s, WRITER), "ok");
	assert_int_equal(s->volumes.list[USE_MEDIUM].state, VOLUME_IDLE);
	assert_false(s->disks.list[0].open.is);
	end(s);
}

static void what_is_only_read_is_not_flushed(void **state)
{
	struct service *s = begin(USE_MEDIUM, false);

	(void)state;
	done(s, WRITER, USE_MEDIUM);
	finish(s);
	assert_string_equal(kernel->calls, "u");
	assert_string_equal(heard(s, WRITER), "ok");
	end(s);
}

static void what_was_not_written_is_told(void **state)
{
	struct service *s = begin(USE_DATA, true);

	(void)state;
	kernel->flush_fails = EIO;
	done(s, WRITER, USE_DATA);
	finish(s);
	assert_string_equal(kernel->calls, "fu");
	assert_non_null(strstr(heard(s, WRITER), "did not get onto it"));
	assert_int_equal(s->volumes.list[USE_DATA].state, VOLUME_IDLE);
	assert_false(s->disks.list[0].open.is);
	end(s);
}

static void something_is_still_open(void **state)
{
	struct service *s = begin(USE_DATA, true);

	(void)state;
	kernel->unmount_fails = EBUSY;
	done(s, WRITER, USE_DATA);
	finish(s);
	assert_non_null(strstr(heard(s, WRITER), "still open"));
	assert_int_equal(s->volumes.list[USE_DATA].state, VOLUME_STUCK);
	assert_true(s->disks.list[0].open.is);
	kernel->unmount_fails = 0;
	done(s, WRITER, USE_DATA); /* at once, and not in two seconds */
	finish(s);
	assert_string_equal(heard(s, WRITER), "ok");
	assert_false(s->disks.list[0].open.is);
	end(s);
}

/* Its process is in umount(2): nothing is shown as mounted any more, and all the same it still writes. */
static void not_twice_at_once(void **state)
{
	struct service *s = begin(USE_DATA, true);
	struct job late;

	(void)state;
	kernel->hangs = true;
	done(s, WRITER, USE_DATA);
	assert_int_equal(jobs_running(&s->jobs, JOB_CLOSE), 1);
	/* As jobs_next_finished() tells of one whose process the kernel cannot end. */
	late = s->jobs.list[0];
	late.output = -1;
	late.end = JOB_TIMED_OUT;
	s->jobs.list[0].killed = s->jobs.list[0].told = true;
	service_job_ended(s, &late);
	assert_non_null(strstr(heard(s, WRITER), "in time"));
	for (int i = 0; i < 2; i++) {
		done(s, i ? OTHER : WRITER, USE_DATA);
		assert_non_null(strstr(heard(s, i ? OTHER : WRITER), "in time"));
	}
	/* Who asks now would be given the empty folder that it was mounted on. */
	struct client *other = clients_by_id(&s->clients, OTHER);
	text_clear(&other->queue);
	volumes_ask(other, USE_DATA);
	volumes_advance(s);
	assert_non_null(strstr(heard(s, OTHER), "in time"));
	assert_int_equal(s->jobs.count, 1);
	assert_true(s->disks.list[0].open.is);
	/* It is gone at last: looked at once more, and locked. */
	kernel->hangs = false;
	kernel->unmount_fails = EINVAL;
	kill(s->jobs.list[0].pid, SIGKILL);
	while (s->jobs.count) {
		struct job none;

		jobs_look(&s->jobs);
		assert_false(jobs_next_finished(&s->jobs, &none));
	}
	done(s, WRITER, USE_DATA);
	finish(s);
	assert_string_equal(heard(s, WRITER), "ok");
	assert_false(s->disks.list[0].open.is);
	end(s);
}

static int hang(int output, const void *ctx)
{
	(void)output, (void)ctx;
	return pause();
}

/* The time to open it was up, but the kernel may mount it yet: then it goes again. */
static void mounted_too_late(void **state)
{
	struct service *s = begin(USE_MEDIUM, false);
	struct client *other = clients_by_id(&s->clients, OTHER);
	struct error e = { 0 };
	struct job late;

	(void)state;
	s->clients.list[0].volume[USE_MEDIUM].uses = false;
	s->volumes.list[USE_MEDIUM].state = VOLUME_OPENING;
	assert_non_null(jobs_start(&s->jobs, JOB_OPEN, 10000, hang, NULL, &e));
	s->jobs.list[0].value = USE_MEDIUM;
	late = s->jobs.list[0];
	late.output = -1;
	late.end = JOB_TIMED_OUT;
	s->jobs.list[0].killed = s->jobs.list[0].told = true;
	service_job_ended(s, &late);
	volumes_ask(other, USE_MEDIUM);
	volumes_advance(s);
	assert_non_null(strstr(heard(s, OTHER), "has not ended yet"));
	assert_int_equal(s->jobs.count, 1);
	kernel->calls[0] = '\0';
	kill(s->jobs.list[0].pid, SIGKILL);
	while (s->jobs.count) {
		struct job none;

		jobs_look(&s->jobs);
		assert_false(jobs_next_finished(&s->jobs, &none));
	}
	volumes_advance(s);
	assert_string_equal(kernel->calls, "d");
	assert_int_equal(s->volumes.list[USE_MEDIUM].state, VOLUME_IDLE);
	end(s);
}

static void gone_while_it_was_used(void **state)
{
	static const struct {
		bool writes;
		const char *want;
	} rows[] = { { true, "this disk is gone" }, { false, "ok" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct service *s = begin(USE_MEDIUM, rows[i].writes);

		s->disks.count = 0;
		volumes_advance(s);
		done(s, OTHER, USE_MEDIUM); /* it had nothing there */
		assert_string_equal(heard(s, OTHER), "ok");
		done(s, WRITER, USE_MEDIUM);
		assert_non_null(strstr(heard(s, WRITER), rows[i].want));
		done(s, WRITER, USE_MEDIUM); /* said once */
		assert_string_equal(heard(s, WRITER), "ok");
		end(s);
		/* The kernel said so only after the request. */
		s = begin(USE_MEDIUM, rows[i].writes);
		s->disks.count = 0;
		done(s, WRITER, USE_MEDIUM);
		assert_non_null(strstr(heard(s, WRITER), rows[i].want));
		end(s);
		/* And only while it was being unmounted. */
		s = begin(USE_MEDIUM, rows[i].writes);
		done(s, WRITER, USE_MEDIUM);
		s->disks.count = 0;
		finish(s);
		assert_non_null(strstr(heard(s, WRITER), rows[i].want));
		assert_int_equal(s->volumes.list[USE_MEDIUM].state, VOLUME_IDLE);
		end(s);
	}
}

static void others_still_use_it(void **state)
{
	struct service *s = begin(USE_DATA, true);

	(void)state;
	s->clients.list[1].volume[USE_DATA].uses = true;
	done(s, WRITER, USE_DATA);
	assert_string_equal(heard(s, WRITER), "ok");
	assert_int_equal(s->jobs.count, 0);
	end(s);
}

/* The lock would fall back below the hands of who writes the settings. */
static void waits_for_the_settings(void **state)
{
	struct service *s = begin(USE_DATA, true);
	struct job *job;

	(void)state;
	mem_grow(&s->jobs.list, &s->jobs.capacity, 1, sizeof(*s->jobs.list));
	job = &s->jobs.list[s->jobs.count++];
	*job = (struct job){ .kind = JOB_REMEMBER, .output = -1 };
	done(s, WRITER, USE_DATA);
	assert_int_equal(s->jobs.count, 1);
	assert_string_equal(heard(s, WRITER), "");
	s->jobs.count = 0; /* it ended */
	volumes_advance(s);
	finish(s);
	assert_string_equal(heard(s, WRITER), "ok");
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_flushed_while_it_is_mounted),
		cmocka_unit_test(what_is_only_read_is_not_flushed),
		cmocka_unit_test(what_was_not_written_is_told),
		cmocka_unit_test(something_is_still_open),
		cmocka_unit_test(not_twice_at_once),
		cmocka_unit_test(mounted_too_late),
		cmocka_unit_test(gone_while_it_was_used),
		cmocka_unit_test(others_still_use_it),
		cmocka_unit_test(waits_for_the_settings),
	};

	kernel = mmap(NULL, sizeof(*kernel), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
