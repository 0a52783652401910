/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recycle bins of Windows XP, 7 and 10, where the samples are there. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_recycle;

#define PLACE "log2timeline_plaso/test_data/recycler/"

static const struct sample_case cases[] = {
	{ PLACE "$I103S5F.jpg",
	  { "\"original_filename\":\"C:\\\\Users\\\\random\\\\Downloads\\\\bunnies.jpg\","
	    "\"file_size\":222255,\"deletion_time\":\"2016-06-29T21:37:45.6180000Z\","
	    "\"format_version\":2,\"content_name\":\"$R103S5F.jpg\"" } },
	{ PLACE "$II3DF3L.zip",
	  { "\"original_filename\":\"C:\\\\Users\\\\nfury\\\\Documents\\\\Alloy "
	    "Research\\\\StarFury.zip\",\"file_size\":724919,"
	    "\"deletion_time\":\"2012-03-12T20:49:58.6330000Z\",\"format_version\":1" } },
	{ PLACE "INFO2",
	  { "Mr. Evil\\\\Desktop\\\\lalsetup250.exe\",\"file_size\":2160128,"
	    "\"deletion_time\":\"2004-08-25T16:18:25.2370000Z\"",
	    "\"content_name\":\"Dc1.exe\"", "\"content_name\":\"Dc4.exe\"" } },
};

static void stated_answers(void **state)
{
	(void)state;
	samples_have(&format_recycle, cases, sizeof(cases) / sizeof(*cases));
}

/* How many each holds: 1, 1 and 4. */
static void stated_counts(void **state)
{
	static const size_t counts[] = { 1, 1, 4 };
	(void)state;

	for (size_t i = 0; i < 3; i++) {
		struct bytes in = sample_of(cases[i].place);
		char *json = json_of(&format_recycle, &in, "INFO2");
		size_t lines = 0;

		for (char *s = json; (s = strchr(s, '\n')); s++)
			lines++;
		assert_int_equal(lines, counts[i]);
		free(json);
		bytes_release(&in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(stated_answers),
					    cmocka_unit_test(stated_counts) };

	if (access(TRIAGE_SAMPLES, R_OK) != 0) {
		puts("1..0 # SKIP there are no samples in ../shared/data");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
