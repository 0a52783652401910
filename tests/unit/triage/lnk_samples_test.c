/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links that Windows made, where the samples are there. Of NeroInfoTool.lnk the index states 7 data of
 * events: the link, five file entries, and the time in its droid; all 7 shell items are read. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "bytes.h"

extern const struct format format_lnk;

static const struct sample_case cases[] = {
	{ "log2timeline_plaso/test_data/NeroInfoTool.lnk",
	  { "\"creation_time\":\"2009-06-05T20:13:20.0000000Z\"",
	    "\"access_time\":\"2010-01-29T21:30:11.3321569Z\",\"file_size\":4635160",
	    "\"drive_type\":\"fixed\",\"drive_serial_number\":\"0x70ecfa33\",\"volume_label\":\"OS\"",
	    "\"local_path\":\"C:\\\\Program Files (x86)\\\\Nero\\\\Nero 9\\\\Nero InfoTool\\\\InfoTool.exe\"",
	    "\"command_line_arguments\":\"-ScParameter=30002  \"",
	    "\"type\":\"icon_environment\",\"value\":\"%ProgramFiles%\\\\Nero\\\\Nero 9\\\\Nero "
	    "InfoTool\\\\InfoTool.exe\"",
	    "\"name\":\"PROGRA~2\",\"long_name\":\"Program Files (x86)\",\"localized_name\":"
	    "\"@shell32.dll,-21817\"",
	    "\"mft_record_number\":274,\"mft_sequence_number\":1}",
	    "\"mft_record_number\":80331,\"mft_sequence_number\":1}",
	    "\"mft_record_number\":80332,\"mft_sequence_number\":1}",
	    "\"mft_record_number\":81345,\"mft_sequence_number\":2}",
	    "\"mft_record_number\":81349,\"mft_sequence_number\":1}]",
	    "\"machine_identifier\":\"win-3qmdjgkf3g9\"",
	    "\"droid_file_identifier\":\"958705b5-0d19-11df-9fe4-705ab616a5f3\"" } },
	{ "log2timeline_plaso/test_data/example.lnk",
	  { "\"creation_time\":\"2009-07-13T23:29:02.8491310Z\",\"modification_time\":"
	    "\"2009-07-14T01:39:18.2200000Z\"",
	    "\"file_size\":544768",
	    "\"description\":\"@%windir%\\\\system32\\\\migwiz\\\\wet.dll,-590\"",
	    "\"working_directory\":\"%windir%\\\\system32\\\\migwiz\"",
	    "\"type\":\"environment_variables\",\"value\":\"%windir%\\\\system32\\\\migwiz\\\\migwiz.exe\"",
	    "\"machine_identifier\":\"win-tj9qcsjkags\"",
	    "\"birth_droid_file_identifier\":\"846ee3bb-7039-11de-9d20-001d09fa5a1c\"" } },
	{ "log2timeline_plaso/test_data/unpaired_surrogate.lnk",
	  { "\"local_path\":\"C:\\\\test\\\\unicode_U+0000d800_\\ud800.exe\"",
	    "\"relative_path\":\".\\\\unicode_U+0000d800_\\ud800.exe\"",
	    "\"mft_record_number\":92882,\"mft_sequence_number\":56}",
	    "\"mft_record_number\":386618,\"mft_sequence_number\":63}]",
	    "\"name\":\"System.ParsingPath\",\"value_type\":31,\"value\":"
	    "\"C:\\\\test\\\\unicode_U+0000d800_\\ud800.exe\"" } },
};

static void stated_answers(void **state)
{
	(void)state;
	samples_have(&format_lnk, cases, sizeof(cases) / sizeof(*cases));
}

static size_t count_of(const char *s, const char *part)
{
	size_t n = 0;

	for (; (s = strstr(s, part)); s++)
		n++;
	return n;
}

/* What the index counts: a link, its file entries, the time of a droid. */
static void stated_counts(void **state)
{
	const struct {
		const char *place;
		size_t items, files, data;
	} counts[] = {
		{ "log2timeline_plaso/test_data/NeroInfoTool.lnk", 7, 5, 7 },
		{ "log2timeline_plaso/test_data/unpaired_surrogate.lnk", 4, 2, 4 },
	};
	(void)state;

	for (size_t i = 0; i < 2; i++) {
		struct bytes in = sample_of(counts[i].place);
		char *json = json_of(&format_lnk, &in, "a.lnk");
		size_t files = count_of(json, "\"item_type\":\"file_entry\"");

		assert_int_equal(count_of(json, "\"item_type\""), counts[i].items);
		assert_int_equal(files, counts[i].files);
		assert_int_equal(1 + files + count_of(json, "\"droid_file_time\""), counts[i].data);
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
