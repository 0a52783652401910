/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an image's partitions come to lie on a target (docs/formats/kimg.md#restoring). */
#include "lib/image/layout.h"

#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/image/layout_inside.h"

#define EXT_BLOCK_MIN 4096 /* with blocks as large as any sector, ext does not know of sectors */

/* Where partitions may lie, in bytes of the target. */
struct room {
	uint64_t first, end;
};

bool layout_missing(uint64_t bytes, struct error *e)
{
	char size[32];

	return error_set(e, ERROR_FAILED,
			 _("the target is too small for this image: %llu bytes (%s) are missing"),
			 bytes + 0ULL, size_words(size, sizeof(size), bytes));
}

static bool other_sector(const struct kimg_manifest *m, uint32_t sector_bytes, struct error *e)
{
	return error_set(
		e, ERROR_USAGE,
		_("the image is of a disk with sectors of %u bytes, the target has %u, and "
		  "not everything in it works there. Take a disk with the same"),
		m->sector_bytes, sector_bytes);
}

/* May the image go to sectors of another size? */
static bool sectors_go(const struct kimg_manifest *m, uint32_t sector_bytes, struct error *e)
{
	if (sector_bytes == m->sector_bytes)
		return true;
	if ((sector_bytes != 512 && sector_bytes != 4096) || m->table == KIMG_TABLE_MBR)
		return other_sector(m, sector_bytes, e);
	for (uint32_t i = 0; i < m->payload_count; i++) {
		const struct kimg_payload *p = &m->payloads[i];
		const struct kimg_partition *of = kimg_partition(m, p->partition);

		if (p->kind != KIMG_PAYLOAD_CATALOGUE &&
		    (p->kind != KIMG_PAYLOAD_PARTITION || !of || of->content != KIMG_CONTENT_EXT ||
		     of->block_bytes < EXT_BLOCK_MIN))
			return other_sector(m, sector_bytes, e);
	}
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (m->partitions[i].first_byte % sector_bytes ||
		    m->partitions[i].size_bytes % sector_bytes)
			return other_sector(m, sector_bytes, e);
	return true;
}

static bool room_of(const struct kimg_manifest *m, uint64_t target_bytes, uint32_t sector_bytes,
		    struct room *r, struct error *e)
{
	uint64_t table = (layout_entry_sectors(sector_bytes) + 1) * sector_bytes;

	*r = (struct room){ 0, target_bytes };
	if (m->table != KIMG_TABLE_GPT)
		return true;
	r->first = table + sector_bytes;
	if (target_bytes < r->first + table)
		return layout_missing(r->first + table - target_bytes, e);
	r->end = target_bytes - table;
	return true;
}

bool layout_resizes(const struct kimg_manifest *m, const struct kimg_partition *p)
{
	if (m->table != KIMG_TABLE_MBR)
		return m->table == KIMG_TABLE_GPT;
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (m->partitions[i].first_byte > p->first_byte)
			return false;
	return layout_mbr_ends_with(m, p);
}

static const struct kimg_partition *growing(const struct kimg_manifest *m)
{
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (m->partitions[i].flags & KIMG_GROWS)
			return layout_resizes(m, &m->partitions[i]) ? &m->partitions[i] : NULL;
	return NULL;
}

/* How much smaller, in whole MiB, so that `excess` bytes less are needed. */
static bool cut(const struct kimg_manifest *m, uint64_t excess, uint64_t *bytes, struct error *e)
{
	const struct kimg_partition *p = growing(m);
	uint64_t free_bytes = 0;

	if (p && p->smallest_bytes < p->size_bytes)
		free_bytes = (p->size_bytes - p->smallest_bytes) / LAYOUT_MIB * LAYOUT_MIB;
	/* A partition of nothing is none. */
	if (free_bytes && free_bytes == p->size_bytes)
		free_bytes -= LAYOUT_MIB;
	if (excess > free_bytes)
		return layout_missing(excess - free_bytes, e);
	*bytes = (excess + LAYOUT_MIB - 1) / LAYOUT_MIB * LAYOUT_MIB;
	return true;
}

/* The partition that may grow ends so much later or earlier; what lies behind it moves. */
static void resize(const struct kimg_manifest *m, uint64_t longer, uint64_t shorter,
		   struct layout *l)
{
	const struct kimg_partition *p = growing(m);

	l->moved = p && longer != shorter;
	for (uint32_t i = 0; l->moved && i < m->partition_count; i++) {
		struct layout_place *place = &l->partitions[i];

		if (&m->partitions[i] == p)
			place->size_bytes += longer - shorter;
		else if (place->first_byte > p->first_byte)
			place->first_byte += longer - shorter;
	}
}

static bool find_places(const struct kimg_manifest *m, const struct room *r, enum layout_fit fit,
			struct layout *l, struct error *e)
{
	uint64_t end = 0, shorter = 0, longer = 0;

	for (uint32_t i = 0; i < m->partition_count; i++) {
		const struct kimg_partition *p = &m->partitions[i];
		uint64_t last;

		if (!u64_add(p->first_byte, p->size_bytes, &last) || p->number < 1 ||
		    p->number > LAYOUT_ENTRIES || !p->size_bytes || p->first_byte < r->first)
			return error_set(
				e, ERROR_FAILED,
				_("partition %u begins where the target needs room for its "
				  "partition table: this image cannot go to it"),
				p->number);
		l->partitions[i] = (struct layout_place){ p->first_byte, p->size_bytes };
		end = last > end ? last : end;
	}
	if (end > r->end) {
		if (!cut(m, end - r->end, &shorter, e))
			return false;
	} else if (fit == LAYOUT_GROW) {
		if (!growing(m))
			return error_set(e, ERROR_USAGE,
					 _("the image has no partition that may grow. Leave out "
					   "--grow"));
		longer = (r->end - end) / LAYOUT_MIB * LAYOUT_MIB;
		/* Numbers in an MBR have 32 bits. */
		uint64_t most = m->table == KIMG_TABLE_MBR ? (uint64_t)UINT32_MAX * m->sector_bytes
							   : UINT64_MAX;
		if (end + longer > most)
			longer = end < most ? (most - end) / LAYOUT_MIB * LAYOUT_MIB : 0;
	}
	resize(m, longer, shorter, l);
	return true;
}

bool layout_make(const struct kimg_manifest *m, uint64_t target_bytes, uint32_t sector_bytes,
		 enum layout_fit fit, struct layout *l, struct error *e)
{
	struct room room;

	memset(l, 0, sizeof(*l));
	if (!sectors_go(m, sector_bytes, e))
		return false;
	target_bytes -= target_bytes % sector_bytes;
	if (!room_of(m, target_bytes, sector_bytes, &room, e) || !find_places(m, &room, fit, l, e))
		return false;
	if (m->table == KIMG_TABLE_GPT)
		layout_gpt(m, target_bytes, sector_bytes, l);
	return m->table != KIMG_TABLE_MBR || layout_mbr(m, target_bytes, l, e);
}

void layout_release(struct layout *l)
{
	text_release(&l->table);
	text_release(&l->backup);
}
