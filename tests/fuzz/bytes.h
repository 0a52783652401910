/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_FUZZ_BYTES_H
#define TESTS_FUZZ_BYTES_H

/* The bytes of a fuzz target as a source, which must never be asked past their end: the sanitizer sees only what is near. */
#include <stdlib.h>
#include <string.h>

#include "lib/disk/partition.h"

struct bytes {
	const uint8_t *at;
	size_t size;
};

static inline bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct bytes *b = ctx;
	(void)e;

	if (offset > b->size || len > b->size - offset)
		abort();
	if (len)
		memcpy(buf, b->at + offset, len);
	return true;
}

static inline struct partition_source source_of(struct bytes *b)
{
	return (struct partition_source){ read_bytes, b, b->size, 512 };
}

#endif
