/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_DECIMAL_H
#define LIB_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * Decimal digits without printf, in line: half of what is printed of a disk are numbers. Eight
 * digits at a time are divided at once, as parts of one number.
 */

/* "000102" and so on: two digits of each number below 100. */
static const char decimal_pairs[201] = "00010203040506070809"
				       "10111213141516171819"
				       "20212223242526272829"
				       "30313233343536373839"
				       "40414243444546474849"
				       "50515253545556575859"
				       "60616263646566676869"
				       "70717273747576777879"
				       "80818283848586878889"
				       "90919293949596979899";

/* Just two digits of a value below 100. */
static inline char *decimal_two(char *to, unsigned value)
{
	memcpy(to, decimal_pairs + (size_t)2 * value, 2);
	return to + 2;
}

/* The eight digits of a value below 10^8, with zeros before it, the first of them lowest: halves, then
 * quarters, then digits, each in a part of its own of one number. */
static inline uint64_t decimal_eight(uint32_t value)
{
	uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
	uint64_t hundreds = (fours * 10486 >> 20) & 0x0000007f0000007f; /* fours / 100 */
	uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
	uint64_t tens = (twos * 103 >> 10) & 0x000f000f000f000f; /* twos / 10 */

	return (tens | (twos - 10 * tens) << 8) + 0x3030303030303030;
}

/* Up to 20 digits; there is room for 8 bytes at `to`, however few it uses. Returns where they end. */
static inline char *decimal_put(char *to, uint64_t value)
{
	uint32_t eights[2];
	unsigned count = 0;

	for (; value >= 100000000; value /= 100000000)
		eights[count++] = (uint32_t)(value % 100000000);

	uint64_t digits;
	if (value < 100) { /* most counts, and the first digits of most times */
		if (value >= 10)
			*to++ = (char)('0' + value / 10);
		*to++ = (char)('0' + value % 10);
	} else {
		digits = decimal_eight((uint32_t)value);
		/* Zeros in front are left out. */
		unsigned zeros = (unsigned)__builtin_ctzll(digits ^ 0x3030303030303030) / 8;
		digits >>= 8 * zeros;
		memcpy(to, &digits, 8);
		to += 8 - zeros;
	}
	while (count) {
		digits = decimal_eight(eights[--count]);
		memcpy(to, &digits, 8);
		to += 8;
	}
	return to;
}

static inline char *decimal_put_signed(char *to, int64_t value)
{
	if (value >= 0)
		return decimal_put(to, (uint64_t)value);
	*to++ = '-';
	return decimal_put(to, ~(uint64_t)value + 1);
}

#endif
