/* SPDX-License-Identifier: GPL-3.0-or-later */
/* init: the first process. Checks every file that came off the stick, then starts
 * the broker, the journal and a menu on each console, and keeps them alive. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "init/init.h"
#include "lib/base/language.h"

#define MAX_CONSOLES 4

static const char *const broker_argv[] = { "/bin/broker", "serve", "--group", "1000", NULL };
static const char *const journal_argv[] = { "/bin/journal", "serve", "--broker", NULL };
static const char *const menu_argv[] = { "/bin/menu", "start", NULL };
static const char *const plain_argv[] = { "/bin/menu", "start", "--plain", NULL };

static size_t plan_services(struct service *s)
{
	struct console consoles[MAX_CONSOLES];
	char active[128] = "";
	FILE *f = fopen("/sys/class/tty/console/active", "re");
	size_t n = 0;

	if (f) {
		if (!fgets(active, sizeof(active), f))
			active[0] = '\0';
		fclose(f);
	}
	s[n++] = (struct service){ .name = "broker", .argv = broker_argv };
	s[n++] = (struct service){
		.name = "journal",
		.argv = journal_argv,
		.uid = JOURNAL_UID,
		.gid = JOURNAL_GID,
		.second_gid = KIT_GID, /* the broker's socket */
	};
	size_t count = state_consoles(active, consoles, MAX_CONSOLES);
	for (size_t i = 0; i < count; i++) {
		s[n] = (struct service){
			.name = "menu",
			.argv = consoles[i].serial ? plain_argv : menu_argv,
			.uid = KIT_UID,
			.gid = KIT_GID,
		};
		memcpy(s[n++].device, consoles[i].device, sizeof(consoles[i].device));
	}
	return n;
}

/* Wait for the next child to end, or until the next restart is due. */
static pid_t next_child(unsigned seconds)
{
	sigset_t child;
	struct timespec wait = { .tv_sec = seconds };
	pid_t pid = waitpid(-1, NULL, WNOHANG);

	if (pid > 0)
		return pid;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &wait);
	return waitpid(-1, NULL, WNOHANG);
}

/* The broker makes its socket when the disks that are there are locked and the font
 * suits the screen; a menu that came earlier would draw twice. Never wait for long:
 * plans can be read without a broker. */
static void await_broker(void)
{
	const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };

	for (int i = 0; i < 250 && access(RUN_FOLDER "/broker", F_OK) < 0; i++)
		nanosleep(&pause, NULL);
}

_Noreturn static void keep_alive(struct service *services, size_t count)
{
	service_start(&services[0]);
	await_broker();
	for (;;) {
		unsigned soonest = 3600;

		for (size_t i = 0; i < count; i++) {
			if (services[i].pid)
				continue;
			unsigned delay = service_delay(&services[i]);
			if (delay == 0) {
				service_start(&services[i]);
				delay = services[i].pid ? soonest : 1;
			}
			if (delay < soonest)
				soonest = delay;
		}
		pid_t pid = next_child(soonest);
		for (size_t i = 0; pid > 0 && i < count; i++)
			if (service_ended(&services[i], pid))
				break;
	}
}

int main(void)
{
	struct service services[2 + MAX_CONSOLES];
	struct state state = { 0 };
	struct error e = { 0 };
	sigset_t child;

	if (getpid() != 1) {
		fputs("init: started by the kernel as the first process, not by hand\n", stderr);
		return ERROR_USAGE;
	}
	umask(022);
	language_init();
	if (!mounts_make(&e))
		halt_with_message(&e);
	reboot(RB_DISABLE_CAD); /* Ctrl-Alt-Del must not end an emergency */
	if (!state_check_system(&e))
		halt_with_message(&e);
	state_check_kit(&state);
	state_raise_clock(&state);
	mounts_efi_variables();
	if (!state_write(&state, RUN_FOLDER "/state", &e))
		halt_with_message(&e);
	klogctl(8, NULL, 1); /* the kernel's messages stay out of the pages; dmesg has them */

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	keep_alive(services, plan_services(services));
}
