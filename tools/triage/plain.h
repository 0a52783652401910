/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PLAIN_H
#define TRIAGE_PLAIN_H

/* Bytes of text that nothing has to be done about, sixteen at a time: what most lines are made of, both
 * where they are escaped and where they are checked. */
#include <stdint.h>
#include <string.h>

#define PLAIN_BYTES 16u

typedef int8_t plain_octets __attribute__((vector_size(PLAIN_BYTES)));

/* How many of the PLAIN_BYTES at s, from the first on, are ASCII, no control and neither of two others. */
static inline unsigned plain_run(const char *s, char a, char b)
{
	uint64_t odd[2];
	plain_octets x;

	memcpy(&x, s, sizeof(x));
	x = (x < 0x20) | (x == 0x7f) | (x == a) | (x == b); /* above ASCII is below 0 */
	memcpy(odd, &x, sizeof(odd));
	if (odd[0])
		return (unsigned)__builtin_ctzll(odd[0]) / 8;
	return odd[1] ? 8 + (unsigned)__builtin_ctzll(odd[1]) / 8 : PLAIN_BYTES;
}

#endif
