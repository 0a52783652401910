/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_FATFS_H
#define LIB_DISK_FATFS_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem.h"
#include "lib/disk/partition.h"

/*
 * FAT12, FAT16 and FAT32 as struct filesystem, over lib/disk/fat.h.
 *
 * used(): clusters, from the first of the data area on. A bad cluster is not used.
 * walk(): a folder before what it holds. A short name without a long one whose bytes are beyond
 *   ASCII stands in these bytes, which are no UTF-8: two names never become one. Times
 *   are those of the clock on the wall (2 s, created 10 ms), taken for UTC; created is missing
 *   where DOS wrote.
 * state: the bits in the boot sector and in the FAT's second entry.
 * clear: NULL.
 */
#define FATFS_NAMES_MAX 16777216u        /* as many as a catalogue has lines */
#define FATFS_PENDING_BYTES (256u << 20) /* paths of folders that are still to be walked */

/* NULL: ERROR_UNTRUSTED if there is none or it is damaged. `s` is borrowed until close. */
__attribute__((warn_unused_result))
struct filesystem *fat_filesystem_open(const struct partition_source *s, uint64_t first_byte,
				       uint64_t size_bytes, struct error *e);

/* From now on walk() also passes what lies behind the end of a folder, and counts it as damaged; load() finds it.
 * No system looks there, and so somebody may hide a file, or a zero in the wrong place all the rest of a folder. */
void fat_filesystem_past_end(struct filesystem *f);

/* Entries that were deleted and stand in folders that were not, with FILESYSTEM_DELETED. The first letter of a
 * short name is U+FFFD, unless a long one was there, too. Their content cannot be read: the FAT forgot it. */
__attribute__((warn_unused_result))
bool fat_filesystem_deleted(struct filesystem *f,
			    bool (*each)(void *ctx, const struct filesystem_entry *entry,
					 struct error *e),
			    void *ctx, struct error *e);

#endif
