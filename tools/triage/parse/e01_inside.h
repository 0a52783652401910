/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_E01_INSIDE_H
#define TRIAGE_PARSE_E01_INSIDE_H

#include "triage/parse/e01.h"

/* What e01.c (chunks) and e01_sections.c (what stands where) share. Not for others. */
struct e01_table {
	uint32_t segment, count;
	bool has_sum;   /* behind its entries */
	bool after_gap; /* a table or more before it cannot be found */
	bool lost;      /* neither copy can be read: its chunks are zeros */
	uint64_t first_chunk;
	uint64_t first,
		second; /* bytes in the segment where the entries of the two copies stand; 0: none */
	uint64_t base,
		end; /* bytes in the segment: what entries are counted from, and behind the last chunk */
};

/* A chunk that does not get smaller is stored as it is, with a sum; packed ones can be a little larger. */
static inline size_t e01_packed_max(uint32_t chunk_bytes)
{
	return (size_t)chunk_bytes + chunk_bytes / 64 + 256;
}

/* Walk the sections of all segments and fill in what x says of the medium. */
__attribute__((warn_unused_result)) bool e01_sections(struct e01 *x, struct error *e);

/* zlib; false: not whole, or larger than room. */
bool e01_inflate(struct e01 *x, const uint8_t *in, size_t len, uint8_t *out, size_t room,
		 size_t *got);
uint32_t e01_adler(uint32_t start, const uint8_t *bytes, size_t len);

#endif
