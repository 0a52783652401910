/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_FILESYSTEM_H
#define LIB_DISK_FILESYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"
#include "lib/disk/used.h"

/*
 * A file system that is read and never written, whatever its kind: what of it is used,
 * whether it is at rest, and its files one after another. lib/ntfs, lib/disk/ext.h and
 * lib/disk/fatfs.h make one; lib/image/volume.h chooses among them.
 */
enum filesystem_kind { FILESYSTEM_NTFS = 1, FILESYSTEM_EXT = 2, FILESYSTEM_FAT = 3 };

enum filesystem_state {
	FILESYSTEM_DIRTY = 1,      /* not cleanly closed, or its journal is not empty */
	FILESYSTEM_HIBERNATED = 2, /* hiberfil.sys holds a system, fast start-up included */
	FILESYSTEM_BY_COPY =
		4, /* what it begins with is damaged; a copy that it keeps of it is used */
};

struct filesystem_time {
	int64_t s; /* since 1970 UTC; may be negative */
	uint32_t ns;
	uint8_t digits; /* behind the point that the file system keeps; 255: no time at all */
};

enum filesystem_flag { /* in the order of docs/formats/kimg.md#catalogue */
		       FILESYSTEM_COMPRESSED = 1,
		       FILESYSTEM_ENCRYPTED = 2,
		       FILESYSTEM_ONE_OF_SEVERAL = 4, /* a file with more than one name */
		       FILESYSTEM_SPARSE = 8,
		       FILESYSTEM_WOF = 16,
		       FILESYSTEM_LEFT_OUT = 32, /* set by who captures */
		       FILESYSTEM_UNREADABLE = 64,
		       FILESYSTEM_DELETED = 128, /* of no catalogue, for walk() passes none */
		       FILESYSTEM_DAMAGED = 256, /* read all the same; unreadable in catalogues */
};

struct filesystem_entry {
	const char *path;   /* "Windows/System32/cmd.exe" as the file system stores it: UTF-8,
			     of NTFS with half surrogates as WTF-8, of ext any bytes but 0 and
			     '/'. A further stream of NTFS has its name in `stream` */
	const char *stream; /* NULL: the file itself */
	char type;          /* f d l s o, as in the catalogue */
	unsigned flags;
	uint64_t size_bytes;
	uint64_t id; /* inode or MFT record */
	struct filesystem_time modified, created, changed, accessed;
	uint32_t mode, uid, gid; /* of ext; mode is 0 where a file system has none */
	const void *internal;    /* for read */
};

#define FILESYSTEM_LABEL (3 * 128 + 1) /* NTFS: 128 units of UTF-16 */

struct filesystem {
	enum filesystem_kind kind;
	uint32_t block_bytes;
	uint64_t size_bytes;   /* of the volume as it says of itself, at most what was opened: to
				  this it can be cut */
	unsigned state;        /* enum filesystem_state, as bits */
	char state_words[160]; /* which signs of it, for a person; "" */
	char label[FILESYSTEM_LABEL]; /* its own name, UTF-8; "": it has none */
	char version[8];              /* of NTFS: "3.1" */

	/* Where the label costs reading, as in the root of a FAT: look for it. NULL: it is there. */
	void (*find_label)(struct filesystem *f);

	/* Which blocks are used. */
	bool (*used)(struct filesystem *f, struct used_map *m, struct error *e);

	uint64_t damaged; /* files and folders of the last walk that are: they were passed all the same */

	/* Every name, in the order that is quickest; each stream of NTFS too; not the
	 * root folder, not the file system's own files ($MFT, lost journal). What cannot be
	 * read is passed with FILESYSTEM_UNREADABLE, what cannot be in a name (a slash) as U+FFFD. False
	 * from `each` ends it; damage makes it false when all has been passed that there is beside it. */
	bool (*walk)(struct filesystem *f,
		     bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e),
		     void *ctx, struct error *e);

	/* Within `each`: the next bytes of the entry's content (of a link: its target) from
	 * `offset`; ascending offsets are quick. *got is less than len only at its end. */
	bool (*read)(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
		     void *buf, size_t len, size_t *got, struct error *e);

	/* The content of one file by its path, at most `max` bytes of it: *there false if there
	 * is none. Without regard to case where the file system has none. */
	bool (*load)(struct filesystem *f, const char *path, void *buf, size_t max, size_t *got,
		     bool *there, struct error *e);

	/* The blocks of a file by its path, as units of used(): for content that is left out.
	 * *there false if there is none. NULL where it is not needed. */
	bool (*clear)(struct filesystem *f, const char *path, struct used_map *m, bool *there,
		      struct error *e);

	void (*close)(struct filesystem *f); /* frees it */
};

#endif
