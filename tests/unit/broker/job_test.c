/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What jobs say, message by message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_them_in_order),
		cmocka_unit_test(keeps_nothing_that_was_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
