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

/* The next entry: true with *more false after the trailer, which holds nothing and behind which
 * only zeros may follow. False: not an archive, cut short, or with an entry whose owner is not 0:0
 * (the kernel would give it to somebody who may then change it). */
__attribute__((warn_unused_result))
bool cpio_next(struct reader *r, struct cpio_entry *entry, bool *more, struct error *e);

/* For archives that are read in pieces: what stands before each entry's path. Path and
 * content are each followed by zeros up to a multiple of 4 bytes of the archive. */
#define CPIO_HEADER 110
#define CPIO_PATH_MAX 4096 /* bytes with the end */
#define CPIO_TRAILER "TRAILER!!!"

struct cpio_header {
	uint32_t mode, mtime;
	size_t path_bytes; /* with the end; 1 to CPIO_PATH_MAX */
	size_t len;        /* of the content */
};

__attribute__((warn_unused_result))
bool cpio_header(const uint8_t bytes[CPIO_HEADER], struct cpio_header *h, struct error *e);

/* Is it a path of so many bytes, its end with it and none before? */
bool cpio_path_ok(const char *path, size_t path_bytes);

#endif
