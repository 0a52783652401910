/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition tables made anew from a manifest: UEFI specification 2.10, sections 5.2 and 5.3. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/disk/partition.h"
#include "lib/image/layout_inside.h"

#define HEADER_BYTES 92u
#define MBR_ENTRY_AT 446u
#define MBR_ENTRIES 4
#define MBR_MAGIC_AT 510u
#define CHS_HEADS 255u
#define CHS_SECTORS 63u
#define CHS_CYLINDER_MAX 1023u

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

/* So many zeros behind what is there. */
static uint8_t *more(struct text *t, size_t bytes)
{
	static const char zeros[512];

	for (size_t left = bytes; left;) {
		size_t n = left < sizeof(zeros) ? left : sizeof(zeros);

		text_add_n(t, zeros, n);
		left -= n;
	}
	return (uint8_t *)t->s + t->len - bytes;
}

static void protective_mbr(const struct kimg_manifest *m, uint64_t sectors, uint8_t *sector)
{
	/* From 0/0/2 to what an entry cannot say. Active only where it was: UEFI wants it not to be, and
	 * the BIOS of some PCs starts no disk without an active entry. */
	const uint8_t entry[] = {
		m->active ? 0x80 : 0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff, 1
	};

	if (m->has_boot_code)
		memcpy(sector, m->boot_code, sizeof(m->boot_code));
	memcpy(sector + MBR_ENTRY_AT, entry, sizeof(entry));
	put(sector + MBR_ENTRY_AT + 12, sectors - 1 < UINT32_MAX ? sectors - 1 : UINT32_MAX, 4);
	sector[MBR_MAGIC_AT] = 0x55;
	sector[MBR_MAGIC_AT + 1] = 0xaa;
}

static void header(const struct kimg_manifest *m, uint64_t own, uint64_t other, uint64_t entries_at,
		   uint64_t sectors, uint32_t sector_bytes, const uint8_t *entries, uint8_t *h)
{
	static const uint8_t shape[] = { 'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T',
					 0,   0,   1,   0,   92,  0,   0,   0 };
	uint64_t entry_sectors = layout_entry_sectors(sector_bytes);

	memcpy(h, shape, sizeof(shape));
	put(h + 24, own, 8);
	put(h + 32, other, 8);
	put(h + 40, 2 + entry_sectors, 8);           /* the first sector for partitions */
	put(h + 48, sectors - 2 - entry_sectors, 8); /* and the last one */
	memcpy(h + 56, m->disk_id, sizeof(m->disk_id));
	put(h + 72, entries_at, 8);
	put(h + 80, LAYOUT_ENTRIES, 4);
	put(h + 84, LAYOUT_ENTRY_BYTES, 4);
	put(h + 88, gpt_crc32(0, entries, (size_t)LAYOUT_ENTRIES * LAYOUT_ENTRY_BYTES), 4);
	put(h + 16, gpt_crc32(0, h, HEADER_BYTES), 4);
}

static void entry(const struct kimg_partition *p, const struct layout_place *place,
		  uint32_t sector_bytes, uint8_t *out)
{
	memcpy(out, p->type, sizeof(p->type));
	memcpy(out + 16, p->id, sizeof(p->id));
	put(out + 32, place->first_byte / sector_bytes, 8);
	put(out + 40, (place->first_byte + place->size_bytes) / sector_bytes - 1, 8);
	put(out + 48, p->attributes, 8);
	memcpy(out + 56, p->name, sizeof(p->name));
}

void layout_gpt(const struct kimg_manifest *m, uint64_t target_bytes, uint32_t sector_bytes,
		struct layout *l)
{
	const size_t entries_bytes = (size_t)LAYOUT_ENTRIES * LAYOUT_ENTRY_BYTES;
	uint64_t sectors = target_bytes / sector_bytes;
	uint64_t backup = sectors - 1, backup_entries = backup - layout_entry_sectors(sector_bytes);
	uint8_t *mbr = more(&l->table, 2 * (size_t)sector_bytes + entries_bytes);
	uint8_t *entries = mbr + 2 * (size_t)sector_bytes;

	protective_mbr(m, sectors, mbr);
	for (uint32_t i = 0; i < m->partition_count; i++)
		entry(&m->partitions[i], &l->partitions[i], sector_bytes,
		      entries + (size_t)(m->partitions[i].number - 1) * LAYOUT_ENTRY_BYTES);
	header(m, 1, backup, 2, sectors, sector_bytes, entries, mbr + sector_bytes);
	l->backup_at = backup_entries * sector_bytes;
	text_add_n(&l->backup, (const char *)entries, entries_bytes);
	header(m, backup, 1, backup_entries, sectors, sector_bytes, entries,
	       more(&l->backup, sector_bytes));
}

/* An entry of an MBR that is in use. */
struct mbr_entry {
	uint64_t first, count; /* sectors */
};

static bool mbr_entry(const uint8_t *sector, uint32_t i, struct mbr_entry *out)
{
	struct reader r = reader_of(sector + MBR_ENTRY_AT + 16 * (size_t)i, 16);

	reader_skip(&r, 4);
	uint8_t type = reader_u8(&r);
	reader_skip(&r, 3);
	out->first = reader_le32(&r);
	out->count = reader_le32(&r);
	return type && out->count;
}

bool layout_mbr_ends_with(const struct kimg_manifest *m, const struct kimg_partition *p)
{
	struct mbr_entry own, other;

	if (!m->sector_count || p->number < 1 || p->number > MBR_ENTRIES ||
	    !mbr_entry(m->sectors[0].bytes, p->number - 1, &own) ||
	    own.first * m->sector_bytes != p->first_byte ||
	    own.count * m->sector_bytes != p->size_bytes)
		return false;
	for (uint32_t i = 0; i < MBR_ENTRIES; i++)
		if (i != p->number - 1 && mbr_entry(m->sectors[0].bytes, i, &other) &&
		    other.first + other.count > own.first)
			return false;
	return true;
}

/* The entry of a partition that got another size. Its end is there twice: in the geometry that all
 * programs assume, too, which ends at 8 GB. */
static void resize_entry(uint8_t *sector, uint32_t number, const struct layout_place *place,
			 uint32_t sector_bytes)
{
	uint8_t *e = sector + MBR_ENTRY_AT + 16 * (size_t)(number - 1);
	uint64_t last = (place->first_byte + place->size_bytes) / sector_bytes - 1;
	uint64_t cylinder = last / (CHS_HEADS * CHS_SECTORS);

	e[5] = (uint8_t)(last / CHS_SECTORS % CHS_HEADS);
	e[6] = (uint8_t)(last % CHS_SECTORS + 1 + (cylinder >> 2 & 0xc0));
	e[7] = (uint8_t)cylinder;
	if (cylinder > CHS_CYLINDER_MAX)
		memcpy(e + 5, "\xfe\xff\xff", 3);
	put(e + 12, place->size_bytes / sector_bytes, 4);
}

bool layout_mbr(const struct kimg_manifest *m, uint64_t target_bytes, struct layout *l,
		struct error *e)
{
	const uint32_t sector = m->sector_bytes;
	struct mbr_entry entry;
	uint64_t end = 0;

	for (uint32_t i = 0; i < m->sector_count; i++)
		if (m->sectors[i].first_byte + sector > end)
			end = m->sectors[i].first_byte + sector;
	if (!m->sector_count || m->sectors[0].first_byte != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image has an MBR but not the disk's first sector"));
	text_add_n(&l->table, (const char *)m->sectors[0].bytes, sector);
	uint8_t *table = (uint8_t *)l->table.s;
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (l->partitions[i].size_bytes != m->partitions[i].size_bytes)
			resize_entry(table, m->partitions[i].number, &l->partitions[i], sector);
	/* The extended partition is no record of its own and may end behind the last one. */
	for (uint32_t i = 0; i < MBR_ENTRIES; i++)
		if (mbr_entry(table, i, &entry) && (entry.first + entry.count) * sector > end)
			end = (entry.first + entry.count) * sector;
	return end <= target_bytes || layout_missing(end - target_bytes, e);
}
