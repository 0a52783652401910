/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Switching off: not before all is written, unless the person asks once more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "broker/service.h"
#include "lib/base/memory.h"

static unsigned reboots;

int __wrap_reboot(int how);
int __wrap_reboot(int how)
{
	assert_int_equal(how, RB_POWER_OFF);
	reboots++;
	errno = EPERM;
	return -1;
}

void __wrap_sync(void);
void __wrap_sync(void)
{
}

int __wrap_umount2(const char *where, int flags);
int __wrap_umount2(const char *where, int flags)
{
	(void)where, (void)flags;
	errno = EINVAL;
	return -1;
}

static struct service *begin(void)
{
	struct service *s = mem_alloc(sizeof(*s));

	s->places = (struct places){ .sysfs = "/nowhere", .dev = "/nowhere" };
	s->clients.list[0] = (struct client){ .id = 7, .fd = -1, .descriptor = -1 };
	s->clients.count = 1;
	reboots = 0;
	return s;
}

static void end(struct service *s)
{
	jobs_release(&s->jobs);
	text_release(&s->clients.list[0].queue);
	free(s);
}

static void ask_off(struct service *s)
{
	static const char request[] = "op=power\0action=off";

	text_clear(&s->clients.list[0].queue);
	service_request(s, &s->clients.list[0], request, sizeof(request));
}

/* Was it said? What is queued are messages, each behind its length. */
static bool said(struct service *s, const char *words)
{
	const struct text *q = &s->clients.list[0].queue;

	return q->len && memmem(q->s, q->len, words, strlen(words));
}

static void ended(struct service *s, enum job_end how)
{
	struct job job = { .kind = JOB_SYNC, .end = how, .output = -1, .client = 7 };

	text_clear(&s->clients.list[0].queue);
	service_job_ended(s, &job);
}

/* The job of a request runs; a process that the kernel cannot end stays in the list. */
static void forget_jobs(struct service *s)
{
	jobs_release(&s->jobs);
}

static void goes_off_once_it_is_written(void **state)
{
	struct service *s = begin();

	(void)state;
	ask_off(s);
	assert_true(s->clients.list[0].waiting);
	assert_int_equal(jobs_running(&s->jobs, JOB_SYNC), 1);
	/* A stick has that long to be closed (volumes.c), and no less before the power goes. */
	assert_true(s->jobs.list[0].deadline_ms > job_now_ms() + 120000);
	assert_int_equal(reboots, 0);
	forget_jobs(s);
	ended(s, JOB_DONE);
	assert_int_equal(reboots, 1);
	assert_true(said(s, "press its power button")); /* this kernel refused */
	end(s);
}

static void not_before_it_is_written(void **state)
{
	static const enum job_end ends[] = { JOB_TIMED_OUT, JOB_CRASHED, JOB_FAILED };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct service *s = begin();

		ask_off(s);
		forget_jobs(s);
		ended(s, ends[i]);
		assert_int_equal(reboots, 0);
		assert_true(said(s, "not everything is written yet"));
		/* Asked again: written once more, and off however that ends. */
		ask_off(s);
		assert_int_equal(jobs_running(&s->jobs, JOB_SYNC), 1);
		assert_int_equal(reboots, 0);
		forget_jobs(s);
		ended(s, JOB_TIMED_OUT);
		assert_int_equal(reboots, 1);
		end(s);
	}
}

static void off_at_once_where_it_hangs(void **state)
{
	struct service *s = begin();

	(void)state;
	ask_off(s);
	ended(s, JOB_TIMED_OUT); /* and its process is still there */
	assert_int_equal(reboots, 0);
	ask_off(s);
	assert_int_equal(reboots, 1);
	end(s);
}

static void a_second_request_is_answered(void **state)
{
	struct service *s = begin();

	(void)state;
	ask_off(s);
	s->clients.list[0].waiting = false; /* as another client would be */
	ask_off(s);
	assert_true(said(s, "switched off already"));
	assert_false(s->clients.list[0].waiting);
	assert_int_equal(jobs_running(&s->jobs, JOB_SYNC), 1);
	assert_int_equal(reboots, 0);
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_off_once_it_is_written),
		cmocka_unit_test(not_before_it_is_written),
		cmocka_unit_test(off_at_once_where_it_hangs),
		cmocka_unit_test(a_second_request_is_answered),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
