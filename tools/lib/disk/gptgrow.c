/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GPT made larger: UEFI specification 2.10, section 5.3. */
#include "lib/disk/gptgrow.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/disk/partition.h"

#define SECTOR 512u
#define ENTRIES 128u
#define ENTRY_BYTES 128u
#define TABLE_SECTORS (ENTRIES * ENTRY_BYTES / SECTOR)
#define MIB_SECTORS 2048u
#define HEADER_BYTES 92u
#define PROTECTIVE_AT 446u /* the first entry of the MBR */

/* Offsets in a header. */
enum {
	AT_CRC = 16,
	AT_OWN = 24,
	AT_OTHER = 32,
	AT_LAST_USABLE = 48,
	AT_ENTRIES = 72,
	AT_ENTRIES_CRC = 88,
};
/* And in an entry. */
enum { AT_FIRST = 32, AT_LAST = 40 };

static uint64_t get64(const uint8_t *p)
{
	struct reader r = reader_of(p, 8);

	return reader_le64(&r);
}

static uint32_t get32(const uint8_t *p)
{
	struct reader r = reader_of(p, 4);

	return reader_le32(&r);
}

static void put(uint8_t *p, uint64_t value, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void seal(uint8_t *header, const uint8_t *entries)
{
	put(header + AT_ENTRIES_CRC, gpt_crc32(0, entries, (size_t)ENTRIES * ENTRY_BYTES), 4);
	put(header + AT_CRC, 0, 4);
	put(header + AT_CRC, gpt_crc32(0, header, HEADER_BYTES), 4);
}

/* One copy of the table: header sector and entries. False if it is not whole and ours. */
static bool read_copy(const struct gpt_device *d, uint64_t lba, uint8_t header[SECTOR],
		      uint8_t *entries)
{
	static const uint8_t shape[] = { 'E', 'F', 'I', ' ', 'P', 'A', 'R', 'T',
					 0,   0,   1,   0,   92,  0,   0,   0 };
	uint8_t blank[SECTOR];
	struct error e = { 0 };

	if (!d->read(d->ctx, lba * SECTOR, header, SECTOR, &e) ||
	    memcmp(header, shape, sizeof(shape)) != 0 || get64(header + AT_OWN) != lba ||
	    get32(header + 80) != ENTRIES || get32(header + 84) != ENTRY_BYTES)
		return false;
	memcpy(blank, header, SECTOR);
	put(blank + AT_CRC, 0, 4);
	if (gpt_crc32(0, blank, HEADER_BYTES) != get32(header + AT_CRC))
		return false;
	uint64_t at = get64(header + AT_ENTRIES);
	return at == (lba == 1 ? 2 : lba - TABLE_SECTORS) &&
	       d->read(d->ctx, at * SECTOR, entries, (size_t)TABLE_SECTORS * SECTOR, &e) &&
	       gpt_crc32(0, entries, (size_t)ENTRIES * ENTRY_BYTES) ==
		       get32(header + AT_ENTRIES_CRC);
}

static bool is_used(const uint8_t *entry)
{
	static const uint8_t unused[16];

	return memcmp(entry, unused, sizeof(unused)) != 0;
}

/* Where partition `number` ends in the new table, as its last sector. */
static bool new_end(const uint8_t *entries, unsigned number, uint64_t last_usable, uint64_t *last,
		    struct error *e)
{
	const uint8_t *own = entries + (size_t)(number ? number - 1 : 0) * ENTRY_BYTES;

	if (number && (!is_used(own) || get64(own + AT_FIRST) > get64(own + AT_LAST)))
		return error_set(e, ERROR_UNTRUSTED, N_("the stick has no data partition"));
	for (unsigned i = 0; i < ENTRIES; i++) {
		const uint8_t *entry = entries + (size_t)i * ENTRY_BYTES;

		if (is_used(entry) && get64(entry + AT_LAST) > last_usable)
			return error_set(
				e, ERROR_UNTRUSTED,
				N_("the stick is smaller than its partition table says: do not use it"));
		if (number && i + 1 != number && is_used(entry) &&
		    get64(entry + AT_LAST) >= get64(own + AT_FIRST))
			return error_set(e, ERROR_UNTRUSTED,
					 N_("the stick's data partition is not its last one"));
	}
	uint64_t end = (last_usable + 1) / MIB_SECTORS * MIB_SECTORS;
	*last = get64(own + AT_LAST);
	if (number && end > *last + 1)
		*last = end - 1;
	return true;
}

bool gpt_growth_plan(const struct gpt_device *d, unsigned number, struct gpt_growth *g,
		     struct error *e)
{
	uint64_t sectors = d->size_bytes / SECTOR, last = 0;
	uint8_t *mbr = g->table, *header = g->table + SECTOR, *entries = header + SECTOR;
	uint8_t *second = g->backup + (size_t)TABLE_SECTORS * SECTOR;
	uint8_t before[sizeof(g->table)], behind[sizeof(g->backup)];

	if (sectors < 2 * (TABLE_SECTORS + MIB_SECTORS) || number > ENTRIES)
		return error_set(e, ERROR_UNTRUSTED, N_("the stick has no data partition"));
	uint64_t backup = sectors - 1, last_usable = backup - TABLE_SECTORS - 1;
	g->backup_byte = (backup - TABLE_SECTORS) * SECTOR;
	if (!d->read(d->ctx, 0, before, sizeof(before), e) ||
	    !d->read(d->ctx, g->backup_byte, behind, sizeof(behind), e))
		return false;
	if (!read_copy(d, 1, header, entries) && !read_copy(d, backup, header, entries))
		return error_set(e, ERROR_UNTRUSTED,
				 N_("both partition tables of the stick are damaged"));
	if (!new_end(entries, number, last_usable, &last, e))
		return false;
	memcpy(mbr, before, SECTOR);
	uint64_t covered = sectors - 1 < UINT32_MAX ? sectors - 1 : UINT32_MAX;
	put(mbr + PROTECTIVE_AT + 12, covered, 4);
	uint8_t *entry = entries + (size_t)(number ? number - 1 : 0) * ENTRY_BYTES;
	put(entry + AT_LAST, last, 8);
	put(header + AT_OWN, 1, 8);
	put(header + AT_OTHER, backup, 8);
	put(header + AT_LAST_USABLE, last_usable, 8);
	put(header + AT_ENTRIES, 2, 8);
	seal(header, entries);
	memcpy(g->backup, entries, (size_t)TABLE_SECTORS * SECTOR);
	memcpy(second, header, SECTOR);
	put(second + AT_OWN, backup, 8);
	put(second + AT_OTHER, 1, 8);
	put(second + AT_ENTRIES, backup - TABLE_SECTORS, 8);
	seal(second, entries);
	g->first_byte = get64(entry + AT_FIRST) * SECTOR;
	g->size_bytes = (last + 1) * SECTOR - g->first_byte;
	g->needed = memcmp(before, g->table, sizeof(before)) != 0 ||
		    memcmp(behind, g->backup, sizeof(behind)) != 0;
	return true;
}

bool gpt_growth_write(const struct gpt_device *d, const struct gpt_growth *g, struct error *e)
{
	return d->write(d->ctx, g->backup_byte, g->backup, sizeof(g->backup), e) &&
	       d->flush(d->ctx, e) && d->write(d->ctx, 0, g->table, sizeof(g->table), e) &&
	       d->flush(d->ctx, e);
}
