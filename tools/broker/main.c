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
		{ "data", broker_data_folder, N_("run a command in a folder of the stick's data") },
		{ "medium", broker_medium_folder, N_("run a command in an external medium") },
		{ "clock", broker_set_clock, N_("set the clock of the running system") },
		{ "network", broker_bring_network, N_("bring the wired network up") },
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
