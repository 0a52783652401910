/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_LAYOUT_H
#define LIB_IMAGE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/image/kimg.h"

/*
 * Where the partitions of an image come to lie on a target of another size, and the
 * partition table that says so (UEFI specification 2.10, chapter 5;
 * docs/formats/kimg.md#restoring). Nothing is read or written here.
 */
enum layout_fit {
	LAYOUT_AS_IS, /* places of the image; a smaller target is fitted as kimg.md says */
	LAYOUT_GROW,  /* the partition that may grow takes the room */
};

struct layout_place {
	uint64_t first_byte, size_bytes;
};

struct layout {
	struct layout_place partitions[KIMG_PARTITIONS_MAX]; /* as m->partitions */
	struct text table;  /* what stands from byte 0 on: MBR, GPT header, entries */
	struct text backup; /* of a GPT: entries and header, up to the target's end */
	uint64_t backup_at;
	bool moved; /* another layout than the image's */
};

/* False: ERROR_FAILED with how much is missing, or ERROR_USAGE for sectors that do not go. */
__attribute__((warn_unused_result)) bool layout_make(const struct kimg_manifest *m,
						     uint64_t target_bytes, uint32_t sector_bytes,
						     enum layout_fit fit, struct layout *l,
						     struct error *e);
void layout_release(struct layout *l);

/* Can this partition get another size? On an MBR, where nothing moves, only a primary one that nothing
 * lies behind; a volume without a table is as large as it is. */
bool layout_resizes(const struct kimg_manifest *m, const struct kimg_partition *p);

#endif
