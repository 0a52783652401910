/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_XPRESS_H
#define LIB_NTFS_XPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/ntfs/huffman.h"

/*
 * LZ77 with Huffman codes ([MS-XCA], section 2.2): prefetch files of Windows 10, files packed by
 * WOF with XPRESS4K, 8K and 16K. Fills `out` from `in` as far as it goes and returns the bytes made:
 * out_bytes if all is well, fewer if the input ends or makes no sense there. What follows in
 * `in` is not looked at. `work` holds nothing between calls. The two do not overlap.
 */
struct ntfs_xpress {
	struct ntfs_huffman codes;
};

__attribute__((warn_unused_result))
size_t ntfs_xpress(struct ntfs_xpress *work, const uint8_t *in, size_t in_bytes, uint8_t *out,
		   size_t out_bytes);

#endif
