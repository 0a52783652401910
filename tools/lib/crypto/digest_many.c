/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BLAKE2b of several buffers at once: each lane of a vector is one of them. */
#include <string.h>

#include "lib/crypto/digest.h"

#define BLOCK 128u
#define ROUNDS 12

#if defined(__x86_64__)

/* RFC 7693, 2.6 and 2.7. */
static const uint64_t iv[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};
static const uint8_t sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

/*
 * What all lanes are at. They need not be of one length: blocks() runs them side by side up to
 * where one has its last block, which is then hashed beside one more of each other; who
 * is ready takes the next part. A lane without one hashes along, and nobody asks what.
 */
#define LANES_MAX 8

struct lane {
	struct digest_part *part; /* NULL: none */
	const uint8_t *at;
	size_t left;
};

struct lanes {
	_Alignas(64) uint64_t h[8][LANES_MAX]; /* word i of each lane */
	_Alignas(64) uint64_t counted[LANES_MAX];
	_Alignas(64) uint64_t step[LANES_MAX]; /* bytes that a block counts for */
	_Alignas(64) uint64_t last[LANES_MAX]; /* all bits: it is the last one */
	const uint8_t *from[LANES_MAX];
	size_t bytes; /* of each lane, for blocks() */

	struct lane lane[LANES_MAX];
	unsigned width;
	struct digest_part *next, *end; /* not yet begun */
	uint8_t rest[LANES_MAX][BLOCK];
};

static void begin(struct lanes *l, unsigned k)
{
	struct digest_part *p = l->next++;

	l->lane[k] = (struct lane){ p, p->bytes, p->len };
	l->counted[k] = 0;
	for (unsigned i = 0; i < 8; i++)
		l->h[i][k] = iv[i];
	l->h[0][k] ^= 0x01010000u | DIGEST_BYTES; /* no key, one leaf */
}

/* Up to the last block of the shortest: full ones for all that have a part. */
static void arrange_full(struct lanes *l, size_t blocks)
{
	const uint8_t *any = NULL;

	l->bytes = blocks * BLOCK;
	for (unsigned k = 0; k < l->width; k++)
		any = l->lane[k].part ? l->lane[k].at : any;
	for (unsigned k = 0; k < l->width; k++) {
		struct lane *a = &l->lane[k];

		l->step[k] = BLOCK;
		l->last[k] = 0;
		l->from[k] = a->part ? a->at : any;
		if (a->part) {
			a->at += l->bytes;
			a->left -= l->bytes;
		}
	}
}

/* One block each, of which at least one is a last one: never empty, but for an empty part. */
static void arrange_last(struct lanes *l)
{
	l->bytes = BLOCK;
	for (unsigned k = 0; k < l->width; k++) {
		struct lane *a = &l->lane[k];
		bool last = a->left <= BLOCK;
		size_t n = last ? a->left : BLOCK;

		l->step[k] = n;
		l->last[k] = last ? UINT64_MAX : 0;
		l->from[k] = last ? l->rest[k] : a->at;
		if (last) {
			memset(l->rest[k], 0, BLOCK);
			if (n)
				memcpy(l->rest[k], a->at, n);
		}
		if (n)
			a->at += n;
		a->left -= n;
	}
}

/* What blocks() is to do next; false if nothing is left. */
static bool arrange(struct lanes *l)
{
	size_t blocks = SIZE_MAX;

	for (unsigned k = 0; k < l->width; k++) {
		if (!l->lane[k].part && l->next < l->end)
			begin(l, k);
		if (l->lane[k].part) {
			size_t left = l->lane[k].left, full = left ? (left - 1) / BLOCK : 0;

			blocks = full < blocks ? full : blocks;
		}
	}
	if (blocks == SIZE_MAX)
		return false;
	if (blocks)
		arrange_full(l, blocks);
	else
		arrange_last(l);
	return true;
}

/* Who had the last block has a digest. */
static void collect(struct lanes *l)
{
	for (unsigned k = 0; k < l->width; k++) {
		struct lane *a = &l->lane[k];

		for (unsigned i = 0; a->part && l->last[k] && i < DIGEST_BYTES / 8; i++)
			memcpy(a->part->digest.bytes + (size_t)i * 8, &l->h[i][k], 8);
		if (l->last[k])
			a->part = NULL;
	}
}

#define INLINE static inline __attribute__((always_inline))
#define LANES 4
#define NAME(x) x##_4
#include "lib/crypto/digest_lanes.h"
#undef LANES
#undef NAME
#define LANES 8
#define NAME(x) x##_8
#include "lib/crypto/digest_lanes.h"

__attribute__((target("avx2"))) static void with_avx2(struct lanes *l)
{
	blocks_4(l);
}

/* The same with 32 registers. */
__attribute__((target("avx2,avx512f,avx512vl"))) static void with_avx512vl(struct lanes *l)
{
	blocks_4(l);
}

__attribute__((target("avx512f"))) static void with_avx512(struct lanes *l)
{
	blocks_8(l);
}

static bool in_lanes(struct digest_part *parts, unsigned count)
{
	struct lanes l = { .next = parts, .end = parts + count, .width = 4 };
	void (*blocks)(struct lanes *) = NULL;

	if (__builtin_cpu_supports("avx512vl"))
		blocks = with_avx512vl;
	else if (__builtin_cpu_supports("avx2"))
		blocks = with_avx2;
	if (__builtin_cpu_supports("avx512f") && count > 4) {
		blocks = with_avx512;
		l.width = 8;
	}
	while (blocks && arrange(&l)) {
		blocks(&l);
		collect(&l);
	}
	return blocks;
}

#else

static bool in_lanes(struct digest_part *parts, unsigned count)
{
	(void)parts;
	(void)count;
	return false;
}

#endif

void digest_many(struct digest_part *parts, unsigned count)
{
	if (count > 1 && in_lanes(parts, count))
		return;
	for (unsigned k = 0; k < count; k++)
		parts[k].digest = digest_bytes(parts[k].bytes, parts[k].len);
}
