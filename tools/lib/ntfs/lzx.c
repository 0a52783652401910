/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LZX in chunks of 32 KiB: blocks of three kinds, then the targets of calls put back. */
#include "lib/ntfs/lzx.h"

#define SLOTS 30u /* of distances in a window of 32 KiB */
#define MATCH_MIN 2u
#define LENGTH_MORE 7u
#define BEFORE_SYMBOLS 20u
#define CALL 0xe8u
#define CALL_TAIL 10u                /* bytes at the end in which no call is looked for */
#define CALL_IMAGE INT32_C(12000000) /* the size that every file is taken to have */

enum { VERBATIM = 1, ALIGNED = 2, STORED = 3 };

struct state {
	struct ntfs_lzx *work;
	struct ntfs_bits bits;
	uint8_t *out;
	size_t at, room;
	uint32_t recent[3];
};

/* `count` lengths of codes, as differences to those of the block before, with runs. */
static bool read_lengths(struct state *s, uint8_t *lengths, size_t count)
{
	uint8_t before[BEFORE_SYMBOLS];
	struct ntfs_huffman *h = &s->work->before;
	unsigned symbol;

	for (size_t i = 0; i < BEFORE_SYMBOLS; i++)
		before[i] = (uint8_t)ntfs_bits_take(&s->bits, 4);
	if (!ntfs_huffman_make(h, before, BEFORE_SYMBOLS))
		return false;
	for (size_t i = 0; i < count;) {
		size_t run = 1;
		unsigned value;

		if (!ntfs_huffman_next(h, &s->bits, &symbol))
			return false;
		if (symbol == 17) {
			run = 4 + ntfs_bits_take(&s->bits, 4);
			value = 0;
		} else if (symbol == 18) {
			run = 20 + ntfs_bits_take(&s->bits, 5);
			value = 0;
		} else {
			if (symbol == 19) {
				run = 4 + ntfs_bits_take(&s->bits, 1);
				if (!ntfs_huffman_next(h, &s->bits, &symbol) || symbol > 16)
					return false;
			}
			value = (lengths[i] + 17u - symbol) % 17;
		}
		if (run > count - i)
			return false;
		memset(lengths + i, (int)value, run);
		i += run;
	}
	return true;
}

static bool read_codes(struct state *s, bool aligned)
{
	struct ntfs_lzx *w = s->work;
	uint8_t eight[8];

	if (aligned) {
		for (size_t i = 0; i < 8; i++)
			eight[i] = (uint8_t)ntfs_bits_take(&s->bits, 3);
		if (!ntfs_huffman_make(&w->aligned, eight, 8))
			return false;
	}
	return read_lengths(s, w->main_lengths, 256) &&
	       read_lengths(s, w->main_lengths + 256, NTFS_LZX_MAIN - 256) &&
	       ntfs_huffman_make(&w->main, w->main_lengths, NTFS_LZX_MAIN) &&
	       read_lengths(s, w->length_lengths, NTFS_LZX_LENGTHS) &&
	       ntfs_huffman_make(&w->lengths, w->length_lengths, NTFS_LZX_LENGTHS);
}

/* How far back a reference of that slot goes; false: no code begins so. */
static bool read_distance(struct state *s, unsigned slot, bool aligned, uint32_t *back)
{
	if (slot < 3) { /* one of the last three, which comes to the front */
		*back = s->recent[slot];
		s->recent[slot] = s->recent[0];
		s->recent[0] = *back;
		return true;
	}
	unsigned bits = slot < 4 ? 0 : slot / 2 - 1;
	uint32_t base = slot < 4 ? slot : (2u + slot % 2) << bits, extra;
	unsigned low = 0;

	if (aligned && bits >= 3) {
		extra = ntfs_bits_take(&s->bits, bits - 3) << 3;
		if (!ntfs_huffman_next(&s->work->aligned, &s->bits, &low))
			return false;
		extra += low;
	} else {
		extra = ntfs_bits_take(&s->bits, bits);
	}
	*back = base + extra - 2;
	s->recent[2] = s->recent[1];
	s->recent[1] = s->recent[0];
	s->recent[0] = *back;
	return true;
}

static bool coded_block(struct state *s, size_t end, bool aligned)
{
	unsigned symbol, more = 0;
	uint32_t back;

	if (!read_codes(s, aligned))
		return false;
	while (s->at < end) {
		if (!ntfs_huffman_next(&s->work->main, &s->bits, &symbol))
			return false;
		if (symbol < 256) {
			s->out[s->at++] = (uint8_t)symbol;
			continue;
		}
		symbol -= 256;
		size_t length = symbol % 8;
		if (length == LENGTH_MORE) {
			if (!ntfs_huffman_next(&s->work->lengths, &s->bits, &more))
				return false;
			length += more;
		}
		if (!read_distance(s, symbol / 8, aligned, &back) || ntfs_bits_over(&s->bits) ||
		    !ntfs_copy_back(s->out, &s->at, end, back, length + MATCH_MIN))
			return false;
	}
	return true;
}

/* Bytes as they are, from a whole word on; at such a place already, a word is left out. */
static bool stored_block(struct state *s, size_t end)
{
	struct ntfs_bits *b = &s->bits;

	(void)ntfs_bits_take(b, b->count % 16 ? b->count % 16 : 16);
	if (b->past)
		return false;
	/* Give back the words that were only looked at. */
	struct reader in = { .at = b->in.at - b->count / 8, .left = b->in.left + b->count / 8 };
	for (size_t i = 0; i < 3; i++)
		s->recent[i] = reader_le32(&in);
	const uint8_t *bytes = reader_take(&in, end - s->at);
	if (!bytes)
		return false;
	memcpy(s->out + s->at, bytes, end - s->at);
	if ((end - s->at) % 2 && in.left)
		reader_skip(&in, 1);
	s->at = end;
	*b = ntfs_bits_of(in);
	return true;
}

/* The packer makes targets of x86 calls absolute, so that like calls look alike. */
static void put_calls_back(uint8_t *out, size_t len)
{
	for (size_t i = 0; i + CALL_TAIL < len; i++) {
		if (out[i] != CALL)
			continue;
		struct reader r = reader_of(out + i + 1, 4);
		int32_t target = (int32_t)reader_le32(&r), place = (int32_t)i;

		if (target >= 0 && target < CALL_IMAGE)
			target -= place;
		else if (target < 0 && target >= -place)
			target += CALL_IMAGE;
		for (size_t k = 0; k < 4; k++)
			out[i + 1 + k] = (uint8_t)((uint32_t)target >> 8 * k);
		i += 4;
	}
}

bool ntfs_lzx(struct ntfs_lzx *work, const uint8_t *in, size_t in_bytes, uint8_t *out,
	      size_t out_bytes)
{
	struct state s = { .work = work,
			   .bits = ntfs_bits_of(reader_of(in, in_bytes)),
			   .out = out,
			   .room = out_bytes,
			   .recent = { 1, 1, 1 } };

	if (out_bytes > NTFS_LZX_BYTES)
		return false;
	memset(work->main_lengths, 0, sizeof(work->main_lengths));
	memset(work->length_lengths, 0, sizeof(work->length_lengths));
	while (s.at < out_bytes) {
		uint32_t kind = ntfs_bits_take(&s.bits, 3);
		size_t bytes = ntfs_bits_take(&s.bits, 1) ? NTFS_LZX_BYTES
							  : ntfs_bits_take(&s.bits, 16);

		if (bytes == 0 || bytes > out_bytes - s.at)
			return false;
		size_t end = s.at + bytes;
		if (kind == STORED ? !stored_block(&s, end)
				   : (kind != VERBATIM && kind != ALIGNED) ||
					     !coded_block(&s, end, kind == ALIGNED))
			return false;
	}
	put_calls_back(out, out_bytes);
	return true;
}
