/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of a recycle bin of any bytes. */
#include "format.h"

extern const struct format format_recycle;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_format(&format_recycle, "$I123456.txt", data, size, 100);
	return 0;
}
