/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cell in which the broker's children parse bytes from disks. */
#include "broker/sandbox.h"

#define CPU_SECONDS 5
#define HEAP_CPU_SECONDS 60 /* all files of a stick are digested */
#define MEMORY_BYTES ((uint64_t)64 << 20)

bool sandbox_enter(enum sandbox_kind kind, int input, int output, struct error *e)
{
	const struct cell cell = {
		.inputs = &input,
		.input_count = 1,
		.output = output,
		.heap = kind == SANDBOX_HEAP,
		.cpu_seconds = kind == SANDBOX_HEAP ? HEAP_CPU_SECONDS : CPU_SECONDS,
		.memory_bytes = MEMORY_BYTES,
	};

	return cell_enter(&cell, e);
}
