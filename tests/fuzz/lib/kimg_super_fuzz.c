/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A first block with a digest that fits: what is read stays within the format's limits. */
#include <stdlib.h>
#include <string.h>

#include "lib/image/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t block[KIMG_BLOCK] = { 0 };
	struct kimg_super s = { 0 };
	struct error e = { 0 };
	struct digest d;

	memcpy(block, data, size < 4064 ? size : 4064);
	d = digest_bytes(block, 4064);
	memcpy(block + 4064, d.bytes, sizeof(d.bytes));
	if (!kimg_super_parse(block, &s, &e))
		return 0;
	if (s.manifest_bytes > KIMG_MANIFEST_MAX || s.index_bytes > KIMG_INDEX_MAX ||
	    s.data_at > KIMG_DATA_AT_MAX || s.index_at != kimg_index_at(s.manifest_bytes) ||
	    s.index_at + s.index_bytes > s.data_at)
		abort();
	return 0;
}
