/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_PE_SAMPLES_H
#define TESTS_PE_SAMPLES_H

/* Programs for the firmware of nothing but their signatures. */
#include <stdint.h>
#include <string.h>

#define PE_AT 0x80u     /* where the header is in programs that are made here */
#define PE_TABLE 0x400u /* and their certificates */
#define PE_DIRECTORY_64 (PE_AT + 24 + 112)

static inline void pe_put(uint8_t *at, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* A program of so many bytes with one certificate. */
static inline void pe_make(uint8_t *p, size_t size, uint16_t magic, const char *content,
			   size_t content_len)
{
	size_t directory = PE_AT + 24 + (magic == 0x20b ? 112 : 96);

	memset(p, 0, size);
	memcpy(p, "MZ", 2);
	pe_put(p + 0x3c, PE_AT, 4);
	memcpy(p + PE_AT, "PE\0\0", 4);
	pe_put(p + PE_AT + 20, 240, 2);
	pe_put(p + PE_AT + 24, magic, 2);
	pe_put(p + directory - 4, 16, 4);
	pe_put(p + directory + 32, PE_TABLE, 4);
	pe_put(p + directory + 36, 8 + content_len, 4);
	pe_put(p + PE_TABLE, 8 + content_len, 4);
	pe_put(p + PE_TABLE + 4, 0x0200, 2);
	pe_put(p + PE_TABLE + 6, 2, 2);
	memcpy(p + PE_TABLE + 8, content, content_len);
}

/* One more behind what is there, of a program with magic 0x20b; the bytes of all. */
static inline size_t pe_add(uint8_t *p, const char *content, size_t content_len)
{
	uint8_t *size_at = p + PE_DIRECTORY_64 + 36;
	size_t size = size_at[0] | (size_t)size_at[1] << 8;
	uint8_t *at = p + PE_TABLE + (size + 7) / 8 * 8;

	pe_put(at, 8 + content_len, 4);
	pe_put(at + 4, 0x0200, 2);
	pe_put(at + 6, 2, 2);
	memcpy(at + 8, content, content_len);
	size = (size_t)(at - p) - PE_TABLE + (8 + content_len + 7) / 8 * 8;
	pe_put(size_at, size, 4);
	return size;
}

#endif
