/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `broker data` and `broker medium`: a command in a folder of the stick's or of a medium. */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "broker/broker.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

/* The command in the folder; its exit status, or -1 with e. */
static int run_in(int folder, char **command, struct error *e)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (fchdir(folder) == 0)
			execvp(command[0], command);
		error_errno(e, _("cannot run %s"), command[0]);
		_exit(report("broker", e));
	}
	if (pid < 0) {
		error_errno(e, _("cannot run %s"), command[0]);
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			error_errno(e, _("cannot run %s"), command[0]);
			return -1;
		}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int broker_data_folder(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct broker_disks d;
	struct arena a = { 0 };
	struct error e = { 0 };
	int fd = -1, status = 0;
	const struct cli_usage usage = {
		"broker",
		"data",
		"FOLDER -- COMMAND [ARGUMENTS...]",
		N_("Run a command in a folder of the stick's data partition: evidence, images, updates."),
		NULL,
		2,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("broker", &e);
	argv[argc] = NULL;
	/* A stick may still be on its way in. */
	if (broker_connect(&b, &e) && broker_all_disks(&b, &a, &d, &e))
		fd = broker_data(&b, argv[0], &e);
	if (fd >= 0) {
		status = run_in(fd, argv + 1, &e);
		close(fd);
		if (!broker_data_done(&b, &e))
			status = ERROR_FAILED;
	}
	broker_close(&b);
	arena_release(&a);
	return e.kind ? report("broker", &e) : status;
}

int broker_medium_folder(int argc, char **argv)
{
	struct broker b = BROKER_NONE;
	struct broker_disks d;
	struct arena a = { 0 };
	struct error e = { 0 };
	uint64_t partition = 0;
	int fd = -1, status = 0;
	bool writes = false;
	const struct cli_option options[] = {
		{ "write", CLI_FLAG, &writes, NULL,
		  N_("the command may write to it; else nothing on it changes"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"broker",
		"medium",
		"DISK PARTITION -- COMMAND [ARGUMENTS...]",
		N_("Run a command in the top folder of an external medium; partition 0 is a disk without a table."),
		options,
		3,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("broker", &e);
	argv[argc] = NULL;
	if (cli_number(argv[1], 0, UINT32_MAX, &partition, &e) && broker_connect(&b, &e) &&
	    broker_all_disks(&b, &a, &d, &e))
		fd = broker_medium(&b, argv[0], (unsigned)partition,
				   writes ? ACCESS_WRITE : ACCESS_READ, &e);
	if (fd >= 0) {
		status = run_in(fd, argv + 2, &e);
		close(fd);
		if (!broker_medium_done(&b, &e))
			status = ERROR_FAILED;
	}
	broker_close(&b);
	arena_release(&a);
	return e.kind ? report("broker", &e) : status;
}
