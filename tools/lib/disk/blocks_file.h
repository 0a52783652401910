/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_BLOCKS_FILE_H
#define LIB_DISK_BLOCKS_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/blocks.h"
#include "lib/disk/target.h"

/*
 * struct blocks over a target that is open: a disk or a file. Reads and writes go past
 * this PC's cache (O_DIRECT); where a file system has none, or a place is no multiple of what it
 * wants, the cache is thrown away before reading. { .direct = -1 } is empty.
 */
struct blocks_file {
	struct blocks blocks; /* .ctx is this; so it stays where it is */
	int fd;               /* of the target, borrowed */
	int direct;           /* a second descriptor with O_DIRECT, or -1 */
	bool disk;
	bool cached;    /* something was written through the cache and not yet flushed */
	uint8_t *zeros; /* of BLOCKS_FILE_ZEROS bytes, for targets that have no quicker way */
};
#define BLOCKS_FILE_NONE { .direct = -1 }
#define BLOCKS_FILE_ZEROS (1u << 20)

/* `sector_bytes`: of a disk its own; a file takes any. Borrows the target. What a file has
 * behind its last whole sector is not part of it. */
__attribute__((warn_unused_result))
bool blocks_file_open(struct blocks_file *f, const struct target *t, uint32_t sector_bytes,
		      struct error *e);
void blocks_file_close(struct blocks_file *f);

#endif
