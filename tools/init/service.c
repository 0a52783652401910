/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Starting a process with just the rights and the terminal that it needs. */
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "init/init.h"

#define QUICK_SECONDS 5    /* an end sooner than this counts as a failure */
#define LONGEST_WAIT 30    /* seconds between starts of something that keeps failing */
#define LAST_CAPABILITY 63 /* more than any kernel has; the kernel refuses the rest */

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* In the child: make `device` the terminal. The device stays root's, so that the
 * broker can change its font without a capability to pass by permissions; the
 * program inherits the open descriptors. */
static bool take_terminal(const char *device)
{
	char path[40];

	snprintf(path, sizeof(path), "/dev/%s", device);
	int fd = open(path, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 1) < 0)
		return false;
	for (int i = 0; i < 3; i++)
		if (dup2(fd, i) < 0)
			return false;
	if (fd > 2)
		close(fd);
	return true;
}

/* In the child: what it says goes to the kernel's log, not over somebody's page. */
static bool take_log(void)
{
	int log = open("/dev/kmsg", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	return log >= 0 && nothing >= 0 && dup2(nothing, 0) == 0 && dup2(log, 1) == 1 &&
	       dup2(log, 2) == 2;
}

/* In the child: become a user without rights, for good. */
static bool drop_rights(const struct service *s)
{
	for (unsigned long c = 0; c <= LAST_CAPABILITY; c++)
		prctl(PR_CAPBSET_DROP, c, 0, 0, 0);
	return setgroups(s->second_gid ? 1 : 0, &s->second_gid) == 0 &&
	       setresgid(s->gid, s->gid, s->gid) == 0 && setresuid(s->uid, s->uid, s->uid) == 0 &&
	       setuid(0) < 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

_Noreturn static void run(const struct service *s)
{
	const struct rlimit no_core = { 0, 0 };
	const char *const environment[] = {
		"PATH=/bin",
		"HOME=/tmp",
		s->uid == JOURNAL_UID ? "USER=journal" : "USER=kit",
		"LANG=C.UTF-8",
		"BLACKSTART_RUN=/run/user",
		strncmp(s->device, "ttyS", 4) == 0 ? "TERM=vt220" : "TERM=linux",
		NULL,
	};
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	setrlimit(RLIMIT_CORE, &no_core);
	if (s->device[0] ? !take_terminal(s->device) : !take_log())
		_exit(1);
	if (s->uid && !(drop_rights(s) && filter_install()))
		_exit(1);
	execve(s->argv[0], (char *const *)s->argv, (char *const *)environment);
	_exit(127);
}

void service_start(struct service *s)
{
	s->started = now();
	s->pid = fork();
	if (s->pid == 0)
		run(s);
	if (s->pid < 0) { /* no memory for it now: as one that ended at once */
		s->pid = 0;
		s->failures++;
	}
}

bool service_ended(struct service *s, pid_t pid)
{
	if (s->pid != pid)
		return false;
	s->pid = 0;
	s->failures = now() - s->started < QUICK_SECONDS ? s->failures + 1 : 0;
	return true;
}

unsigned service_delay(const struct service *s)
{
	time_t wait = 0, elapsed = now() - s->started;

	if (s->failures > 1)
		wait = s->failures > 5 ? LONGEST_WAIT : (time_t)1 << s->failures;
	return elapsed >= wait ? 0 : (unsigned)(wait - elapsed);
}
