/* SPDX-License-Identifier: GPL-3.0-or-later */
/* BLAKE2b of four buffers at once: each lane of a vector is one of them. */
#include <string.h>

#include "lib/crypto/digest.h"

#define BLOCK 128u
#define ROUNDS 12

#if defined(__x86_64__)

typedef uint64_t lanes __attribute__((vector_size(32)));
typedef uint8_t bytes32 __attribute__((vector_size(32)));

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

#define INLINE static inline __attribute__((always_inline))

INLINE void fill(lanes *v, uint64_t x)
{
	*v = (lanes){ x, x, x, x };
}

/* x, each lane turned right by whole bytes. */
INLINE void turn(lanes *x, unsigned bits)
{
	bytes32 b = (bytes32)*x;

	if (bits == 32)
		b = __builtin_shufflevector(b, b, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10,
					    11, 20, 21, 22, 23, 16, 17, 18, 19, 28, 29, 30, 31, 24,
					    25, 26, 27);
	else if (bits == 24)
		b = __builtin_shufflevector(b, b, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9,
					    10, 19, 20, 21, 22, 23, 16, 17, 18, 27, 28, 29, 30, 31,
					    24, 25, 26);
	else
		b = __builtin_shufflevector(b, b, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8,
					    9, 18, 19, 20, 21, 22, 23, 16, 17, 26, 27, 28, 29, 30,
					    31, 24, 25);
	*x = (lanes)b;
}

INLINE void mix(lanes *a, lanes *b, lanes *c, lanes *d, const lanes *x, const lanes *y)
{
	*a += *b + *x;
	*d ^= *a;
	turn(d, 32);
	*c += *d;
	*b ^= *c;
	turn(b, 24);
	*a += *b + *y;
	*d ^= *a;
	turn(d, 16);
	*c += *d;
	*b ^= *c;
	*b = (*b >> 63) ^ (*b + *b);
}

/* The next block of each buffer: word i of all four into m[i]. */
INLINE void load(lanes m[16], const uint8_t *const p[4], size_t at)
{
	for (unsigned i = 0; i < 16; i += 4) {
		lanes r[4], t[4];

		for (unsigned k = 0; k < 4; k++)
			memcpy(&r[k], p[k] + at + (size_t)i * 8, sizeof(r[k]));
		t[0] = __builtin_shufflevector(r[0], r[1], 0, 4, 2, 6);
		t[1] = __builtin_shufflevector(r[0], r[1], 1, 5, 3, 7);
		t[2] = __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6);
		t[3] = __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7);
		m[i] = __builtin_shufflevector(t[0], t[2], 0, 1, 4, 5);
		m[i + 1] = __builtin_shufflevector(t[1], t[3], 0, 1, 4, 5);
		m[i + 2] = __builtin_shufflevector(t[0], t[2], 2, 3, 6, 7);
		m[i + 3] = __builtin_shufflevector(t[1], t[3], 2, 3, 6, 7);
	}
}

INLINE void compress(lanes h[8], const lanes m[16], uint64_t counted, bool last)
{
	lanes v[16], length;

	for (unsigned i = 0; i < 8; i++) {
		v[i] = h[i];
		fill(&v[i + 8], iv[i]);
	}
	fill(&length, counted);
	v[12] ^= length;
	if (last)
		v[14] = ~v[14];
#pragma GCC unroll 12
	for (unsigned r = 0; r < ROUNDS; r++) {
		const uint8_t *s = sigma[r % 10];

		mix(&v[0], &v[4], &v[8], &v[12], &m[s[0]], &m[s[1]]);
		mix(&v[1], &v[5], &v[9], &v[13], &m[s[2]], &m[s[3]]);
		mix(&v[2], &v[6], &v[10], &v[14], &m[s[4]], &m[s[5]]);
		mix(&v[3], &v[7], &v[11], &v[15], &m[s[6]], &m[s[7]]);
		mix(&v[0], &v[5], &v[10], &v[15], &m[s[8]], &m[s[9]]);
		mix(&v[1], &v[6], &v[11], &v[12], &m[s[10]], &m[s[11]]);
		mix(&v[2], &v[7], &v[8], &v[13], &m[s[12]], &m[s[13]]);
		mix(&v[3], &v[4], &v[9], &v[14], &m[s[14]], &m[s[15]]);
	}
	for (unsigned i = 0; i < 8; i++)
		h[i] ^= v[i] ^ v[i + 8];
}

INLINE void all(const uint8_t *const p[4], size_t len, struct digest out[4])
{
	lanes h[8], m[16];
	uint8_t rest[4][BLOCK] = { 0 };
	const uint8_t *const ends[4] = { rest[0], rest[1], rest[2], rest[3] };
	size_t at = 0;

	for (unsigned i = 0; i < 8; i++)
		fill(&h[i], iv[i]);
	h[0] ^= 0x01010000u | DIGEST_BYTES; /* no key, one leaf */
	/* The last block is never empty, but for an empty message. */
	for (; len - at > BLOCK; at += BLOCK) {
		load(m, p, at);
		compress(h, m, at + BLOCK, false);
	}
	for (unsigned k = 0; k < 4; k++)
		memcpy(rest[k], p[k] + at, len - at);
	load(m, ends, 0);
	compress(h, m, len, true);
	for (unsigned k = 0; k < 4; k++)
		for (unsigned i = 0; i < DIGEST_BYTES / 8; i++) {
			uint64_t word = h[i][k];

			memcpy(out[k].bytes + (size_t)i * 8, &word, sizeof(word));
		}
}

__attribute__((target("avx2"))) static void with_avx2(const uint8_t *const p[4], size_t len,
						      struct digest out[4])
{
	all(p, len, out);
}

/* The same with 32 registers. */
__attribute__((target("avx2,avx512f,avx512vl"))) static void
with_avx512(const uint8_t *const p[4], size_t len, struct digest out[4])
{
	all(p, len, out);
}

#endif

void digest_four(const void *const buffers[4], size_t len, struct digest out[4])
{
	const uint8_t *const p[4] = { buffers[0], buffers[1], buffers[2], buffers[3] };

#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512vl"))
		return with_avx512(p, len, out);
	if (__builtin_cpu_supports("avx2"))
		return with_avx2(p, len, out);
#endif
	for (unsigned k = 0; k < 4; k++)
		out[k] = digest_bytes(p[k], len);
}
