/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_MOUNTING_H
#define BROKER_MOUNTING_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/job.h"

/* What the broker mounts lies below this folder, which only root may enter: others get
 * descriptors. All of this but mounting_detach() may take long and runs in jobs. */
#define MOUNTING_FOLDER "/run/blackstart/mounts"

/* Mount a node at `where`, a folder directly below MOUNTING_FOLDER, made if need be: no
 * devices, no set-user-id, no programs, seen by no other name space. */
__attribute__((warn_unused_result))
bool mounting_mount(const char *node, const char *where, const char *type, const char *options,
		    bool writes, struct error *e);

/* Send how that ended as the one message of a job: `type=ok`, or `type=error` with `text` and what
 * *e says; then nothing stays mounted. Returns the job's exit status. */
int mounting_answer(int output, const char *where, const char *text, const struct error *e);

/* Write what is in memory of the file system that is mounted there, as long as the kernel still shows
 * it as mounted. False: a part of it could not be written, now or before. */
__attribute__((warn_unused_result))
bool mounting_flush(const char *where, struct error *e);

/* Unmount once it is written; false while something there is open. */
__attribute__((warn_unused_result))
bool mounting_unmount(const char *where, struct error *e);

/* Take it away at once, for a disk that is gone. */
void mounting_detach(const char *where);

/* Run a program of the path, as root's user with these rights only (a mask as in rights.h),
 * `input` as its standard input (-1: as it is), and wait for its exit status. False if it did
 * not come to an end of its own. */
__attribute__((warn_unused_result))
bool mounting_run(const char *path, const char *const *argv, uint64_t rights, int input,
		  int *status, struct error *e);

#endif
