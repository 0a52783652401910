/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_INDEX_BLOCK_H
#define LIB_NTFS_INDEX_BLOCK_H

#include "lib/ntfs/scan.h"

/*
 * A block of a folder's index ($INDEX_ALLOCATION, $I30), and what is left over in it of names that the folder
 * had once: docs/formats/ntfs.md#index-blocks. Bytes in, structs out; everything points into the block.
 */
#define NTFS_BLOCK_BYTES_MAX 65536u

enum ntfs_block_state {
	NTFS_BLOCK_GOOD,
	NTFS_BLOCK_DAMAGED, /* torn, or its header or an entry cannot be: `entries` has those before it */
	NTFS_BLOCK_ABSENT, /* no block was ever written there, or something else since */
};

struct ntfs_block {
	enum ntfs_block_state state;
	uint64_t vcn;          /* its place in the index by its own word */
	struct reader entries; /* those in use, for ntfs_index_next() */
	size_t slack;          /* where in the block what is left over begins */
};

/* Look at a block as it was read; fixups are put back in place, as far as they fit. `len` is a multiple
 * of NTFS_STRIDE, at most NTFS_BLOCK_BYTES_MAX. */
void ntfs_block_open(uint8_t *bytes, size_t len, struct ntfs_block *b);

struct ntfs_block_name {
	uint64_t file; /* reference; 0: what stood before the name was written over */
	size_t at;     /* where in the block the name begins */
	struct ntfs_scan_name name;
};

/* The next name of that folder (a record's number) in block[from, len), looked for from *at (>= from) on,
 * in steps of 8. */
bool ntfs_block_carve(struct reader block, size_t from, size_t *at, uint64_t folder,
		      struct ntfs_block_name *n);

#endif
