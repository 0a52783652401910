/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes of a disk that has lost its partition table. */
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/le.h"
#include "lib/disk/partition.h"

#define MIB ((uint64_t)1 << 20) /* where tools since 2007 let partitions begin */
/* Where those before did: at a cylinder of 255 heads, or one track of 63 sectors behind, as the first one and logical
 * ones do. */
#define TRACK_SECTORS 63u
#define CYLINDER_SECTORS (255u * TRACK_SECTORS)
#define UNREADABLE_PLACES 64u /* what a place counts that cannot be read: that takes long */
#define HEAD_BYTES 4096u
#define SECTOR_MAX 4096u
#define PIECE_BYTES 64u
#define NTFS_SHIFT 0x80u /* from here on the size of a cluster is a power, below zero */

/* The next place behind `at` at which a volume may begin. */
static uint64_t next_place(const struct partition_source *s, uint64_t at)
{
	const uint64_t track = (uint64_t)TRACK_SECTORS * s->sector_bytes,
		       cylinder = (uint64_t)CYLINDER_SECTORS * s->sector_bytes,
		       next_cylinder = (at / cylinder + 1) * cylinder;
	uint64_t next = (at / MIB + 1) * MIB;

	if (next > next_cylinder)
		next = next_cylinder;
	if (at % cylinder < track && next > at - at % cylinder + track)
		next = at - at % cylinder + track;
	return next;
}

/* Say what begins there and how large it is. False: nothing does. A signature of two bytes, as ext has it, stands
 * anywhere by chance, so the size has to fit, too. */
static bool look_at(const struct partition_source *s, uint64_t at, struct partition *p,
		    unsigned *places)
{
	const uint64_t left = s->size_bytes - at;
	struct error quiet = { 0 };
	const char *content = content_probe(s, at, left, &quiet);

	*places += content ? 1 : UNREADABLE_PLACES;
	if (!content || !*content)
		return false;
	*p = (struct partition){ .first_byte = at, .type = "", .content = content };
	p->size_bytes = content_bytes(s, at, left, content);
	if (strcmp(content, "ntfs") == 0 && p->size_bytes) {
		/* The end of an image may be cut off. */
		p->size_bytes = p->size_bytes < left ? p->size_bytes + s->sector_bytes : left;
		if (p->size_bytes > left)
			p->size_bytes = left;
		return true;
	}
	if (strncmp(content, "ext", 3) != 0 && strcmp(content, "vfat") != 0)
		return true;
	return p->size_bytes && p->size_bytes <= left;
}

/* A few bytes of what begins at `first`, read by whole sectors. */
static bool peek(const struct partition_source *s, uint64_t first, uint64_t at,
		 uint8_t out[PIECE_BYTES])
{
	uint8_t b[2 * SECTOR_MAX];
	struct error quiet = { 0 };
	uint64_t where;

	if (s->sector_bytes > SECTOR_MAX || !u64_add(first, at, &where))
		return false;
	const size_t inside = (size_t)(where % s->sector_bytes);
	const size_t len =
		(inside + PIECE_BYTES + s->sector_bytes - 1) / s->sector_bytes * s->sector_bytes;
	if (!partition_source_read(s, where - inside, b, len, &quiet))
		return false;
	memcpy(out, b + inside, PIECE_BYTES);
	return true;
}

/* The place in the volume, in bytes, of what it says by which unit; false: too far to be. */
static bool peek_unit(const struct partition_source *s, uint64_t first, uint64_t unit,
		      uint64_t count, uint64_t more, uint8_t out[PIECE_BYTES])
{
	uint64_t at;

	return u64_mul(unit, count, &at) && u64_add(at, more, &at) && peek(s, first, at, out);
}

/*
 * Is there more of a volume than its beginning? That of one which was there before stays behind where what was
 * made later begins elsewhere, and says a size that hides all of that. NTFS has a list of files, a FAT repeats
 * the kind of medium, ext has a root.
 */
static bool has_more(const struct partition_source *s, const struct partition *p)
{
	const uint64_t first = p->first_byte;
	uint8_t b[HEAD_BYTES], piece[PIECE_BYTES];
	struct error quiet = { 0 };

	if (!partition_source_read(s, first, b, sizeof(b), &quiet))
		return false;
	if (strcmp(p->content, "ntfs") == 0) {
		const uint64_t sectors = b[13] <= NTFS_SHIFT ? b[13]
							     : UINT64_C(1) << ((256 - b[13]) & 31);

		return peek_unit(s, first, le16(b + 11) * sectors, le64(b + 48), 0, piece) &&
		       (memcmp(piece, "FILE", 4) == 0 || memcmp(piece, "BAAD", 4) == 0);
	}
	if (strcmp(p->content, "vfat") == 0)
		return peek_unit(s, first, le16(b + 11), le16(b + 14), 0, piece) &&
		       piece[0] == b[21];
	const uint8_t *super = b + 1024;
	const uint64_t block = UINT64_C(1024) << (le32(super + 24) & 31);
	const uint64_t inode_bytes = le32(super + 76) ? le16(super + 88) : 128;
	return peek_unit(s, first, block, le32(super + 20) + UINT64_C(1), 0, piece) &&
	       peek_unit(s, first, block, le32(piece + 8), inode_bytes, piece) &&
	       (le16(piece) & 0xf000) == 0x4000;
}

void partition_search(const struct partition_source *s, struct partition_table *t)
{
	struct partition *open = NULL; /* the one before, if it did not say how large it is */
	struct partition found;
	uint64_t at = next_place(s, 0);

	for (unsigned places = 0; at < s->size_bytes && places < SEARCH_PLACES;) {
		if (!look_at(s, at, &found, &places)) {
			at = next_place(s, at);
			continue;
		}
		if (open)
			open->size_bytes = at - open->first_byte;
		struct partition *p = partition_next(t);
		if (!p)
			return;
		found.number = (unsigned)t->count;
		*p = found;
		t->flags |= TABLE_SEARCHED;
		open = p->size_bytes ? NULL : p;
		at = next_place(s, open || !has_more(s, p) ? at : at + p->size_bytes - 1);
	}
	if (open)
		open->size_bytes = s->size_bytes - open->first_byte;
}
