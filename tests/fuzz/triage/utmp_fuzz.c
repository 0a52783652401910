/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logins of any bytes, of both kinds. */
#include "format.h"

extern const struct format format_utmp;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_format(&format_utmp, size && data[size - 1] % 2 ? "lastlog" : "wtmp", data, size, 200);
	return 0;
}
