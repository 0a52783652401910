/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The content of files on ext2, ext3 and ext4: where it lies, and reading it. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/disk/ext_inside.h"

/* One more run, where it can be. They come in the order of the file. */
static bool add_run(struct ext *x, uint64_t block, uint64_t at, uint64_t count)
{
	struct ext_content *c = &x->content;
	uint64_t blocks = ext2fs_blocks_count(x->lib->super);
	struct ext_run *last = c->count ? &c->runs[c->count - 1] : NULL;

	/* No file holds more blocks than there are: what claims so goes in circles. */
	if (at >= blocks || count > blocks - at || count > blocks - c->blocks ||
	    (last && block < last->block + last->count))
		return false;
	c->blocks += count;
	if (last && block == last->block + last->count && at == last->at + last->count) {
		last->count += count;
		return true;
	}
	mem_grow(&c->runs, &c->capacity, c->count + 1, sizeof(*c->runs));
	c->runs[c->count++] = (struct ext_run){ block, at, count };
	return true;
}

static int add_block(ext2_filsys lib, blk64_t *at, e2_blkcnt_t block, blk64_t ref, int offset,
		     void *ctx)
{
	(void)lib, (void)ref, (void)offset;
	return block < 0 || add_run(ctx, (uint64_t)block, *at, 1) ? 0 : BLOCK_ABORT | BLOCK_ERROR;
}

/* Runs of a file with extents. Those that were never written read as zeros, so they are
 * left out; `reserved` counts their blocks. */
static errcode_t add_extents(struct ext *x, struct ext2_inode *inode, uint64_t *reserved)
{
	ext2_extent_handle_t handle;
	struct ext2fs_extent extent;
	errcode_t why = ext2fs_extent_open2(x->lib, x->content.inode, inode, &handle);
	int move = EXT2_EXTENT_ROOT;

	if (why)
		return why;
	while (!(why = ext2fs_extent_get(handle, move, &extent))) {
		move = EXT2_EXTENT_NEXT;
		if (!(extent.e_flags & EXT2_EXTENT_FLAGS_LEAF) ||
		    extent.e_flags & EXT2_EXTENT_FLAGS_SECOND_VISIT)
			continue;
		if (extent.e_flags & EXT2_EXTENT_FLAGS_UNINIT)
			*reserved += extent.e_len;
		else if (!add_run(x, extent.e_lblk, extent.e_pblk, extent.e_len)) {
			why = EXT2_ET_EXTENT_LEAF_BAD;
			break;
		}
	}
	ext2fs_extent_free(handle);
	return why == EXT2_ET_EXTENT_NO_NEXT || why == EXT2_ET_NO_CURRENT_NODE ? 0 : why;
}

/* The bytes that the inode itself holds. */
static errcode_t read_small(struct ext *x, struct ext2_inode *inode)
{
	struct ext_content *c = &x->content;
	errcode_t why;
	size_t n;

	c->is_small = true;
	if (!(inode->i_flags & EXT4_INLINE_DATA_FL)) {
		c->small_bytes = (size_t)c->size_bytes;
		memcpy(c->small, inode->i_block, c->small_bytes);
		return 0;
	}
	why = ext2fs_inline_data_size(x->lib, c->inode, &n);
	if (!why && n > EXT_INLINE_MAX)
		why = EXT2_ET_INLINE_DATA_NO_SPACE;
	if (!why)
		why = ext2fs_inline_data_get(x->lib, c->inode, inode, c->small, &n);
	if (why)
		n = 0;
	c->small_bytes = n < c->size_bytes ? n : (size_t)c->size_bytes;
	return why;
}

static errcode_t read_map(struct ext *x, struct ext2_inode *inode, uint64_t *reserved)
{
	struct ext_content *c = &x->content;

	*reserved = 0;
	c->count = 0;
	c->blocks = 0;
	c->is_small = false;
	if (c->size_bytes > INT64_MAX)
		return EXT2_ET_FILE_TOO_BIG;
	if (inode->i_flags & EXT4_INLINE_DATA_FL || ext2fs_is_fast_symlink(inode))
		return read_small(x, inode);
	if (inode->i_flags & EXT4_EXTENTS_FL)
		return add_extents(x, inode, reserved);
	return ext2fs_block_iterate3(x->lib, c->inode, BLOCK_FLAG_DATA_ONLY | BLOCK_FLAG_READ_ONLY,
				     NULL, add_block, x);
}

errcode_t ext_content_open(struct ext *x, ext2_ino_t ino, struct ext2_inode *inode, bool *sparse)
{
	struct ext_content *c = &x->content;
	uint64_t reserved;
	errcode_t why;

	c->inode = ino;
	c->size_bytes = EXT2_I_SIZE(inode);
	*sparse = false;
	why = read_map(x, inode, &reserved);
	c->sound = why != EXT2_ET_INODE_CSUM_INVALID && why != EXT2_ET_EXTENT_CSUM_INVALID &&
		   why != EXT2_ET_EXT_ATTR_CSUM_INVALID;
	if (!c->sound) {
		x->lib->flags |= EXT2_FLAG_IGNORE_CSUM_ERRORS;
		why = read_map(x, inode, &reserved);
		x->lib->flags &= ~EXT2_FLAG_IGNORE_CSUM_ERRORS;
	}
	if (why) {
		c->inode = 0;
		return why;
	}
	*sparse = !c->is_small && c->blocks + reserved < (c->size_bytes + x->lib->blocksize - 1) /
								 x->lib->blocksize;
	return 0;
}

/* The run that holds a block, or the next one behind it, or NULL. */
static const struct ext_run *find_run(const struct ext_content *c, uint64_t block)
{
	size_t low = 0, high = c->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (c->runs[middle].block + c->runs[middle].count <= block)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->count ? &c->runs[low] : NULL;
}

static bool content_read(struct ext *x, uint64_t offset, uint8_t *out, size_t len, struct error *e)
{
	const uint64_t size = x->lib->blocksize;
	struct ext_content *c = &x->content;

	if (c->is_small) {
		memset(out, 0, len);
		if (offset < c->small_bytes) {
			size_t n = c->small_bytes - (size_t)offset;

			memcpy(out, c->small + offset, n < len ? n : len);
		}
		return true;
	}
	while (len) {
		const struct ext_run *r = find_run(c, offset / size);
		uint64_t start = r ? r->block * size : UINT64_MAX;
		size_t n = len;

		if (offset < start) {
			if (start - offset < n)
				n = (size_t)(start - offset);
			memset(out, 0, n);
		} else {
			uint64_t inside = offset - start, left = r->count * size - inside;

			if (left < n)
				n = (size_t)left;
			if (!partition_source_read(x->source, x->first_byte + r->at * size + inside,
						   out, n, e))
				return false;
		}
		out += n;
		offset += n;
		len -= n;
	}
	return true;
}

static bool open_inode(struct ext *x, ext2_ino_t ino, struct error *e)
{
	struct ext2_inode_large inode;
	bool sparse, sound; /* the walk says if it is not */
	errcode_t why = ext_inode_read(x, ino, &inode, &sound);

	if (!why)
		why = ext_content_open(x, ino, (struct ext2_inode *)(void *)&inode, &sparse);
	return !why || ext_refuse(x, why, e, _("a file cannot be read"));
}

bool ext_read(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
	      void *buf, size_t len, size_t *got, struct error *e)
{
	struct ext *x = ext_of(f);

	*got = 0;
	if (x->content.inode != entry->id && !open_inode(x, (ext2_ino_t)entry->id, e))
		return false;
	if (offset >= x->content.size_bytes)
		return true;
	if (len > x->content.size_bytes - offset)
		len = (size_t)(x->content.size_bytes - offset);
	*got = len;
	return content_read(x, offset, buf, len, e);
}

bool ext_load(struct filesystem *f, const char *path, void *buf, size_t max, size_t *got,
	      bool *there, struct error *e)
{
	struct ext *x = ext_of(f);
	struct ext2_inode inode;
	ext2_ino_t ino;
	errcode_t why;

	ext_allow(x, EXT_FIND_BYTES);
	why = ext2fs_namei_follow(x->lib, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &ino);
	*got = 0;
	*there = false;
	if (why == EXT2_ET_FILE_NOT_FOUND || why == EXT2_ET_NO_DIRECTORY ||
	    why == EXT2_ET_SYMLINK_LOOP)
		return true;
	if (!why)
		why = ext2fs_read_inode(x->lib, ino, &inode);
	if (why)
		return ext_refuse(x, why, e, path);
	if (!LINUX_S_ISREG(inode.i_mode))
		return true;
	*there = true;
	struct filesystem_entry entry = { .id = ino };
	return ext_read(f, &entry, 0, buf, max, got, e);
}
