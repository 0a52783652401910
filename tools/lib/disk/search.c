/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Volumes of a disk that has lost its partition table. */
#include <string.h>

#include "lib/disk/partition.h"

#define MIB ((uint64_t)1 << 20) /* where tools since 2007 let partitions begin */
/* Where those before did: at a cylinder of 255 heads, or one track of 63 sectors behind, as the first one and logical
 * ones do. */
#define TRACK_SECTORS 63u
#define CYLINDER_SECTORS (255u * TRACK_SECTORS)
#define UNREADABLE_PLACES 64u /* what a place counts that cannot be read: that takes long */

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
		at = next_place(s, open ? at : at + p->size_bytes - 1);
	}
	if (open)
		open->size_bytes = s->size_bytes - open->first_byte;
}
