/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_COPY_H
#define LIB_BASE_COPY_H

#include <stddef.h>
#include <string.h>

/*
 * memcpy() of a few bytes, in line. The stick's C library copies by one instruction that needs some
 * thirty cycles before it begins: for texts that are put together of short pieces, that was
 * two fifths of all time.
 */
static inline void copy_short(void *to, const void *from, size_t n)
{
	char *a = to;
	const char *b = from;

	if (n > 1024) {
		memcpy(a, b, n);
	} else if (n > 64) { /* a path */
		for (size_t i = 0; i + 64 < n; i += 64)
			memcpy(a + i, b + i, 64);
		// cppcheck-suppress pointerOutOfBoundsCond ; who calls it has n bytes
		memcpy(a + n - 64, b + n - 64, 64);
	} else if (n >= 8) {
		for (size_t i = 0; i + 8 < n; i += 8)
			memcpy(a + i, b + i, 8);
		// cppcheck-suppress pointerOutOfBoundsCond ; who calls it has n bytes
		memcpy(a + n - 8, b + n - 8, 8);
	} else if (n >= 4) {
		memcpy(a, b, 4);
		memcpy(a + n - 4, b + n - 4, 4);
	} else if (n) {
		a[0] = b[0];
		a[n / 2] = b[n / 2];
		a[n - 1] = b[n - 1];
	}
}

#endif
