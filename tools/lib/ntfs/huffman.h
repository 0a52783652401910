/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_HUFFMAN_H
#define LIB_NTFS_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/reader.h"

/*
 * What XPRESS and LZX share: canonical prefix codes, words of 16 bits that are read from their
 * highest bit on, and references into what was made.
 */
#define NTFS_HUFFMAN_BITS 16u

struct ntfs_huffman {
	unsigned bits; /* of the longest code; 0: there is none */
	/* By the next `bits` bits: symbol * 32 + length; 0: no code begins so. */
	uint16_t entries[1u << NTFS_HUFFMAN_BITS];
};

/* From the lengths of the codes of each symbol (0: none; at most 16), fewer than 2048 of them.
 * False: more codes than there is room for. Fewer are allowed, though only a single one
 * is ever written so. */
__attribute__((warn_unused_result))
bool ntfs_huffman_make(struct ntfs_huffman *h, const uint8_t *lengths, size_t count);

/* Words. 16 bits at least are always there to be looked at; behind the end they are zeros. */
struct ntfs_bits {
	struct reader in; /* what was not taken yet; bytes between the words come from here too */
	uint32_t next;    /* the highest bit is the next */
	unsigned count;   /* valid bits in it */
	unsigned past;    /* words that were taken behind the end */
};

/* One more word; there must be room for it. */
static inline void ntfs_bits_fill(struct ntfs_bits *b)
{
	uint32_t word = 0;

	if (b->in.left >= 2)
		word = reader_le16(&b->in);
	else
		b->past++;
	b->next |= word << (16 - b->count);
	b->count += 16;
}

static inline struct ntfs_bits ntfs_bits_of(struct reader in)
{
	struct ntfs_bits b = { .in = in };

	ntfs_bits_fill(&b);
	ntfs_bits_fill(&b);
	return b;
}

/* Take n bits, at most 16. */
static inline uint32_t ntfs_bits_take(struct ntfs_bits *b, unsigned n)
{
	uint32_t value = n ? b->next >> (32 - n) : 0;

	b->next <<= n;
	b->count -= n;
	if (b->count < 16)
		ntfs_bits_fill(b);
	return value;
}

/* Bits were taken that are not there. */
static inline bool ntfs_bits_over(const struct ntfs_bits *b)
{
	return b->past * 16 > b->count;
}

/* The next symbol; false: no code begins so. */
static inline bool ntfs_huffman_next(const struct ntfs_huffman *h, struct ntfs_bits *b,
				     unsigned *symbol)
{
	unsigned entry = h->bits ? h->entries[b->next >> (32 - h->bits)] : 0;

	(void)ntfs_bits_take(b, entry % 32);
	*symbol = entry / 32;
	return entry != 0 && !ntfs_bits_over(b);
}

/* Copy `count` bytes from `back` before *at; false: that is not there, or there is no room for them. */
static inline bool ntfs_copy_back(uint8_t *out, size_t *at, size_t room, size_t back, size_t count)
{
	if (back == 0 || back > *at || count > room - *at)
		return false;
	uint8_t *to = out + *at;
	if (back >= count)
		memcpy(to, to - back, count);
	else /* Byte by byte: a reference may reach into what it makes. */
		for (size_t i = 0; i < count; i++)
			to[i] = to[(ptrdiff_t)i - (ptrdiff_t)back];
	*at += count;
	return true;
}

#endif
