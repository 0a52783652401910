/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any head: bytes only from where they were asked for, an end only where no byte is known
 * to follow, and a reason for everything else. */
#include <string.h>

#include "lib/image/http_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_asked asked = { "", size > 1 ? data[0] : 0, size > 1 && data[1], 0 };
	const char *p = (const char *)data + 2, *end = (const char *)data + size;
	struct http_head h = { 0 };
	struct error why = { 0 };
	uint64_t until;

	asked.total = asked.has_total ? data[1] : 0;
	for (size_t n; size > 1 && p < end; p += n) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));

		n = (size_t)((lf ? lf + 1 : end) - p);
		http_head_line(&h, p, n);
	}
	enum http_answer a = http_head_judge(&h, &asked, &until, &why);

	if ((a == HTTP_BYTES || a == HTTP_END) != !why.kind ||
	    (a == HTTP_BYTES && until <= asked.first && (h.status != 200 || asked.first)) ||
	    (a == HTTP_END && asked.first < asked.total) || memchr(h.location, 0, 201) == NULL)
		__builtin_trap();
	return 0;
}
