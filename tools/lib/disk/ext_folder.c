/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names in a folder of ext2, ext3 and ext4, also where it is damaged: the library ends at the first entry that
 * cannot be and gives none of a block whose checksum is wrong. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/le.h"
#include "lib/base/memory.h"
#include "lib/disk/ext_inside.h"

#define ENTRY_HEAD 8u
#define TYPE_MAX 7u
#define INLINE_PARENT 4u /* what an inline folder begins with: the inode above it */

struct folder_read {
	struct ext *x;
	ext2_ino_t inode;
	const struct ext_names *names;
	bool go_on;
};

errcode_t ext_inode_read(struct ext *x, ext2_ino_t ino, struct ext2_inode_large *inode, bool *sound)
{
	struct ext2_inode *as_first = (struct ext2_inode *)(void *)inode;
	errcode_t why = ext2fs_read_inode_full(x->lib, ino, as_first, sizeof(*inode));

	*sound = why != EXT2_ET_INODE_CSUM_INVALID;
	if (*sound)
		return why;
	x->lib->flags |= EXT2_FLAG_IGNORE_CSUM_ERRORS;
	why = ext2fs_read_inode_full(x->lib, ino, as_first, sizeof(*inode));
	x->lib->flags &= ~EXT2_FLAG_IGNORE_CSUM_ERRORS;
	return why;
}

/* Of blocks of 64 KiB the length of the longest does not fit its 16 bits. */
static size_t entry_bytes(const uint8_t *p, size_t block_bytes)
{
	size_t n = le16(p + 4);

	if (block_bytes < 65536)
		return n;
	return n == 65535 || n == 0 ? block_bytes : (n & 65532) | (n & 3) << 16;
}

/* Can an entry be here, and where does the next one begin? As the library judges. */
static bool is_entry(const uint8_t *p, size_t left, size_t block_bytes, size_t *bytes)
{
	if (left < ENTRY_HEAD)
		return false;
	*bytes = entry_bytes(p, block_bytes);
	return *bytes >= ENTRY_HEAD && *bytes % 4 == 0 && *bytes <= left &&
	       p[6] + ENTRY_HEAD <= *bytes;
}

/* The same where nothing leads to it: a name that can be, of an inode that there is. */
static bool is_likely(const struct ext *x, const uint8_t *p, size_t left, size_t block_bytes)
{
	size_t bytes;

	return is_entry(p, left, block_bytes, &bytes) && p[6] && le32(p) &&
	       le32(p) <= x->lib->super->s_inodes_count && p[7] <= TYPE_MAX &&
	       !memchr(p + ENTRY_HEAD, 0, p[6]) && !memchr(p + ENTRY_HEAD, '/', p[6]);
}

/* False: one of its entries cannot be. It is passed over up to the next that can. */
static bool read_entries(struct folder_read *f, const uint8_t *p, size_t len, size_t block_bytes)
{
	bool sound = true;
	size_t at = 0, n;

	while (f->go_on && at < len) {
		if (!is_entry(p + at, len - at, block_bytes, &n)) {
			sound = false;
			for (at += 4; at < len; at += 4)
				if (is_likely(f->x, p + at, len - at, block_bytes))
					break;
			continue;
		}
		/* Interior blocks of a tree of hashes look as an entry that is empty. */
		if (le32(p + at))
			f->go_on = f->names->each(f->names->ctx, le32(p + at),
						  (const char *)p + at + ENTRY_HEAD, p[at + 6]);
		at += n;
	}
	return sound;
}

/* A folder that is so small that it lies in its inode: the end of the first part is none of an entry. */
static bool read_small(struct folder_read *f)
{
	const struct ext_content *c = &f->x->content;
	const size_t first = c->small_bytes < EXT4_MIN_INLINE_DATA_SIZE ? c->small_bytes
									: EXT4_MIN_INLINE_DATA_SIZE;

	if (first < INLINE_PARENT)
		return false;
	bool sound = read_entries(f, c->small + INLINE_PARENT, first - INLINE_PARENT,
				  f->x->lib->blocksize);
	return read_entries(f, c->small + first, c->small_bytes - first, f->x->lib->blocksize) &&
	       sound;
}

static bool read_blocks(struct folder_read *f)
{
	ext2_filsys lib = f->x->lib;
	const struct ext_content *c = &f->x->content;
	uint8_t *block = mem_alloc(lib->blocksize);
	bool sound = true;

	for (size_t i = 0; f->go_on && i < c->count; i++)
		for (uint64_t k = 0; f->go_on && k < c->runs[i].count; k++) {
			/* Through the library's door, where it is counted how much is read. */
			if (io_channel_read_blk64(lib->io, c->runs[i].at + k, 1, block)) {
				sound = false;
				f->go_on = !f->x->failure.kind;
				continue;
			}
			if (!ext2fs_dir_block_csum_verify(lib, f->inode, (void *)block))
				sound = false;
			if (!read_entries(f, block, lib->blocksize, lib->blocksize))
				sound = false;
		}
	free(block);
	return sound;
}

errcode_t ext_folder_read(struct ext *x, ext2_ino_t ino, const struct ext_names *names)
{
	struct folder_read f = { .x = x, .inode = ino, .names = names, .go_on = true };
	struct ext2_inode_large inode;
	bool sound, sparse;
	errcode_t why = ext_inode_read(x, ino, &inode, &sound);

	if (why)
		return why;
	if (!LINUX_S_ISDIR(inode.i_mode))
		return EXT2_ET_NO_DIRECTORY;
	/* As far as its map can be read its names are. */
	why = ext_content_open(x, ino, (struct ext2_inode *)(void *)&inode, &sparse);
	/* No folder has holes: there were names. */
	sound &= x->content.sound && !sparse;
	if (!(x->content.is_small ? read_small(&f) : read_blocks(&f)))
		sound = false;
	if (why)
		return why;
	return sound ? 0 : EXT2_ET_DIR_CORRUPTED;
}
