/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hello: the smallest complete tool, the template of all others. */
#include "hello/hello.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "greet", hello_greet, N_("greet a person by name") },
		{ 0 },
	};
	static const struct cli_tool tool = { "hello", N_("the template for a new tool"), verbs };

	return cli_main(&tool, argc, argv);
}
