/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * BLAKE2b's rounds in LANES lanes of a vector, 4 or 8: part of digest_many.c, which includes
 * this once for each. NAME(x) gives what is here a name of its own.
 */
typedef uint64_t NAME(vector) __attribute__((vector_size(8 * LANES)));

INLINE void NAME(turn)(NAME(vector) * x, unsigned bits)
{
#if LANES == 4
	/* AVX2 turns whole bytes at once, and has nothing for other numbers of bits. */
	typedef uint8_t octets __attribute__((vector_size(8 * LANES)));
	octets b = (octets)*x;

	if (bits == 63) {
		*x = (*x >> 63) ^ (*x + *x);
		return;
	}
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
	*x = (NAME(vector))b;
#else
	*x = *x >> bits | *x << (64 - bits);
#endif
}

INLINE void NAME(mix)(NAME(vector) * a, NAME(vector) * b, NAME(vector) * c, NAME(vector) * d,
		      const NAME(vector) * x, const NAME(vector) * y)
{
	*a += *b + *x;
	*d ^= *a;
	NAME(turn)(d, 32);
	*c += *d;
	*b ^= *c;
	NAME(turn)(b, 24);
	*a += *b + *y;
	*d ^= *a;
	NAME(turn)(d, 16);
	*c += *d;
	*b ^= *c;
	NAME(turn)(b, 63);
}

/* The block of each lane at `at`: word i of all into m[i]. */
INLINE void NAME(load)(NAME(vector) m[16], const uint8_t *const from[LANES], size_t at)
{
	for (unsigned i = 0; i < 16; i += LANES) {
		NAME(vector) r[LANES], t[LANES];

		for (unsigned k = 0; k < LANES; k++)
			memcpy(&r[k], from[k] + at + (size_t)i * 8, sizeof(r[k]));
#if LANES == 4
		t[0] = __builtin_shufflevector(r[0], r[1], 0, 4, 2, 6);
		t[1] = __builtin_shufflevector(r[0], r[1], 1, 5, 3, 7);
		t[2] = __builtin_shufflevector(r[2], r[3], 0, 4, 2, 6);
		t[3] = __builtin_shufflevector(r[2], r[3], 1, 5, 3, 7);
		m[i] = __builtin_shufflevector(t[0], t[2], 0, 1, 4, 5);
		m[i + 1] = __builtin_shufflevector(t[1], t[3], 0, 1, 4, 5);
		m[i + 2] = __builtin_shufflevector(t[0], t[2], 2, 3, 6, 7);
		m[i + 3] = __builtin_shufflevector(t[1], t[3], 2, 3, 6, 7);
#else
		for (unsigned k = 0; k < 8; k += 2) {
			t[k] = __builtin_shufflevector(r[k], r[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
			t[k + 1] =
				__builtin_shufflevector(r[k], r[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
		}
		/* Words k and k + 4 of four lanes, then those of all eight. */
		for (unsigned j = 0; j < 4; j++) {
			unsigned k = j / 2 * 4 + j % 2;

			r[k] = __builtin_shufflevector(t[k], t[k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
			r[k + 2] =
				__builtin_shufflevector(t[k], t[k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
		}
		for (unsigned k = 0; k < 4; k++) {
			m[i + k] =
				__builtin_shufflevector(r[k], r[k + 4], 0, 1, 2, 3, 8, 9, 10, 11);
			m[i + k + 4] =
				__builtin_shufflevector(r[k], r[k + 4], 4, 5, 6, 7, 12, 13, 14, 15);
		}
#endif
	}
}

/* All blocks that arrange() found. */
INLINE void NAME(blocks)(struct lanes *l)
{
	NAME(vector) h[8], v[16], m[16], counted, step, last;

	memcpy(&counted, l->counted, sizeof(counted));
	memcpy(&step, l->step, sizeof(step));
	memcpy(&last, l->last, sizeof(last));
	for (unsigned i = 0; i < 8; i++)
		memcpy(&h[i], l->h[i], sizeof(h[i]));
	for (size_t at = 0; at < l->bytes; at += BLOCK) {
		NAME(load)(m, l->from, at);
		counted += step;
		for (unsigned i = 0; i < 8; i++) {
			v[i] = h[i];
			v[i + 8] = (NAME(vector)){ 0 } + iv[i];
		}
		v[12] ^= counted;
		v[14] ^= last;
#pragma GCC unroll 12
		for (unsigned r = 0; r < ROUNDS; r++) {
			const uint8_t *s = sigma[r % 10];

			NAME(mix)(&v[0], &v[4], &v[8], &v[12], &m[s[0]], &m[s[1]]);
			NAME(mix)(&v[1], &v[5], &v[9], &v[13], &m[s[2]], &m[s[3]]);
			NAME(mix)(&v[2], &v[6], &v[10], &v[14], &m[s[4]], &m[s[5]]);
			NAME(mix)(&v[3], &v[7], &v[11], &v[15], &m[s[6]], &m[s[7]]);
			NAME(mix)(&v[0], &v[5], &v[10], &v[15], &m[s[8]], &m[s[9]]);
			NAME(mix)(&v[1], &v[6], &v[11], &v[12], &m[s[10]], &m[s[11]]);
			NAME(mix)(&v[2], &v[7], &v[8], &v[13], &m[s[12]], &m[s[13]]);
			NAME(mix)(&v[3], &v[4], &v[9], &v[14], &m[s[14]], &m[s[15]]);
		}
		for (unsigned i = 0; i < 8; i++)
			h[i] ^= v[i] ^ v[i + 8];
	}
	memcpy(l->counted, &counted, sizeof(counted));
	for (unsigned i = 0; i < 8; i++)
		memcpy(l->h[i], &h[i], sizeof(h[i]));
}
