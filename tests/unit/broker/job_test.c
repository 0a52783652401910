/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs say, message by message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <unistd.h>

#include "broker/job.h"

static void say(struct job *job, const char *word)
{
	struct message m;

	message_start(&m, "type", word);
	const char length[2] = { (char)(m.len & 0xff), (char)(m.len >> 8) };
	text_add_n(&job->got, length, 2);
	text_add_n(&job->got, m.bytes, m.len);
}

static void takes_them_in_order(void **state)
{
	struct job job = { .output = -1 };
	struct message m;

	(void)state;
	assert_false(job_message(&job, &m));
	say(&job, "one");
	say(&job, "two");
	assert_true(job_message(&job, &m) && message_is(&m, "one"));
	say(&job, "three");
	assert_true(job_message(&job, &m) && message_is(&m, "two"));
	assert_true(job_message(&job, &m) && message_is(&m, "three"));
	assert_false(job_message(&job, &m));
	job_release(&job);
}

/* The helper that keeps a network address runs for weeks: what was heard takes no room. */
static void keeps_nothing_that_was_heard(void **state)
{
	struct job job = { .output = -1 };
	struct message m;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		say(&job, "lease");
		assert_true(job_message(&job, &m));
	}
	assert_int_equal(job.got.len, 0);
	job_release(&job);
}

static int flood(int output, const void *ctx)
{
	static char bytes[MESSAGE_MAX];

	(void)ctx;
	while (write(output, bytes, sizeof(bytes)) > 0)
		;
	pause();
	return 0;
}

/* Whoever says too much is not listened to any more, even before the kernel has ended it: what it still
 * has to say would wake the broker at once, again and again. */
static void stops_listening_to_a_flood(void **state)
{
	struct jobs jobs = { 0 };
	struct error e = { 0 };
	struct job job;

	(void)state;
	assert_non_null(jobs_start(&jobs, JOB_PROBE, 10000, flood, NULL, &e));
	while (!jobs.list[0].flooded) {
		struct pollfd said = { .fd = jobs.list[0].output, .events = POLLIN };

		assert_int_equal(poll(&said, 1, 10000), 1);
		jobs_read(&jobs, jobs.list[0].output);
	}
	assert_int_equal(jobs.list[0].output, -1);
	while (!jobs_next_finished(&jobs, &job)) {
		jobs_look(&jobs);
		usleep(2000);
	}
	assert_int_equal(job.end, JOB_CRASHED);
	job_release(&job);
	jobs_release(&jobs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_them_in_order),
		cmocka_unit_test(keeps_nothing_that_was_heard),
		cmocka_unit_test(stops_listening_to_a_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
