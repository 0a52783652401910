/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A task of any bytes, XML or .job. What is not known is printed with its path. */
#include "format.h"

extern const struct format format_task;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_format(&format_task, "task", data, size, 1000);
	return 0;
}
