/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_APART_H
#define SYSIMAGE_APART_H

#include <stdbool.h>

#include "lib/base/error.h"

/*
 * Long work in a process of its own. Whoever wants it to end (the terminal's interrupt, SIGTERM, a
 * terminal that is closed) ends that one, and this one removes what was begun. A signal that was
 * ignored from the start, as by nohup, stays so.
 */
struct apart {
	/* In the other process. What it prints is kept back until settle() succeeded. */
	bool (*run)(void *ctx, struct error *e);
	/* In this one, always, once the other has ended: give its name to what was made, or, not ok,
	 * remove it. Whoever wants it to end meanwhile comes too late: it runs to its end. */
	bool (*settle)(void *ctx, bool ok, struct error *e);
	void *ctx;
	bool confined;    /* it has nothing but its descriptors: lib/base/confine.h */
	const char *name; /* of what is read, for messages */
};

/* False: run() failed, crashed (ERROR_UNTRUSTED), or was stopped; or settle() failed. */
__attribute__((warn_unused_result)) bool apart_run(const struct apart *a, struct error *e);

#endif
