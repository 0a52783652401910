/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_COPIES_H
#define TRIAGE_COPIES_H

#include "lib/disk/partition.h"

/*
 * What a file system keeps of its first sectors elsewhere, for a volume whose own are gone: wipers write over the
 * beginning of a disk first, and so do people who mistake it. NTFS has its boot sector once more at its end, FAT32 in
 * its sector 6, ext its superblock in group 1 (where groups have the size that mke2fs gives them).
 */
#define COPY_BYTES 1024u

struct copy {
	uint64_t at; /* of the source: where it belongs */
	size_t len;
	uint8_t bytes[COPY_BYTES];
};

/* False: there is none. */
bool copy_find(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
	       struct copy *c);

/* The source with the copy in its place. Stays where it is; both are borrowed. */
struct copied {
	const struct partition_source *under;
	const struct copy *copy;
};
struct partition_source copy_source(struct copied *x);

#endif
