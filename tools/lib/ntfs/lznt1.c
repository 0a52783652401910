/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LZNT1: chunks of 4 KiB, each of literals and of references into itself. */
#include "lib/ntfs/lznt1.h"

#include <string.h>

#include "lib/base/reader.h"

#define CHUNK_BYTES 4096u
#define IS_COMPRESSED 0x8000u
#define SIZE_MASK 0x0fffu
#define MATCH_MIN 3u

/* One reference. The more lies behind, the more of its 16 bits say how far back. */
static bool copy_match(uint32_t token, uint8_t *out, size_t *at, size_t room, unsigned back_bits)
{
	size_t back = (token >> (16 - back_bits)) + 1;
	size_t count = (token & (0xffffu >> back_bits)) + MATCH_MIN;

	if (back > *at || count > room - *at)
		return false;
	/* Byte by byte: a reference may reach into what it makes. */
	for (uint8_t *to = out + *at, *end = to + count; to < end; to++)
		*to = to[-(ptrdiff_t)back];
	*at += count;
	return true;
}

static bool expand(struct reader in, uint8_t *out, size_t room)
{
	unsigned back_bits = 4;
	size_t at = 0;

	while (in.left) {
		unsigned flags = reader_u8(&in);

		for (unsigned i = 0; i < 8 && in.left; i++, flags >>= 1) {
			if (!(flags & 1)) {
				if (at == room)
					return false;
				out[at++] = reader_u8(&in);
				continue;
			}
			while (at > (size_t)1 << back_bits)
				back_bits++;
			uint32_t token = reader_le16(&in);
			if (in.bad || !copy_match(token, out, &at, room, back_bits))
				return false;
		}
	}
	return true;
}

bool ntfs_lznt1(const uint8_t *in, size_t in_bytes, uint8_t *out, size_t out_bytes)
{
	struct reader r = reader_of(in, in_bytes);

	memset(out, 0, out_bytes);
	for (size_t at = 0; at < out_bytes && r.left >= 2; at += CHUNK_BYTES) {
		uint32_t head = reader_le16(&r);
		size_t room = out_bytes - at < CHUNK_BYTES ? out_bytes - at : CHUNK_BYTES;

		if (!head)
			break;
		struct reader chunk = reader_sub(&r, (head & SIZE_MASK) + 1);
		if (chunk.bad)
			return false;
		if (head & IS_COMPRESSED) {
			if (!expand(chunk, out + at, room))
				return false;
		} else {
			if (chunk.left > room)
				return false;
			memcpy(out + at, chunk.at, chunk.left);
		}
	}
	return true;
}
