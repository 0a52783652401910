/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_EXT_H
#define LIB_DISK_EXT_H

#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/filesystem.h"
#include "lib/disk/partition.h"

/*
 * ext2, ext3 and ext4 through libext2fs, read only: the library gets its bytes from the
 * source and from nowhere else, so nothing is opened by a path and nothing can be written.
 * The one place that sees its headers.
 *
 * What the library would allocate or go through is bounded by the size of the volume before
 * it is asked; still it is a large program that reads what others wrote, so this belongs into a
 * process that has no rights beyond its task.
 *
 * A superblock that says that it is another group's, and stands there once more, is a copy, which who opens the
 * volume has put in the place of the first: then its group's descriptors are used, too. Behind a first superblock
 * that is good, descriptors that cannot be, or have wrong checksums, give way to those of the next groups that have
 * copies, where these are better. Both are FILESYSTEM_BY_COPY.
 *
 * used(): blocks, or clusters with bigalloc. All metadata count as used whatever the bitmaps say:
 * copies of the superblock, group descriptors, bitmaps, tables of inodes, the 1024 bytes for a
 * boot block.
 * walk(): a folder before what it holds; sparse are files with holes, told from their blocks.
 * Files that fscrypt encrypted are FILESYSTEM_ENCRYPTED.
 * load(): follows symbolic links inside the volume.
 * clear: NULL.
 */
#define EXT_NAMES_MAX 16777216u /* as many as a catalogue has lines */

/* NULL: ERROR_FAILED for what this program cannot read (newer features, the journal of another
 * volume), ERROR_UNTRUSTED for what is damaged. `s` is borrowed until close. */
__attribute__((warn_unused_result)) struct filesystem *ext_open(const struct partition_source *s,
								uint64_t first_byte,
								uint64_t size_bytes,
								struct error *e);

/*
 * Inodes of files that were deleted, in the order of their numbers. They have neither a name nor, on ext4,
 * a content: deleting one there sets its size to 0 and forgets its blocks. `deleted` is in seconds since 1970.
 * Those with a wrong checksum are FILESYSTEM_DAMAGED; `damaged` of the last walk counts them, too.
 */
struct ext_deleted {
	struct filesystem_entry entry; /* path "" */
	uint64_t inode;
	int64_t deleted;
	bool is_orphan; /* it was still open: `deleted` is no time */
};
__attribute__((warn_unused_result))
bool ext_each_deleted(struct filesystem *f,
		      bool (*each)(void *ctx, const struct ext_deleted *d, struct error *e),
		      void *ctx, struct error *e);

#endif
