/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bmap of any text: what is taken, is written so that it is taken again and says the same. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/image/bmap.h"

static const char zeros[65] = "0000000000000000000000000000000000000000000000000000000000000000";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bmap b, again;
	struct error e = { 0 };
	struct text out = { 0 };

	/* The first 64 zeros are its checksum's place. */
	char *text = mem_string_n((const char *)data, size), sum[SHA256_HEX];
	char *at = memmem(text, size, zeros, 64);
	if (at)
		memcpy(at, sha256_hex(sum, text, size), 64);
	bool good = bmap_parse(text, size, &b, &e);
	free(text);
	if (!good)
		return 0;
	bmap_write(&b, &out);
	if (!bmap_parse(out.s, out.len, &again, &e) || again.count != b.count ||
	    again.image_bytes != b.image_bytes || again.mapped != b.mapped ||
	    (b.count > 0 && memcmp(again.ranges, b.ranges, b.count * sizeof(*b.ranges)) != 0))
		abort();
	text_release(&out);
	bmap_release(&again);
	bmap_release(&b);
	return 0;
}
