/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_LE_H
#define LIB_BASE_LE_H

#include <stdint.h>

/*
 * Little-endian numbers at places that surely are there: for what is read so often that its length is tested
 * once, and not before each number. Anything else goes through lib/base/reader.h.
 */
static inline uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static inline uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

#endif
