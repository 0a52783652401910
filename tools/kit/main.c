/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit: what an organisation prepares, from its source folder to the stick. */
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "compile", kit_compile, N_("make kit.img from a source folder") },
		{ "info", kit_info, N_("check a kit and say whose it is and how old") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"kit", N_("makes an organisation's kit: plans, numbers, deadlines"), verbs
	};

	return cli_main(&tool, argc, argv);
}
