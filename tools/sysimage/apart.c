/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that works and one that waits for it and tidies up. */
#include "sysimage/apart.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/confine.h"
#include "lib/base/language.h"

/* What is waited for: the other process, and what wants both to end. */
static void watched(sigset_t *signals)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction how;

	sigemptyset(signals);
	sigaddset(signals, SIGCHLD);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (sigaction(ends[i], NULL, &how) == 0 && how.sa_handler != SIG_IGN)
			sigaddset(signals, ends[i]);
}

/* Wait for the one that works. False: it was to end. */
static bool await(pid_t child, const sigset_t *signals, int *status)
{
	bool stopped = false;

	while (waitpid(child, status, WNOHANG) == 0) {
		int got = sigwaitinfo(signals, NULL);

		/* None: it was suspended for a while (Ctrl-Z, fg). */
		if (got > 0 && got != SIGCHLD) {
			stopped = true;
			kill(child, SIGKILL);
		}
	}
	/* It may have been done already. */
	return !stopped || (WIFEXITED(*status) && WEXITSTATUS(*status) == 0);
}

static void work(const struct apart *a, struct error *said)
{
	/* A pipe that nobody reads any more is an error like others. */
	signal(SIGPIPE, SIG_IGN);
	bool ok = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 &&
		  (!a->confined || confine_enter(said)) && a->run(a->ctx, said);

	if (ok && fflush(stdout) != 0)
		ok = error_errno(said, _("cannot write to standard output"));
	_exit(ok ? 0 : ERROR_FAILED);
}

bool apart_run(const struct apart *a, struct error *e)
{
	struct error *said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* Also opens the language's catalogue, which the child could not. */
	const char *failed = _("cannot start another process");
	sigset_t signals, before;
	int status = ERROR_FAILED << 8;

	watched(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	pid_t child = said == MAP_FAILED ? -1 : fork();

	if (child < 0) {
		error_errno(e, "%s", failed);
		sigprocmask(SIG_SETMASK, &before, NULL);
		return false;
	}
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		work(a, said);
	}
	const bool stopped = !await(child, &signals, &status);
	bool ok = !stopped && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (stopped)
		error_set(e, ERROR_FAILED, _("stopped; nothing was left behind"));
	else if (!ok && !WIFEXITED(status))
		error_set(
			e, ERROR_UNTRUSTED,
			_("reading %s crashed (signal %d). It may have been made for that; nothing "
			  "was written"),
			a->name, WTERMSIG(status));
	else if (!ok && !said->kind) /* memory ran out, which was said */
		error_set(e, ERROR_FAILED, _("it was not finished; nothing was left behind"));
	else if (!ok)
		error_set(e,
			  said->kind == ERROR_UNTRUSTED || said->kind == ERROR_USAGE ? said->kind
										     : ERROR_FAILED,
			  "%.*s", (int)sizeof(said->text) - 1, said->text);
	munmap(said, sizeof(*said));
	return ok;
}
