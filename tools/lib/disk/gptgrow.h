/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_GPTGROW_H
#define LIB_DISK_GPTGROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Growing the last partition of a GPT to the end of its medium, such that the
 * current may go at any moment (docs/formats/stick.md#growing). For tables as
 * build/image makes them: 512-byte sectors, 128 entries of 128 bytes.
 */
struct gpt_device {
	/* Exactly len bytes, whole sectors; false with e otherwise. */
	bool (*read)(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e);
	bool (*write)(void *ctx, uint64_t offset, const void *buf, size_t len, struct error *e);
	/* Returns when all that was written cannot be lost any more. */
	bool (*flush)(void *ctx, struct error *e);
	void *ctx;
	uint64_t size_bytes;
};

struct gpt_growth {
	uint64_t first_byte, size_bytes; /* of the partition, as it will be */
	bool needed;                     /* false: table and medium fit already */
	uint8_t table[34 * 512];         /* protective MBR, primary header, entries */
	uint8_t backup[33 * 512];        /* entries, header */
	uint64_t backup_byte;
};

/* Work out the table in which partition `number`, the last on the medium, reaches its
 * end (a multiple of 1 MiB; it never shrinks). Reads only. Uses the backup where the
 * primary table is damaged, as a power cut may leave it. Number 0: no partition grows, only
 * the backup moves to the end. False: no such table, another layout, or a partition
 * behind `number`. */
__attribute__((warn_unused_result))
bool gpt_growth_plan(const struct gpt_device *d, unsigned number, struct gpt_growth *g,
		     struct error *e);

/* Write it: the backup at the real end, flush, the primary, flush. What a cut leaves is
 * always one whole table, old or new, and planning again goes on from there. */
__attribute__((warn_unused_result))
bool gpt_growth_write(const struct gpt_device *d, const struct gpt_growth *g, struct error *e);

#endif
