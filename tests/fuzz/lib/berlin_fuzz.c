/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever is typed: a time that prints and comes back as itself, or a refusal in words. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/data/berlin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *typed = mem_string_n((const char *)data, size), out[BERLIN_WORDS];
	struct berlin_input in, again;
	struct error e = { 0 };

	if (berlin_parse(typed, size % 2 ? BERLIN_LATEST : BERLIN_NEAREST, 1795694700000, &in,
			 &e)) {
		assert(in.utc_ms <= in.second_ms);
		assert(berlin_parse(berlin_stamp(out, in.utc_ms), BERLIN_LATEST, 0, &again, &e));
		assert(in.utc_ms - again.utc_ms >= 0 && in.utc_ms - again.utc_ms < 60000);
	} else {
		assert(e.kind == ERROR_USAGE && *e.text);
	}
	free(typed);
	return 0;
}
