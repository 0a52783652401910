/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `broker with`, `keyboard`, `power`: single requests for scripts. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "broker/broker.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/disk/broker.h"

#define DISK_DESCRIPTOR 3

/* The disk, or with a key what its encrypted partition holds. */
static int open_with(const char *disk, uint64_t partition, const char *key_file, struct error *e)
{
	struct broker b = BROKER_NONE;
	int fd = -1;

	if (broker_connect(&b, e))
		fd = key_file ? broker_encrypted_by(&b, disk, (unsigned)partition, key_file, e)
			      : broker_open_disk(&b, disk, e);
	broker_close(&b);
	return fd;
}

static bool exec_with(int fd, char **command, struct error *e)
{
	if (fd < 0)
		return false;
	/* dup2 to itself would keep the close-on-exec flag. */
	int high = fcntl(fd, F_DUPFD_CLOEXEC, DISK_DESCRIPTOR + 1);
	close(fd);
	if (high < 0 || dup2(high, DISK_DESCRIPTOR) < 0)
		return error_errno(e, _("cannot place the disk as descriptor 3"));
	execvp(command[0], command);
	return error_errno(e, _("cannot run %s"), command[0]);
}

int broker_with(int argc, char **argv)
{
	struct error e = { 0 };
	uint64_t partition = 0;
	const char *key_file = NULL;
	const struct cli_option options[] = {
		{ "partition", CLI_NUMBER, &partition, "NUMBER",
		  N_("of the encrypted one; 0 is a disk without a table"), 0, UINT32_MAX },
		{ "key-file", CLI_TEXT, &key_file, "FILE",
		  N_("open this BitLocker or LUKS partition by what the file holds: passphrase, recovery password, or a startup key"),
		  0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker",
		"with",
		"DISK -- COMMAND [ARGUMENTS...]",
		N_("Run a command with the disk as descriptor 3, open for reading only."),
		options,
		2,
		SIZE_MAX,
	};
	char **command;

	/* argv[argc] stays NULL only if nothing was taken out; the command's own
	 * arguments end it here. */
	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("broker", &e);
	argv[argc] = NULL;
	command = argv + 1;
	(void)exec_with(open_with(argv[0], partition, key_file, &e), command, &e);
	return report("broker", &e);
}

int broker_set_keyboard(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct error e = { 0 };
	const struct cli_usage usage = {
		"broker", "keyboard",
		"LAYOUT", N_("Set the keyboard layout of the console: de, us, fr, ch, gb."),
		NULL,     1,
		1,
	};

	bool ok = cli_parse(&usage, &argc, &argv, &e) && broker_connect(&b, &e) &&
		  broker_keyboard(&b, argv[0], &e);

	broker_close(&b);
	return ok ? 0 : report("broker", &e);
}

int broker_switch(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct error e = { 0 };
	const struct cli_usage usage = {
		"broker", "power", "off|reboot", N_("Switch this PC off, or restart it."), NULL,
		1,        1,
	};
	bool off, ok = false;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("broker", &e);
	off = strcmp(argv[0], "off") == 0;
	if (!off && strcmp(argv[0], "reboot") != 0)
		error_set(&e, ERROR_USAGE, _("'%s' is neither 'off' nor 'reboot'"), argv[0]);
	else
		ok = broker_connect(&b, &e) && broker_power(&b, off ? POWER_OFF : POWER_REBOOT, &e);
	broker_close(&b);
	return ok ? 0 : report("broker", &e);
}
