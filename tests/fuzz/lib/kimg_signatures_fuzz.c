/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An area that is read holds signatures that are one behind the other and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "lib/crypto/minisign.h"
#include "lib/image/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t area[KIMG_SIGNATURES_BYTES];
	struct minisign_signature s;
	struct error e = { 0 };
	const char *text;
	size_t len;
	bool more = true;

	memset(area, 0, sizeof(area));
	memcpy(area, data, size < sizeof(area) ? size : sizeof(area));
	if (!kimg_signatures_parse(area, &text, &len, &e))
		return 0;
	for (const char *end = text + len; more;)
		if (!minisign_next(&text, end, &s, &more, &e))
			abort();
	for (size_t i = len; i < sizeof(area); i++)
		if (area[i] || memchr(area, '\r', len))
			abort();
	return 0;
}
