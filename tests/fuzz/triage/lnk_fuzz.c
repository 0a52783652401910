/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link of any bytes. */
#include "format.h"

extern const struct format format_lnk;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_format(&format_lnk, "a.lnk", data, size, 400);
	return 0;
}
