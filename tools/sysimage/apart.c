/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A process that works and one that waits for it and tidies up. */
#include "sysimage/apart.h"

#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
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

/* `out`: what is printed goes there. */
static void work(const struct apart *a, int out, struct error *said)
{
	/* A pipe that nobody reads any more is an error like others, and so is a limit to files. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	bool ok = prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && dup2(out, STDOUT_FILENO) >= 0 &&
		  (!a->confined || confine_enter(said)) && a->run(a->ctx, said);

	if (ok && fflush(stdout) != 0)
		ok = error_errno(said, _("cannot write to standard output"));
	_exit(ok ? 0 : ERROR_FAILED);
}

/* Its own words, or how it ended. */
static void explain(const struct apart *a, bool stopped, int status, const struct error *said,
		    struct error *e)
{
	if (stopped)
		error_set(e, ERROR_FAILED, _("stopped; nothing was left behind"));
	else if (!WIFEXITED(status))
		error_set(
			e, ERROR_UNTRUSTED,
			_("reading %s crashed (signal %d). It may have been made for that; nothing "
			  "was written"),
			a->name, WTERMSIG(status));
	else if (!said->kind) /* memory ran out, which was said */
		error_set(e, ERROR_FAILED, _("it was not finished; nothing was left behind"));
	else
		error_set(e,
			  said->kind == ERROR_UNTRUSTED || said->kind == ERROR_USAGE ? said->kind
										     : ERROR_FAILED,
			  "%.*s", (int)sizeof(said->text) - 1, said->text);
}

/* What the other one printed. Only what is there now: standard output may be closed, and then lead there. */
static void print(int out)
{
	const off_t end = lseek(out, 0, SEEK_END);
	char bytes[4096];
	ssize_t n;

	for (off_t at = 0; at < end; at += n) {
		n = pread(out, bytes, sizeof(bytes), at);
		if (n <= 0)
			return;
		fwrite(bytes, 1, (size_t)n, stdout);
	}
}

/* With the signals held. */
static bool run_held(const struct apart *a, const sigset_t *signals, const sigset_t *before,
		     struct error *said, int out, struct error *e)
{
	int status = ERROR_FAILED << 8;
	/* Also opens the language's catalogue, which the child could not. */
	const char *failed = _("cannot start another process");
	pid_t child = said == MAP_FAILED || out < 0 ? -1 : fork();

	if (child < 0) {
		error_errno(e, "%s", failed);
		return a->settle(a->ctx, false, e);
	}
	if (child == 0) {
		sigprocmask(SIG_SETMASK, before, NULL);
		work(a, out, said);
	}
	const bool stopped = !await(child, signals, &status);
	const bool ok = !stopped && WIFEXITED(status) && WEXITSTATUS(status) == 0;

	if (!ok)
		explain(a, stopped, status, said, e);
	if (!a->settle(a->ctx, ok, e))
		return false;
	print(out);
	return true;
}

bool apart_run(const struct apart *a, struct error *e)
{
	const struct timespec now = { 0 };
	struct error *said = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int out = memfd_create("said", MFD_CLOEXEC);
	sigset_t signals, before;

	watched(&signals);
	fflush(stdout); /* else the other one would print it, too */
	sigprocmask(SIG_BLOCK, &signals, &before);
	const bool ok = run_held(a, &signals, &before, said, out, e);

	/* Who came too late for it to end does not end what follows either. */
	while (sigtimedwait(&signals, NULL, &now) > 0)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (said != MAP_FAILED)
		munmap(said, sizeof(*said));
	if (out >= 0)
		close(out);
	return ok;
}
