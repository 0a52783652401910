/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever bytes go in, what is masked is harmless UTF-8 that keeps its bounds. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t room = size ? data[0] + 1u : 1;
	char *in = mem_string_n((const char *)data, size), *out = mem_array(room, 1);
	const char *at = out;

	text_mask(out, room, in);
	const char *end = out + strlen(out);
	if (!text_is_utf8(out, strlen(out)) || (size_t)(end - out) >= room)
		abort();
	while (at < end)
		if (text_is_unsafe(text_lower(text_next(&at, end))))
			abort();
	size_t fit = text_fit(in, room);
	in[fit] = '\0'; /* within in: fit is at most its length */
	if (text_width(in) > room)
		abort();
	free(in);
	free(out);
	return 0;
}
