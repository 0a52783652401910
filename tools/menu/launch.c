/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starts another program on this terminal and comes back. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "menu/menu.h"

#define NOT_STARTED 127 /* as a shell says it */

bool launch_possible(const char *program)
{
	const char *at = getenv("PATH");
	bool found = false;

	if (strchr(program, '/'))
		return access(program, X_OK) == 0;
	while (at && *at && !found) {
		size_t n = strcspn(at, ":");
		char *path = mem_format("%.*s/%s", (int)n, at, program);

		found = access(path, X_OK) == 0;
		free(path);
		at += n + (at[n] == ':');
	}
	return found;
}

/* What became of it, in words; false if there is nothing to say. */
static bool outcome(int status, const char *const *argv, struct error *e)
{
	const char *program = argv[0];

	if (WIFSIGNALED(status))
		return !error_set(
			e, ERROR_FAILED,
			_("%s ended unexpectedly (signal %d). Nothing that was saved is "
			  "lost. Try again; if it happens again, note what you did last."),
			program, WTERMSIG(status));
	/* A tool that knows no such pages has started in vain. A shell, which is asked for nothing, ends as the
	 * last command in it did. */
	if (argv[1] && WIFEXITED(status) &&
	    (WEXITSTATUS(status) == NOT_STARTED || WEXITSTATUS(status) == ERROR_USAGE))
		return !error_set(e, ERROR_FAILED, _("%s could not be started."), program);
	return false;
}

void launch(struct menu *m, const char *const *argv)
{
	struct error e = { 0 };
	int status = 0;
	pid_t pid;

	if (!launch_possible(argv[0])) {
		error_set(&e, ERROR_FAILED, _("%s could not be started."), argv[0]);
		menu_error(m, argv[0], &e);
		return;
	}
	ui_suspend(m->ui);
	pid = fork();
	if (pid == 0) {
		signal(SIGINT, SIG_DFL);
		signal(SIGQUIT, SIG_DFL);
		execvp(argv[0], (char *const *)argv);
		_exit(NOT_STARTED);
	}
	if (pid < 0)
		error_errno(&e, _("%s could not be started"), argv[0]);
	else
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	ui_resume(m->ui);
	menu_frame(m);
	if (pid > 0)
		outcome(status, argv, &e);
	if (e.kind != ERROR_NONE)
		menu_error(m, argv[0], &e);
}
