/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broker: the only process with rights; and its clients for experts and scripts. */
#include "broker/broker.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

int main(int argc, char **argv)
{
	static const struct cli_verb verbs[] = {
		{ "serve", broker_serve, N_("run the broker; started by init, as root") },
		{ "disks", broker_list, N_("list the disks of this PC") },
		{ "machine", broker_about, N_("tell what PC this is") },
		{ "with", broker_with, N_("run a command with a disk as descriptor 3, read-only") },
		{ "probe", broker_probe, N_("show the partitions of an image file") },
		{ "keyboard", broker_set_keyboard, N_("change the console's keyboard layout") },
		{ "power", broker_switch, N_("switch the PC off, or restart it") },
		{ 0 },
	};
	static const struct cli_tool tool = {
		"broker", N_("the one process with rights: disks, console, power"), verbs
	};

	return cli_main(&tool, argc, argv);
}
