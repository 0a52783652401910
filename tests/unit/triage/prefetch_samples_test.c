/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prefetch files of Windows XP to 10, where the samples are there. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_prefetch;

/* The first lines of each: what INDEX.tsv states; the others: what sccainfo shows. */
static const struct sample_case cases[] = {
	{ "log2timeline_plaso/test_data/winprefetch/CMD.EXE-087B4001.pf",
	  { "\"executable_filename\":\"CMD.EXE\",\"prefetch_hash\":\"0x087b4001\"",
	    "\"last_run_times\":[\"2013-03-10T10:11:49.2812500Z\"]",
	    "\"serial_number\":\"0x24cb074b\"", "\"format_version\":17", "\"run_count\":2,",
	    "\"number_of_files\":33,", "\"device_path\":\"\\\\DEVICE\\\\HARDDISKVOLUME1\"",
	    "\"creation_time\":\"2013-03-10T10:19:46.2343750Z\"",
	    "\"filenames\":[\"\\\\DEVICE\\\\HARDDISKVOLUME1\\\\WINDOWS\\\\SYSTEM32\\\\NTDLL.DLL\"" } },
	{ "log2timeline_plaso/test_data/winprefetch/PING.EXE-B29F6629.pf",
	  { "\"run_count\":14,\"last_run_times\":[\"2012-04-06T19:00:55.9329556Z\"]",
	    "\\\\WINDOWS\\\\SYSTEM32\\\\PING.EXE\"", "\"serial_number\":\"0xac036525\"",
	    "\"format_version\":23", "\"prefetch_hash\":\"0xb29f6629\"", "\"number_of_files\":27,",
	    "\"creation_time\":\"2010-11-10T17:37:26.4843750Z\"" } },
	{ "log2timeline_plaso/test_data/winprefetch/TASKHOST.EXE-3AE259FC.pf",
	  { "\"run_count\":4,\"last_run_times\":[\"2013-10-04T15:40:09.0378333Z\","
	    "\"2013-10-04T15:28:09.0103565Z\",\"2013-10-04T06:19:54.5960606Z\","
	    "\"2013-10-04T06:11:13.6429375Z\"]",
	    "\"format_version\":26", "\"number_of_files\":51,",
	    "\"serial_number\":\"0x686c4249\"" } },
	{ "log2timeline_plaso/test_data/winprefetch/NOTEPAD.EXE-D8414F97.pf",
	  { "\"run_count\":2,\"last_run_times\":[\"2019-06-05T19:55:04.8777787Z\","
	    "\"2019-06-05T19:23:00.8157052Z\"]",
	    "\"format_version\":30", "\"number_of_files\":56,",
	    "\"executable_path\":\"\\\\DEVICE\\\\HARDDISKVOLUME2\\\\WINDOWS\\\\SYSTEM32\\\\NOTEPAD.EXE\"",
	    "\"device_path\":\"\\\\VOLUME{01d3096ba3a46863-2ca3d1ae}\"",
	    "\"creation_time\":\"2017-07-30T19:40:03.5487843Z\"" } },
};

static void stated_answers(void **state)
{
	(void)state;
	samples_have(&format_prefetch, cases, sizeof(cases) / sizeof(*cases));
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
