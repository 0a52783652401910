/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A task of XP, where the sample is there: two data of events, its last run and its trigger. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_task;

static const struct sample_case cases[] = {
	{ "log2timeline_plaso/test_data/wintask.job",
	  { "\"application_name\":\"C:\\\\Program Files (x86)\\\\Google\\\\Update\\\\GoogleUpdate.exe\","
	    "\"parameters\":\"/ua /installsource scheduler\",\"working_directory\":\"\",\"author\":\"Brian\"",
	    "\"comment\":\"Keeps your Google software up to date.",
	    "\"last_run_time\":\"2013-08-24T12:42:00.112\"",
	    "\"triggers\":[{\"type\":\"daily\",\"start_boundary\":\"2013-07-12T15:42:00.000\"",
	    "\"days_interval\":1}]}\n" } },
};

static void stated_answers(void **state)
{
	(void)state;
	samples_have(&format_task, cases, sizeof(cases) / sizeof(*cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(stated_answers) };

	if (access(TRIAGE_SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
