/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What deleted files left in the tables of inodes. */
#include "lib/base/language.h"
#include "lib/disk/ext_inside.h"

static bool hand_over(struct ext *x, ext2_ino_t ino, const struct ext2_inode_large *i, bool sound,
		      bool (*each)(void *ctx, const struct ext_deleted *d, struct error *e),
		      void *ctx, struct error *e)
{
	struct ext_deleted d = { .inode = ino };

	if (ino < EXT2_FIRST_INO(x->lib->super) || i->i_links_count || !i->i_mode)
		return true;
	/* Deleted while it was open: until it is closed, the time's place has the next such inode. The last one has
	 * nothing there, nor has any where a file lists them (orphan_file). */
	d.is_orphan = i->i_dtime <= x->lib->super->s_inodes_count;
	d.deleted = i->i_dtime; /* without the bits for after 2106 that other times have */
	d.entry = (struct filesystem_entry){
		.path = "",
		.type = 'o',
		.id = ino,
		.mode = i->i_mode,
		.uid = inode_uid(*i),
		.gid = inode_gid(*i),
		.size_bytes = EXT2_I_SIZE(i),
		.flags = sound ? 0 : FILESYSTEM_DAMAGED,
	};
	x->fs.damaged += !sound;
	if (LINUX_S_ISDIR(i->i_mode))
		d.entry.type = 'd';
	else if (LINUX_S_ISREG(i->i_mode))
		d.entry.type = 'f';
	else if (LINUX_S_ISLNK(i->i_mode))
		d.entry.type = 'l';
	ext_times(i, EXT2_INODE_SIZE(x->lib->super), &d.entry);
	return each(ctx, &d, e);
}

bool ext_each_deleted(struct filesystem *f,
		      bool (*each)(void *ctx, const struct ext_deleted *d, struct error *e),
		      void *ctx, struct error *e)
{
	struct ext *x = ext_of(f);
	struct ext2_inode_large large = { 0 };
	struct ext2_inode *inode = (struct ext2_inode *)(void *)&large;
	ext2_inode_scan scan;
	ext2_ino_t ino = 0;
	bool good = true;

	/* The tables lie within the volume, and each is read once. */
	ext_allow(x, x->size_bytes + EXT_FIND_BYTES);
	errcode_t why = ext2fs_open_inode_scan(x->lib, 0, &scan);
	if (why)
		return ext_refuse(x, why, e, _("its inodes"));
	for (;;) {
		why = ext2fs_get_next_inode_full(scan, &ino, inode, sizeof(large));
		const bool sound = why != EXT2_ET_INODE_CSUM_INVALID;

		if (why == EXT2_ET_BAD_BLOCK_IN_INODE_TABLE) { /* its list of bad blocks has it */
			x->fs.damaged++;
			continue;
		}
		if ((why && sound) || !ino)
			break;
		good = hand_over(x, ino, &large, sound, each, ctx, e);
		if (!good)
			break;
	}
	ext2fs_close_inode_scan(scan);
	return good && (!why || ext_refuse(x, why, e, _("its inodes")));
}
