/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_RECYCLE_H
#define TRIAGE_PARSE_RECYCLE_H

#include "triage/parse/parse.h"
#include "triage/parse/words.h"

/* The recycle bin (docs/formats/recycle.md): $I files of Vista and later, INFO2 of XP. */
#define RECYCLE_BYTES_MAX (64u << 20)

struct recycled {
	uint64_t version; /* 1 or 2 of $I, else that of INFO2 */
	struct words path;
	uint64_t size_bytes, deleted; /* FILETIME */
	/* INFO2 */
	bool is_info2;
	struct words short_path;
	uint32_t index, drive; /* 0: A:, 2: C: */
	bool was_emptied;      /* taken out of the bin, put back or deleted for good */
};

struct recycle {
	bool is_info2;
	uint32_t version, record_bytes;
	struct reader rest;
	size_t bytes;
	const struct parse_problems *problems;
};

/* False with e: neither of them. */
__attribute__((warn_unused_result))
bool recycle_begin(const uint8_t *bytes, size_t len, struct recycle *r,
		   const struct parse_problems *problems, struct error *e);
bool recycle_next(struct recycle *r, struct recycled *item);

#endif
