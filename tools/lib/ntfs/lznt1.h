/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_LZNT1_H
#define LIB_NTFS_LZNT1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * LZNT1, the compression of NTFS ([MS-XCA], section 2.5): fill `out` from `in`. What the input
 * does not reach is zero. False: it cannot be LZNT1, or needs more room; then `out`
 * holds anything. The two do not overlap.
 */
__attribute__((warn_unused_result))
bool ntfs_lznt1(const uint8_t *in, size_t in_bytes, uint8_t *out, size_t out_bytes);

#endif
