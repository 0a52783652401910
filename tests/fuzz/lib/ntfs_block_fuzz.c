/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A block of an index of any bytes: entries and names that are left over lie within it, and those behind
 * what is in use. The first byte is the folder. */
#include <stdlib.h>
#include <string.h>

#include "lib/ntfs/index_block.h"

static bool is_within(const uint8_t *block, size_t len, const struct ntfs_scan_name *n)
{
	return n->units.at >= block && n->units.left <= len &&
	       (size_t)(n->units.at - block) <= len - n->units.left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = size ? (size - 1) / NTFS_STRIDE * NTFS_STRIDE : 0;
	uint8_t *block = malloc(len + 1);
	struct ntfs_index_entry entry;
	struct ntfs_block_name n;
	struct ntfs_block b;

	if (len && len <= NTFS_BLOCK_BYTES_MAX) {
		memcpy(block, data + 1, len);
		ntfs_block_open(block, len, &b);
		while (ntfs_index_next(&b.entries, &entry))
			if (!is_within(block, len, &entry.name))
				abort();
		for (size_t at = b.slack;
		     ntfs_block_carve(reader_of(block, len), b.slack, &at, data[0], &n);)
			if (!is_within(block, len, &n.name) || n.at < b.slack || at <= n.at ||
			    at > len)
				abort();
	}
	free(block);
	return 0;
}
