/* SPDX-License-Identifier: GPL-3.0-or-later */
/* triage: reads a suspect disk from outside, and changes nothing. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "triage/triage.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "parse", triage_parse, N_("the records of a file of Windows or Linux") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"triage", N_("read a suspect disk from outside, changing nothing"), verbs
	};

	return cli_main(&tool, argc, argv);
}
