/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A jump list of any bytes, of either kind. Streams are read up to four times. */
#include "format.h"

extern const struct format format_jumplist;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_format(&format_jumplist, "5f7b5f1e01b83767.automaticDestinations-ms", data, size,
		    2000);
	return 0;
}
