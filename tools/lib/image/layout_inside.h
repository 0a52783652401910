/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_LAYOUT_INSIDE_H
#define LIB_IMAGE_LAYOUT_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/image/layout.h"

/* Between layout.c, which finds places, and layout_table.c, which writes them down. */
#define LAYOUT_MIB (UINT64_C(1) << 20)
#define LAYOUT_ENTRIES 128u
#define LAYOUT_ENTRY_BYTES 128u

/* Sectors that 128 entries take. */
static inline uint64_t layout_entry_sectors(uint32_t sector_bytes)
{
	return (uint64_t)LAYOUT_ENTRIES * LAYOUT_ENTRY_BYTES / sector_bytes;
}

/* The GPT for the places in *l, into l->table and l->backup. */
void layout_gpt(const struct kimg_manifest *m, uint64_t target_bytes, uint32_t sector_bytes,
		struct layout *l);

/* The first sector of an MBR disk into l->table. False: what it says does not fit. */
__attribute__((warn_unused_result)) bool
layout_mbr(const struct kimg_manifest *m, uint64_t target_bytes, struct layout *l, struct error *e);

/* Sets "too small, so many bytes are missing". Returns false. */
bool layout_missing(uint64_t bytes, struct error *e);

/* Is this an entry of sector 0, behind which no other one reaches? */
bool layout_mbr_ends_with(const struct kimg_manifest *m, const struct kimg_partition *p);

#endif
