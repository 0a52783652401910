/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The network: a helper of one that failed is gone before the next begins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "broker/network.h"

/* udhcpc, as far as the broker sees it: runs as long as its address holds. */
static int helper(int output, const void *ctx)
{
	(void)output;
	(void)ctx;
	return pause();
}

static pid_t start(struct jobs *j)
{
	struct error e = { 0 };
	struct job *job = jobs_start(j, JOB_LEASE, 600000, helper, NULL, &e);

	assert_non_null(job);
	return job->pid;
}

/* What the broker's loop does with children that ended. */
static void loop(struct network *n, struct jobs *j)
{
	struct job job;

	jobs_look(j);
	while (jobs_next_finished(j, &job)) {
		network_job_ended(n, j, &job);
		job_release(&job);
	}
}

static void old_helper_ends(void **state)
{
	const struct places nowhere = { .sysfs = "/nowhere" };
	const struct drivers drivers = { .reached = STAGE_NETWORK };
	struct network n = { .state = NETWORK_UP, .address = "192.0.2.7/24" };
	struct job address = { .kind = JOB_ADDRESS, .end = JOB_FAILED };
	struct jobs j = { 0 };
	pid_t old = start(&j);

	(void)state;
	network_job_ended(&n, &j, &address);
	assert_int_equal(n.state, NETWORK_FAILED);
	/* Asked again at once, it waits: there are no cards, so one step further says so. */
	network_want(&n);
	while (jobs_find(&j, JOB_LEASE)) {
		network_advance(&n, &j, &drivers, &nowhere);
		assert_int_equal(n.state, NETWORK_DRIVERS);
		poll(NULL, 0, 1);
		loop(&n, &j);
	}
	assert_int_equal(kill(old, 0), -1);
	network_advance(&n, &j, &drivers, &nowhere);
	assert_int_equal(n.state, NETWORK_FAILED);
	jobs_release(&j);
}

/* An address that is still being set when the helper ends brings nothing up again. */
static void late_address(void **state)
{
	struct network n = { .state = NETWORK_UP, .address = "192.0.2.7/24" };
	struct job lease = { .kind = JOB_LEASE, .end = JOB_CRASHED };
	struct job address = { .kind = JOB_ADDRESS, .end = JOB_DONE };
	struct jobs j = { 0 };

	(void)state;
	network_job_ended(&n, &j, &lease);
	assert_int_equal(n.state, NETWORK_FAILED);
	network_job_ended(&n, &j, &address);
	assert_int_equal(n.state, NETWORK_FAILED);
	jobs_release(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_helper_ends),
		cmocka_unit_test(late_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
