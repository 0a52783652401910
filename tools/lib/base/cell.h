/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_CELL_H
#define LIB_BASE_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/error.h"

/*
 * The cell: a child in which bytes that somebody else wrote are read. It can read its inputs, write to its
 * one output, use memory that cannot be executed, and end. Anything else that it asks of the kernel kills
 * it. The broker's children (docs/formats/broker.md#how-bytes-from-disks-are-read) and the box of
 * triage (docs/formats/triage-box.md) are cells.
 *
 * lib/base/confine.h is another thing: for a process with threads that writes files it has open.
 */
#define CELL_OUTPUT 3 /* after cell_enter() */
/* Segments of an image: 1 TB as FTK Imager cuts it has 680. Twice as many descriptors are open while it enters, and
 * Linux by itself gives a process 4096 at most. */
#define CELL_INPUTS_MAX 2000
#define CELL_INPUT(nr) (4 + (int)(nr))

struct cell {
	const int *inputs; /* readable descriptors, in this order CELL_INPUT(0) and so on */
	size_t input_count;
	int output;
	bool heap; /* memory may be taken; without, all of it is allocated before */
	/* With a heap, for large programs: the clock may be asked (on old PCs the vDSO cannot read it),
	 * and writing to descriptor 2 fails and does not kill, so that lib/base/memory.h can end the
	 * process with status 1 when it is full. */
	bool large;
	unsigned cpu_seconds;
	uint64_t memory_bytes; /* of address space, all in all; not with AddressSanitizer, which maps
				  terabytes */
};

/*
 * fork() into name spaces of its own: processes, network, IPC, mounts and, without root, users. Where
 * the kernel does not allow it, a plain fork: the cell holds without them. The caller has one
 * thread. As fork(): 0 in the child, -1 with errno.
 */
pid_t cell_fork(void);

/*
 * Give up everything but pread() on the inputs, write() to the output and _exit(): for a process that was
 * just forked. On success the descriptors are CELL_OUTPUT and CELL_INPUT(nr), 0 to 2 are /dev/null, and all
 * others are closed. Root becomes nobody; capabilities, new privileges, core dumps, files, processes
 * and, where the kernel has Landlock, every path and port are gone. If this fails, the process
 * must end at once.
 */
__attribute__((warn_unused_result))
bool cell_enter(const struct cell *c, struct error *e);

/* Nobody's user and group: owns no file and no other process of ours. */
#define CELL_UID 65534

#endif
