/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_EXT_INSIDE_H
#define LIB_DISK_EXT_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h> /* ext2fs.h needs it and does not say so */

#include <ext2fs/ext2fs.h>

#include "lib/base/error.h"
#include "lib/disk/ext.h"

/* What the files of the ext reader share. */
#define EXT_INLINE_MAX 65536u
/* What the library reads of inodes, folders and maps of files at most: for a walk, and to find one
 * file by its path. Maps that lead to themselves would else be gone through for days. */
#define EXT_WALK_FACTOR 4u
#define EXT_WALK_FIRST (UINT64_C(1) << 30)
#define EXT_FIND_BYTES (UINT64_C(1) << 30)

/* Blocks of a file that lie side by side. */
struct ext_run {
	uint64_t block; /* first one within the file */
	uint64_t at;    /* first one within the volume */
	uint64_t count;
};

/* The file that is being read. */
struct ext_content {
	ext2_ino_t inode; /* 0: none */
	uint64_t size_bytes;
	bool sound;    /* no checksum of where they lie is wrong */
	bool is_small; /* its bytes lie in the inode, and here */
	uint8_t small[EXT_INLINE_MAX];
	size_t small_bytes;
	struct ext_run *runs;
	size_t count, capacity;
	uint64_t blocks; /* that the runs hold */
};

struct ext {
	struct filesystem fs; /* first */
	const struct partition_source *source;
	uint64_t first_byte, size_bytes;
	struct struct_io_manager io;
	struct error failure; /* more was read than ext_allow() allowed: nothing goes on */
	struct error unread;  /* the first read of the source that failed: the rest goes on */
	uint64_t left_bytes;  /* that the library may still read: ext_allow() */
	uint64_t copy_at; /* block of the superblock that is used, where it is that of another group */
	unsigned block_bytes;
	ext2_filsys lib;
	struct ext_content content;
};

static inline struct ext *ext_of(struct filesystem *f)
{
	return (struct ext *)(void *)f;
}

/* From here on the library may read so much, and then says that the volume is damaged. */
void ext_allow(struct ext *x, uint64_t bytes);

/* What the library says, in our words; what the source said wins. Returns false. */
bool ext_refuse(struct ext *x, errcode_t why, struct error *e, const char *what);

/* Where the bytes of a file or link lie, also where a checksum of that is wrong, which content.sound says; *sparse
 * if it has holes. */
errcode_t ext_content_open(struct ext *x, ext2_ino_t ino, struct ext2_inode *inode, bool *sparse);

/* An inode; also where its checksum is wrong, which *sound says. */
errcode_t ext_inode_read(struct ext *x, ext2_ino_t ino, struct ext2_inode_large *inode,
			 bool *sound);

/* Each name in a folder, "." and ".." too. False from `each` ends it. Not 0: something of it could not be read, or is
 * not what it was; what there is beside it has been passed. x->content is another file's then. */
struct ext_names {
	bool (*each)(void *ctx, ext2_ino_t inode, const char *name, size_t len);
	void *ctx;
};
errcode_t ext_folder_read(struct ext *x, ext2_ino_t ino, const struct ext_names *names);

/* The four times of an inode that has so many bytes. */
void ext_times(const struct ext2_inode_large *i, size_t inode_bytes,
	       struct filesystem_entry *entry);

/* read, load and walk of struct filesystem. */
bool ext_read(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
	      void *buf, size_t len, size_t *got, struct error *e);
bool ext_load(struct filesystem *f, const char *path, void *buf, size_t max, size_t *got,
	      bool *there, struct error *e);
bool ext_walk(struct filesystem *f,
	      bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e),
	      void *ctx, struct error *e);

#endif
