/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_CONTENT_H
#define LIB_NTFS_CONTENT_H

#include "lib/ntfs/ntfs_inside.h"
#include "lib/ntfs/wof.h"

/* What a file is, from its attributes: docs/formats/ntfs.md#reparse-points. */
#define NTFS_REPARSE_BYTES 16384u

struct ntfs_kind {
	char type; /* as struct filesystem_entry */
	unsigned flags;
	size_t attribute; /* its content; SIZE_MAX: none */
	uint64_t size_bytes;
	const char *target;  /* of a link, in *text */
	const char *refusal; /* message id; NULL: the content can be read */
	enum ntfs_packing packing;
	struct filesystem_time modified, created, changed, accessed;
};

/* Look at a file. `text` is where the target of a link is put. */
void ntfs_kind(struct ntfs *v, const struct ntfs_file *f, struct text *text, struct ntfs_kind *k);

/* The same flags for one attribute; *refusal is set if it cannot be read. */
unsigned ntfs_attribute_flags(const struct ntfs_attribute *a, const char **refusal);

#endif
