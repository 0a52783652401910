/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage: reads a suspect disk from outside, and changes nothing. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "triage/triage.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "cat", triage_cat, N_("the bytes of one file") },
		{ "files", triage_files, N_("every file that is there") },
		{ "list", triage_list, N_("partitions, file systems, and what cannot be read") },
		{ "parse", triage_parse, N_("the records of a file of Windows or Linux") },
		{ "timeline", triage_timeline,
		  N_("what happened when, by the times of all files") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"triage", N_("read a suspect disk from outside, changing nothing"), verbs
	};

	return cli_main(&tool, argc, argv);
}
