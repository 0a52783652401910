/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_SCATTER_H
#define LIB_BASE_SCATTER_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

/*
 * Where a number that somebody else chose goes in a table of open addressing. Whoever knows how a table scatters
 * can choose numbers that all go to one place, and then each look into it walks through all of them. So they
 * are mixed with what is different in each process.
 */

/* A number that nobody could know before; the kernel is not asked for it, so a box can have it. */
static inline uint64_t scatter_key(void)
{
	const uint8_t *random = (const uint8_t *)getauxval(AT_RANDOM);
	uint64_t key = 0;

	if (random)
		memcpy(&key, random + 8, sizeof(key));
	return key;
}

/* `places`: a power of two. Each bit of n and of the key changes each bit of what comes out about every
 * second time. */
static inline size_t scatter(uint64_t n, uint64_t key, size_t places)
{
	n ^= key;
	n = (n ^ n >> 32) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	return (size_t)(n ^ n >> 32) & (places - 1);
}

#endif
