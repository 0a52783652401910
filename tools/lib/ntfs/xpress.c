/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LZ77 with Huffman codes: blocks of 64 KiB, each with the lengths of its codes before it. */
#include "lib/ntfs/xpress.h"

#define BLOCK_BYTES 65536u
#define SYMBOLS 512u
#define MATCH 256u /* symbols from here on: bits of the distance * 16 + length */
#define MATCH_MIN 3u
#define LENGTH_MORE 15u

/* A length that its symbol does not hold: a byte, two, or six of them. */
static bool read_length(struct reader *in, size_t *length)
{
	*length = reader_u8(in);
	if (*length == 255) {
		*length = reader_le16(in);
		if (*length == 0)
			*length = reader_le32(in);
		if (*length < LENGTH_MORE)
			return false;
	} else {
		*length += LENGTH_MORE;
	}
	return !in->bad;
}

static bool make_codes(struct ntfs_xpress *work, struct reader *in)
{
	const uint8_t *packed = reader_take(in, SYMBOLS / 2);
	uint8_t lengths[SYMBOLS];

	if (!packed)
		return false;
	for (size_t i = 0; i < SYMBOLS; i++)
		lengths[i] = (uint8_t)(packed[i / 2] >> (i % 2 ? 4 : 0) & 15);
	return ntfs_huffman_make(&work->codes, lengths, SYMBOLS);
}

/* Up to `end`; false: it makes no sense there. */
static bool block(struct ntfs_xpress *work, struct reader *in, uint8_t *out, size_t *at, size_t end,
		  size_t room)
{
	struct ntfs_bits b = ntfs_bits_of(*in);
	unsigned symbol;

	while (*at < end) {
		if (!ntfs_huffman_next(&work->codes, &b, &symbol))
			return false;
		if (symbol < MATCH) {
			out[(*at)++] = (uint8_t)symbol;
			continue;
		}
		size_t length = symbol % 16;
		unsigned bits = (symbol - MATCH) / 16;

		if (length == LENGTH_MORE && !read_length(&b.in, &length))
			return false;
		size_t back = ((size_t)1 << bits) + ntfs_bits_take(&b, bits);
		if (ntfs_bits_over(&b) || !ntfs_copy_back(out, at, room, back, length + MATCH_MIN))
			return false;
	}
	*in = b.in;
	return true;
}

size_t ntfs_xpress(struct ntfs_xpress *work, const uint8_t *in, size_t in_bytes, uint8_t *out,
		   size_t out_bytes)
{
	struct reader r = reader_of(in, in_bytes);
	size_t at = 0;

	while (at < out_bytes) {
		size_t end = out_bytes - at > BLOCK_BYTES ? at + BLOCK_BYTES : out_bytes;

		if (!make_codes(work, &r) || !block(work, &r, out, &at, end, out_bytes))
			break;
	}
	return at;
}
