/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prefetch of any bytes, packed or not. One that is packed grows with what it holds. */
#include "format.h"

extern const struct format format_prefetch;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool is_packed = size > 3 && memcmp(data, "MAM", 3) == 0;

	fuzz_format(&format_prefetch, "A.EXE-12345678.pf", data, size, is_packed ? 4000000 : 400);
	return 0;
}
