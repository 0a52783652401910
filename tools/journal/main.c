/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal: what was done, said and decided; its one writer, and the verbs that read it. */
#include "journal/journal.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "serve", journal_serve, N_("write the journal; started by init") },
		{ "append", journal_append_verb, N_("enter an event") },
		{ "list", journal_list, N_("list the events in order") },
		{ "verify", journal_verify,
		  N_("check all chains, and what a head on paper proves") },
		{ "head", journal_head, N_("show the head as eight words, to be written down") },
		{ "merge", journal_merge, N_("make one journal of several") },
		{ "export", journal_export, N_("write the journal as PDF, CSV or JSON lines") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"journal", N_("what was done, said and decided, by whom and when"), verbs
	};

	return cli_main(&tool, argc, argv);
}
