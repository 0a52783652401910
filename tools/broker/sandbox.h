/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_SANDBOX_H
#define BROKER_SANDBOX_H

#include <stdbool.h>

#include "lib/base/cell.h"
#include "lib/base/error.h"

#define SANDBOX_INPUT CELL_INPUT(0) /* the disk, after sandbox_enter() */
#define SANDBOX_OUTPUT CELL_OUTPUT  /* the pipe */

enum sandbox_kind {
	SANDBOX_BARE, /* no memory either: allocate before; 5 s of the processor */
	SANDBOX_HEAP, /* memory without execute permission, 64 MiB in all; 60 s */
};

/*
 * Give up everything but pread() on `input`, write() to `output` and _exit()
 * (docs/formats/broker.md#how-bytes-from-disks-are-read): lib/base/cell.h with the
 * broker's limits. For a process that was just forked. On success the two descriptors are SANDBOX_INPUT and
 * SANDBOX_OUTPUT and all others are closed. Anything else the process asks of
 * the kernel kills it. If this fails, the process must end at once.
 */
__attribute__((warn_unused_result))
bool sandbox_enter(enum sandbox_kind kind, int input, int output, struct error *e);

#define SANDBOX_UID CELL_UID

#endif
