/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PLAIN_H
#define TRIAGE_PLAIN_H

/* Bytes of text that nothing has to be done about, sixteen at a time: what most lines are made of, both
 * where they are escaped and where they are checked. */
#include <stdint.h>
#include <string.h>

#define PLAIN_BYTES 16u

typedef int8_t plain_octets __attribute__((vector_size(PLAIN_BYTES)));

/* How many from the first on are not marked. */
static inline unsigned plain_count(plain_octets marked)
{
	uint64_t odd[2];

	memcpy(odd, &marked, sizeof(odd));
	if (odd[0])
		return (unsigned)__builtin_ctzll(odd[0]) / 8;
	return odd[1] ? 8 + (unsigned)__builtin_ctzll(odd[1]) / 8 : PLAIN_BYTES;
}

static inline plain_octets plain_marks(plain_octets x, char a, char b)
{
	return (x < 0x20) | (x == 0x7f) | (x == a) | (x == b); /* above ASCII is below 0 */
}

/* How many of the PLAIN_BYTES at s, from the first on, are ASCII, no control and neither of two others. */
static inline unsigned plain_run(const char *s, char a, char b)
{
	plain_octets x;

	memcpy(&x, s, sizeof(x));
	return plain_count(plain_marks(x, a, b));
}

/* The same of units of UTF-16, of which two places hold eight each; all become bytes at `to`. */
static inline unsigned plain_units(char *to, const uint8_t *first, const uint8_t *second, char a,
				   char b)
{
	plain_octets x, y;

	memcpy(&x, first, sizeof(x));
	memcpy(&y, second, sizeof(y));
	plain_octets low = __builtin_shufflevector(x, y, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22,
						   24, 26, 28, 30);
	plain_octets high = __builtin_shufflevector(x, y, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23,
						    25, 27, 29, 31);
	memcpy(to, &low, sizeof(low));
	return plain_count(plain_marks(low, a, b) | (high != 0));
}

#endif
