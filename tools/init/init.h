/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/base/error.h"
#include "lib/crypto/kittrust.h"

#define KIT_UID 1000 /* who runs what people use; rootfs/etc/passwd */
#define KIT_GID 1000
#define JOURNAL_UID 1001 /* who writes the journal, and nobody else does */
#define JOURNAL_GID 1001
#define RUN_FOLDER "/run/blackstart"

/* --- mounts.c --- */

/* Mount what every Linux needs; the console is usable after it. */
__attribute__((warn_unused_result))
bool mounts_make(struct error *e);

/* Mount the firmware's variables, read-only, if the PC started by UEFI. Done late:
 * the driver is a module, and modules are checked first. */
void mounts_efi_variables(void);

/* --- state.c: what init found, for the start screen (docs/formats/run-state.md) --- */
struct state {
	struct kittrust kit;
	bool clock_raised;
};

/* Every file of the system against the manifest that came with it. */
__attribute__((warn_unused_result))
bool state_check_system(struct error *e);
void state_check_kit(struct state *s);
void state_raise_clock(struct state *s);
__attribute__((warn_unused_result))
bool state_write(const struct state *s, const char *path, struct error *e);

/* The consoles to start a menu on, from the text of /sys/class/tty/console/active:
 * tty1 first, then every serial one. Returns how many of max were filled. */
struct console {
	char device[24]; /* "tty1", "ttyS0" */
	bool serial;
};
size_t state_consoles(const char *active, struct console *consoles, size_t max);

/* --- service.c: the processes that init keeps alive --- */
struct service {
	const char *name;
	char device[24]; /* terminal of its own, or "" */
	const char *const *argv;
	/* Whom it runs as, and that user's second group; 0: root with all capabilities (the
	 * broker gives up its own). */
	uid_t uid;
	gid_t gid, second_gid;
	pid_t pid; /* 0: not running */
	time_t started;
	unsigned failures; /* quick ends in a row: waits longer before the next start */
};

void service_start(struct service *s);

/* A child has ended: was it this one? Then note it for a restart. */
bool service_ended(struct service *s, pid_t pid);

/* When to start it again, in seconds from now; 0 is at once. */
unsigned service_delay(const struct service *s);

/* --- filter.c --- */

/* Take from this process, and all that it starts, the calls that send commands to a
 * device past the kernel's block layer. */
__attribute__((warn_unused_result))
bool filter_install(void);

/* --- halt.c --- */

/* Say on every console why this PC cannot go on, wait for a key or half a
 * minute, and switch it off. */
_Noreturn void halt_with_message(const struct error *e);

#endif
