/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stick: makes sticks, and tells whether one is what it should be. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "stick/stick.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "verify", stick_verify, N_("compare a stick with its manifests and a root") },
		{ "write", stick_write, N_("write an image to a stick and read it back") },
		{ 0 },
	};
	static const struct cli_tool tool = { "stick", N_("write and verify Blackstart sticks"),
					      verbs };

	return cli_main(&tool, argc, argv);
}
