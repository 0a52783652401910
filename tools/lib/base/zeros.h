/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_ZEROS_H
#define LIB_BASE_ZEROS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Are these bytes, if there are any, all zero? */
static inline bool only_zeros(const uint8_t *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

#endif
