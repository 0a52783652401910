/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Histories of bash and zsh, where the samples are there. The index states no answer; these are
 * the commands as the shells themselves read them. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_shell_history;

static const struct sample_case cases[] = {
	{ "log2timeline_plaso/test_data/bash_history",
	  { "{\"written_time\":\"2013-10-01T12:36:17Z\",\"command\":\"/usr/lib/plaso\"",
	    "{\"written_time\":\"2013-10-01T12:36:18Z\",\"command\":\"/bin/bash\"",
	    "{\"written_time\":\"2013-10-01T12:36:19Z\",\"command\":\"/usr/local/bin/splunk -p 8080\"",
	    "{\"written_time\":\"2021-06-10T22:30:36Z\",\"command\":\"binary argument1 \\\"--params=\\\\"
	    "\\nparam1=foo,\\nparam2=bar\\n\\\" argument2\"" } },
	{ "log2timeline_plaso/test_data/zsh_extended_history.txt",
	  { "{\"written_time\":\"2016-03-12T08:26:50Z\",\"command\":\"cd plaso\"",
	    "{\"written_time\":\"2016-03-12T08:26:52Z\",\"command\":\"ls\"",
	    "{\"written_time\":\"2016-03-26T11:54:53Z\",\"command\":\"echo dfgdfg \\\\\\n& touch "
	    "/tmp/afile\"",
	    "{\"written_time\":\"2016-03-26T11:54:57Z\",\"command\":\"PYTHONPATH=. ./runtests.py\"" } },
};

static void commands(void **state)
{
	(void)state;
	samples_have(&format_shell_history, cases, sizeof(cases) / sizeof(*cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(commands) };

	if (access(TRIAGE_SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
