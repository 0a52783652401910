/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any slot of a resume map whose digests hold: what is found lies inside of it. */
#include <string.h>

#include "lib/image/restore_inside.h"

#define CHUNKS 77

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct image image = { .manifest = { .chunks = CHUNKS } };
	static const struct blocks target = { .size_bytes = 0x3030303030303030 };
	static const struct restore_options o = { 0 };
	const struct work w = { .image = &image, .target = &target, .o = &o };
	uint8_t slot[8192] = { 0 };
	uint64_t generation;
	const uint8_t *bits = NULL;
	bool ours = false;

	size_t len = size ? sizeof(slot) - 20 * (size_t)data[0] : 0;
	memcpy(slot, size ? data + 1 : data, size > 4096 ? 4096 : size ? size - 1 : 0);
	struct digest d = digest_bytes(slot + 4096, (CHUNKS + 7) / 8);
	memcpy(slot + 64, d.bytes, sizeof(d.bytes));
	d = digest_bytes(slot, 4064);
	memcpy(slot + 4064, d.bytes, sizeof(d.bytes));
	if (restore_map_parse(&w, slot, len, &generation, &ours, &bits) && ours &&
	    (bits != slot + 4096 || 4096 + (CHUNKS + 7) / 8 > len))
		__builtin_trap();
	return 0;
}
