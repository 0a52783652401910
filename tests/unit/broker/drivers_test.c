/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One driver that hangs must not keep away those beside it: by a modprobe that hangs when told to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../folder.h"
#include "broker/drivers.h"

#define LIMIT_MS 300

/* "-q -a -- A B ...": each is written down when it is loaded; `hang` never is, and `crash` ends it. */
static const char modprobe[] = "#!/bin/sh\n"
			       "echo call >>calls\n"
			       "shift 3\n"
			       "for alias; do\n"
			       "	case $alias in\n"
			       "	hang) exec /bin/sleep 20 ;;\n"
			       "	crash) kill -9 $$ ;;\n"
			       "	unknown) exit 1 ;;\n"
			       "	esac\n"
			       "	echo $alias >>calls\n"
			       "done\n";

static void read_calls(char out[512])
{
	FILE *f = fopen("calls", "r");
	size_t n = f ? fread(out, 1, 511, f) : 0;

	out[n] = '\0';
	while (n--)
		if (out[n] == '\n')
			out[n] = ' ';
	if (f)
		fclose(f);
	unlink("calls");
}

static void load_all(struct drivers *d, struct jobs *j)
{
	const struct places p = { .sysfs = ".", .path = "." };
	struct job job;

	drivers_start(d, j, &p);
	while (jobs_in_time(j, JOB_DRIVERS)) {
		jobs_look(j);
		while (jobs_next_finished(j, &job)) {
			drivers_job_ended(d, &job);
			job_release(&job);
		}
		drivers_start(d, j, &p);
		usleep(2000);
	}
}

/* How many there are; all of them stand in `wanted`. */
static size_t fill(struct drivers *d, char *wanted[5], const char *const aliases[5])
{
	size_t n = 0;

	for (; n < 5 && aliases[n]; n++)
		wanted[n] = (char *)(uintptr_t)aliases[n];
	d->wanted = wanted;
	return n;
}

static void each_alone(void **state)
{
	static const struct {
		const char *aliases[5];
		const char *want;
	} rows[] = {
		{ { "a", "b", "c" }, "call a b c " },
		{ { "a", "hang", "c", "d" }, "call a call a call call c call d " },
		{ { "hang" }, "call " },
		{ { "a", "crash", "c" }, "call a call a call call c " },
		/* A module that is not there is no reason. */
		{ { "a", "unknown" }, "call a " },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct drivers d = { .limit_ms = LIMIT_MS };
		struct jobs jobs = { 0 };
		char *wanted[5], calls[512];

		d.count = fill(&d, wanted, rows[i].aliases);
		load_all(&d, &jobs);
		read_calls(calls);
		if (strcmp(calls, rows[i].want) != 0)
			fail_msg("%zu: %s", i, calls);
		assert_int_equal(d.loaded, d.count);
		assert_false(drivers_busy(&d, &jobs));
		jobs_release(&jobs);
	}
}

/* After them many go together again. */
static void what_comes_later(void **state)
{
	static const char *const aliases[5] = { "a", "hang", "c", "d" };
	struct drivers d = { .limit_ms = LIMIT_MS };
	struct jobs jobs = { 0 };
	char *wanted[5], calls[512];
	size_t all = fill(&d, wanted, aliases);

	(void)state;
	d.count = 2;
	load_all(&d, &jobs);
	d.count = all;
	load_all(&d, &jobs);
	read_calls(calls);
	assert_string_equal(calls, "call a call a call call c d ");
	jobs_release(&jobs);
}

/* A modprobe that the kernel cannot end keeps nobody waiting. */
static void one_that_stays(void **state)
{
	struct job stays = { .kind = JOB_DRIVERS, .output = -1, .killed = true, .told = true };
	struct jobs jobs = { .list = &stays, .count = 1, .capacity = 1 };
	struct drivers d = { 0 };

	(void)state;
	assert_int_equal(jobs_running(&jobs, JOB_DRIVERS), 1);
	assert_false(drivers_busy(&d, &jobs));
}

static int place_modprobe(void **state)
{
	FILE *f = folder_enter(state) == 0 ? fopen("modprobe", "w") : NULL;

	if (!f)
		return -1;
	fputs(modprobe, f);
	return fclose(f) == 0 ? chmod("modprobe", 0755) : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_alone),
		cmocka_unit_test(what_comes_later),
		cmocka_unit_test(one_that_stays),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, place_modprobe, folder_leave);
}
