/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menu: the first screen of the stick; starts the tools. */
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "menu/menu.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "start", menu_start, N_("show the start screen (also without a verb)") },
		{ 0 },
	};
	static const struct cli_tool tool = { "menu", N_("the first screen; starts the tools"),
					      verbs };
	char *start[] = { argv[0], (char[]){ "start" }, argc == 2 ? argv[1] : NULL, NULL };

	/* `menu` and `menu --plain` are what init starts, and what people type. */
	if (argc < 2)
		return cli_main(&tool, 2, start);
	if (argc == 2 && strcmp(argv[1], "--plain") == 0)
		return cli_main(&tool, 3, start);
	return cli_main(&tool, argc, argv);
}
