/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs of syslog, where the samples are there. The index states no answer; these are the lines as they stand
 * there. The year depends on the file. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_syslog;

static const struct sample_case cases[] = {
	{ "log2timeline_plaso/test_data/syslog/syslog",
	  { "-12-31T17:54:32Z\",\"hostname\":\"myhostname.myhost.com\",\"reporter\":\"/sbin/anacron\","
	    "\"pid\":1234,\"message\":\"Another one just like this (124 job run)\"",
	    "-11-18T01:15:20Z\",\"hostname\":\"myhostname.myhost.com\",\"reporter\":\"aprocess\","
	    "\"pid\":10100,\"message\":\"This is a multi-line message that screws up\"",
	    "{\"timestamp\":null,\"message\":\"\\tmany syslog parsers.\",\"line\":14}",
	    "-02-06T15:16:30Z\",\"hostname\":\"victoria\",\"reporter\":\"process\",\"pid\":2085,"
	    "\"message\":\"Test message with single character day\"" } },
	{ "log2timeline_plaso/test_data/syslog/syslog_ssh.log",
	  { "-03-11T00:00:00Z\",\"hostname\":\"ubuntu2015\",\"reporter\":\"sshd\",\"pid\":3,"
	    "\"message\":\"Server listening on 0.0.0.0 port 22.\"",
	    "-03-11T19:26:39Z\",\"hostname\":\"osx-machine\",\"reporter\":\"sshd\",\"pid\":3,"
	    "\"message\":\"Accepted publickey for plaso from 192.168.0.1 port 59229 ssh2: RSA ",
	    "-03-11T22:55:30Z\",\"hostname\":\"ubuntu2015\",\"reporter\":\"sshd\",\"pid\":3,"
	    "\"message\":\"Accepted password for plaso from 2001:0db8:" } },
};

static void lines(void **state)
{
	(void)state;
	samples_have(&format_syslog, cases, sizeof(cases) / sizeof(*cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines) };

	if (access(TRIAGE_SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
