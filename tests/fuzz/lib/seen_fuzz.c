/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file of seen counters has one form: written again it is the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "lib/image/seen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text out = { 0 };
	struct error e = { 0 };
	struct seen s;

	if (seen_parse((const char *)data, size, &s, &e)) {
		seen_write(&s, &out);
		if (out.len != size || memcmp(out.s, data, size) != 0)
			abort();
	}
	text_release(&out);
	seen_release(&s);
	return 0;
}
