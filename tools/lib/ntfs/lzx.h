/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_LZX_H
#define LIB_NTFS_LZX_H

#include "lib/ntfs/huffman.h"

/*
 * LZX as files packed by WOF have it: chunks of at most 32 KiB, each by itself
 * (docs/formats/ntfs.md#wof). Fills `out` from `in`; false if the input makes no sense, and then
 * `out` holds anything. `work` holds nothing between calls. The two do not overlap.
 */
#define NTFS_LZX_BYTES 32768u
#define NTFS_LZX_MAIN (256u + 30u * 8u)
#define NTFS_LZX_LENGTHS 249u
struct ntfs_lzx {
	struct ntfs_huffman before, main, lengths, aligned;
	/* Of the codes of the block before; those of the next are said as differences. */
	uint8_t main_lengths[NTFS_LZX_MAIN], length_lengths[NTFS_LZX_LENGTHS];
};

__attribute__((warn_unused_result))
bool ntfs_lzx(struct ntfs_lzx *work, const uint8_t *in, size_t in_bytes, uint8_t *out,
	      size_t out_bytes);

#endif
