/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_BLOCKS_H
#define LIB_DISK_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * What is written to: a disk or a file, as functions, so that tests can put a disk
 * between that loses power. All may be called by several threads at once. Offsets,
 * lengths and buffers are multiples of the sector; buffers for BLOCKS_ALIGN.
 */
#define BLOCKS_ALIGN 4096u

struct blocks {
	/* Exactly len bytes, from the medium and not from a cache of this PC. */
	bool (*read)(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e);
	bool (*write)(void *ctx, uint64_t offset, const void *buf, size_t len, struct error *e);
	/* Returns when all that was written before cannot be lost any more. */
	bool (*flush)(void *ctx, struct error *e);
	/* May be forgotten; where the target cannot, that is no error. */
	bool (*discard)(void *ctx, uint64_t offset, uint64_t len, struct error *e);
	/* Zeros, by the quickest way that the target has; written ones where there is none. */
	bool (*zero)(void *ctx, uint64_t offset, uint64_t len, struct error *e);
	void *ctx;
	uint64_t size_bytes;
	uint32_t sector_bytes; /* logical: 512 or 4096 */
};

#endif
