/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_PARSE_H
#define TRIAGE_PARSE_PARSE_H

#include <stdint.h>

#include "lib/disk/partition.h"

/*
 * What the parsers of this folder share. A parser takes bytes and hands out structs, one
 * after another: no files, no printing, no globals. Small formats are given whole, as bytes;
 * large ones as a struct partition_source, which reads from a file, a disk, a stream of NTFS
 * or an E01 alike, and knows its size.
 *
 * What is damaged is reported and the rest goes on. A parser returns false (with e) only if
 * the input is not of its format at all, cannot be read, or the caller ended it.
 */
struct parse_problems {
	/* `what` is a message id, a half sentence in English: "the checksum of the chunk is wrong"; or
	 * such words that are translated already. `offset` is where in the input. */
	void (*report)(void *ctx, uint64_t offset, const char *what);
	void *ctx;
};

static inline void parse_problem(const struct parse_problems *p, uint64_t offset, const char *what)
{
	if (p && p->report)
		p->report(p->ctx, offset, what);
}

/* Where a part lies that was taken out of an input: what is wrong within it has an offset, too. */
struct parse_place {
	const uint8_t *first; /* of the bytes around it, which lie at `base` */
	uint64_t base;
	const struct parse_problems *problems;
};

static inline void parse_problem_at(const struct parse_place *p, const uint8_t *at,
				    const char *what)
{
	parse_problem(p->problems, p->base + (size_t)(at - p->first), what);
}

#endif
