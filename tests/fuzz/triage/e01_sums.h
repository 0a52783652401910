/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef E01_SUMS_H
#define E01_SUMS_H

/* Sums of an E01 segment, made right: no mutation would find them. */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

#define SEALED_CHUNKS 64u        /* of a table; further ones stay as they are */
#define SEALED_BYTES (64u << 10) /* of what is packed; more is as good as damaged */

static uint64_t le(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | p[bytes];
	return value;
}

/* The sum of len bytes, behind them. */
static void seal(uint8_t *p, size_t len)
{
	uint32_t sum = libdeflate_adler32(1, p, len);

	for (size_t i = 0; i < 4; i++)
		p[len + i] = (uint8_t)(sum >> 8 * i);
}

/* What is packed with zlib: its two bytes before, and behind it the sum of what it was. */
static void seal_packed(uint8_t *p, size_t len)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	uint8_t *plain = mem_alloc(SEALED_BYTES);
	size_t in = 0, out = 0;

	if (len > 6 && libdeflate_deflate_decompress_ex(d, p + 2, len - 6, plain, SEALED_BYTES, &in,
							&out) == LIBDEFLATE_SUCCESS) {
		uint32_t sum = __builtin_bswap32(libdeflate_adler32(1, plain, out));

		memcpy(p, "\x78\x9c", 2);
		memcpy(p + 2 + in, &sum, 4);
	}
	free(plain);
	libdeflate_free_decompressor(d);
}

/* Head, entries and chunks of the table whose section has len bytes from `at` on; the last chunk ends at `end`. */
static void seal_table(uint8_t *p, size_t at, size_t len, size_t end)
{
	uint64_t count = len < 24 ? 0 : le(p + at, 4), base = len < 24 ? 0 : le(p + at + 8, 8);

	if (len < 24)
		return;
	seal(p + at, 20);
	if (count > (len - 24) / 4)
		return;
	for (uint64_t i = 0; i < count && i < SEALED_CHUNKS; i++) {
		const uint8_t *entry = p + at + 24 + 4 * i;
		uint64_t from = base + (le(entry, 4) & 0x7fffffff),
			 to = i + 1 < count ? base + (le(entry + 4, 4) & 0x7fffffff) : end;

		if (to > end || from >= to)
			continue;
		if (entry[3] & 0x80)
			seal_packed(p + from, (size_t)(to - from));
		else if (to - from >= 4)
			seal(p + from, (size_t)(to - from) - 4);
	}
	if (len - 24 >= count * 4 + 4)
		seal(p + at + 24, (size_t)count * 4);
}

static void e01_seal(uint8_t *p, size_t size)
{
	size_t chunks_end = 0;

	for (uint64_t at = 13, next; at < size && size - at > 76; at = next) {
		uint64_t len = le(p + at + 24, 8);

		next = le(p + at + 16, 8);
		if (next > at && next <= size && len >= 76) {
			uint64_t left = (len < next - at ? len : next - at);
			uint8_t *body = p + at + 76;

			if (memcmp(p + at, "sectors", 7) == 0)
				chunks_end = (size_t)(at + left);
			else if (memcmp(p + at, "header", 6) == 0 && left > 76)
				seal_packed(body, (size_t)left - 76);
			else if (memcmp(p + at, "table", 5) == 0 && left > 76)
				seal_table(p, (size_t)at + 76, (size_t)left - 76, chunks_end);
		}
		seal(p + at, 72);
		if (next <= at)
			return;
	}
}

/* A copy with good sums; freed by the caller. */
static uint8_t *e01_sealed(const uint8_t *data, size_t size)
{
	uint8_t *copy = mem_alloc(size);

	memcpy(copy, data, size);
	e01_seal(copy, size);
	return copy;
}

#endif
