/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_CPIO_H
#define LIB_DATA_CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/reader.h"
#include "lib/base/text.h"

/*
 * Archives in the "newc" format that the kernel unpacks as an initramfs
 * (kernel: Documentation/driver-api/early-userspace/buffer-format.rst). Written
 * so that the same input gives the same bytes: owner 0:0, one time for all,
 * inode numbers in order. Parents must be added before what is in them.
 */
struct cpio_writer {
	struct text out; /* the archive so far; release with text_release() */
	uint32_t inode;
	uint32_t mtime; /* seconds since 1970, of every entry */
};

void cpio_add_folder(struct cpio_writer *w, const char *path, uint32_t mode);
void cpio_add_file(struct cpio_writer *w, const char *path, uint32_t mode, const void *bytes,
		   size_t len);
void cpio_finish(struct cpio_writer *w); /* the trailer, padded to 512 bytes */

/* One entry of an archive; `path` is ended and lies in the archive. */
struct cpio_entry {
	const char *path;
	uint32_t mode;
	uint32_t mtime;
	const uint8_t *bytes;
	size_t len;
};

/* The next entry: true with *more false after the trailer, behind which only
 * zeros may follow. False: not an archive, or cut short. */
__attribute__((warn_unused_result))
bool cpio_next(struct reader *r, struct cpio_entry *entry, bool *more, struct error *e);

#endif
