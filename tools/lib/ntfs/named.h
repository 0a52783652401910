/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_NAMED_H
#define LIB_NTFS_NAMED_H

#include "lib/disk/filesystem.h"

/* A stream of a file as a source, also of the file system's own files: "$Extend/$UsnJrnl" and "$J". */
struct ntfs_named;

/* Does a path lead into one of the file system's own files ("$MFT", "$Extend/..."), by its first name? Those no walk
 * passes. */
bool ntfs_is_own_path(const char *path);

/* f: of ntfs_open(), borrowed. stream: letters of Latin-1; NULL is the content itself. NULL without e: there is no
 * such file or stream, and *there is false. With e: it cannot be read, or whether it is there. */
struct ntfs_named *ntfs_named_open(struct filesystem *f, const char *path, const char *stream,
				   bool *there, struct error *e);
/* Lives as long as n. */
const struct partition_source *ntfs_named_source(const struct ntfs_named *n);
/* The first byte at or behind `offset` that is stored and no hole, or UINT64_MAX. ctx is a struct ntfs_named. */
uint64_t ntfs_named_next(void *ctx, uint64_t offset);
void ntfs_named_free(struct ntfs_named *n);

#endif
