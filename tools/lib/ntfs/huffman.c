/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Canonical prefix codes: from lengths to a table that is looked up by the next bits. */
#include "lib/ntfs/huffman.h"

bool ntfs_huffman_make(struct ntfs_huffman *h, const uint8_t *lengths, size_t count)
{
	unsigned of_length[NTFS_HUFFMAN_BITS + 1] = { 0 };
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		if (lengths[i] > NTFS_HUFFMAN_BITS)
			return false;
		else
			of_length[lengths[i]]++;
	h->bits = NTFS_HUFFMAN_BITS;
	while (h->bits && !of_length[h->bits])
		h->bits--;
	const size_t size = (size_t)1 << h->bits;
	/* Shorter codes first, within a length in the order of the symbols. */
	for (unsigned length = 1; length <= h->bits; length++) {
		size_t span = (size_t)1 << (h->bits - length);

		if (of_length[length] > (size - at) / span)
			return false;
		for (size_t i = 0, left = of_length[length]; left; i++) {
			if (lengths[i] != length)
				continue;
			for (size_t end = at + span; at < end; at++)
				h->entries[at] = (uint16_t)(i * 32 + length);
			left--;
		}
	}
	memset(h->entries + at, 0, (size - at) * sizeof(*h->entries));
	return true;
}
