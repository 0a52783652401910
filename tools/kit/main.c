/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit: what an organisation prepares, from its source folder to the stick. */
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "import", kit_import,
		  N_("bring people and computers from address books and directories") },
		{ "check", kit_check, N_("say what in a source folder will fail when needed") },
		{ "keygen", kit_keygen, N_("make the keys of a kit's protected tiers") },
		{ "slots", kit_slots, N_("list the passphrases and envelopes that open a kit") },
		{ "slot-add", kit_slot_add, N_("add a passphrase or an envelope") },
		{ "slot-remove", kit_slot_remove, N_("remove a passphrase or an envelope") },
		{ "compile", kit_compile, N_("make kit.img from a source folder") },
		{ "sign", kit_sign, N_("sign a compiled kit, one key holder after the other") },
		{ "info", kit_info, N_("check a kit and say whose it is and how old") },
		{ "diff", kit_diff, N_("say what changed between two kits") },
		{ "print", kit_print, N_("make the paper folder, or the control room's sheet") },
		{ "report", kit_report, N_("answer the council's questions on one page") },
		{ "exercised", kit_exercised, N_("note in the plans when they were exercised") },
		{ "unseal", kit_unseal, N_("write the plain file behind a sealed one") },
		{ "export", kit_export, N_("write the people as vCards") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"kit", N_("makes an organisation's kit: plans, numbers, deadlines"), verbs
	};

	return cli_main(&tool, argc, argv);
}
