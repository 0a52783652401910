/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_NTFS_H
#define LIB_NTFS_NTFS_H

#include "lib/disk/filesystem.h"

/*
 * NTFS, read and never written: docs/formats/ntfs.md. For volumes that somebody else may
 * have written: every read lies inside the volume, memory and time are bounded by its size.
 *
 * The source is copied, what its ctx points to is borrowed until close(). NULL with e:
 * ERROR_UNTRUSTED if it is no NTFS or too damaged to be read at all.
 *
 * Beyond filesystem.h: an entry of several names comes once for each, all of one id one
 * after another, so that its content need not be read twice. Content that WOF packed is
 * unpacked, where it lies in the file itself; what is encrypted (its flag says so) and that of
 * FILESYSTEM_UNREADABLE is refused by read(). What no folder holds is passed as "$Orphans/RECORD/NAME", unreadable.
 */
struct filesystem *ntfs_open(const struct partition_source *s, uint64_t first_byte,
			     uint64_t size_bytes, struct error *e);
/* Also a volume of whose MFT not all is found, since its own record, its attribute list or a record that extends
 * it is damaged: *lost says how much then. For who wants what is there, not for who wants all. */
struct filesystem *ntfs_open_damaged(const struct partition_source *s, uint64_t first_byte,
				     uint64_t size_bytes, struct error *lost, struct error *e);

#endif
