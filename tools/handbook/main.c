/* SPDX-License-Identifier: GPL-3.0-or-later */
/* handbook: who to call, what to do, by when. */
#include "handbook/handbook.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "find", handbook_find, N_("search; typing mistakes are forgiven") },
		{ "show", handbook_show, N_("show one thing whole") },
		{ "plan", handbook_plan, N_("list the plans, or show one") },
		{ "deadlines", handbook_deadlines, N_("what must be reported, by when") },
		{ "deadline", handbook_deadline, N_("enter what became of a deadline") },
		{ "clock", handbook_clock, N_("what time it is, and how far that is confirmed") },
		{ "due", handbook_due, N_("when a deadline would end; nothing is recorded") },
		{ "chain", handbook_chain, N_("how a call chain stands: whom to call next") },
		{ "call", handbook_call, N_("note what came of a call") },
		{ "step", handbook_step, N_("what became of a step of a plan") },
		{ "log", handbook_log, N_("write into the journal") },
		{ "journal", handbook_journal, N_("read the journal") },
		{ "qr", handbook_qr, N_("a number, a person or a plan for a telephone's camera") },
		{ "print", handbook_print, N_("to a file or a network printer") },
		{ "handover", handbook_handover, N_("one sheet for the next shift") },
		{ "key", handbook_key, N_("the recovery key of an encrypted disk, for triage") },
		{ "failed", handbook_failed, N_("what has failed, and what is dead with it") },
		{ "pages", handbook_pages, N_("the handbook on the screen, page by page") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"handbook", N_("the emergency handbook: who to call, what to do, by when"), verbs
	};

	return cli_main(&tool, argc, argv);
}
