/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HIVE_SUMS_H
#define HIVE_SUMS_H

/* Sums of a transaction log, made right: no mutation would find them. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "triage/parse/regf_inside.h"

static void put_le(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void log_seal(uint8_t *log, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; len >= 512 && i < 508; i += 4)
		sum ^= le32(log + i);
	if (len >= 512)
		put_le(log + 508, sum, 4);
	for (size_t at = 512; at + 40 < len; at += le32(log + at + 4)) {
		uint8_t *entry = log + at;
		size_t size = le32(entry + 4);

		if (size <= 40 || size > len - at)
			break;
		put_le(entry + 24, regf_marvin32(entry + 40, size - 40), 8);
		put_le(entry + 32, regf_marvin32(entry, 32), 8);
	}
}

/* A copy with good sums; freed by the caller. */
static uint8_t *log_sealed(const uint8_t *log, size_t len)
{
	uint8_t *copy = mem_alloc(len + 1);

	memcpy(copy, log, len);
	log_seal(copy, len);
	return copy;
}

#endif
