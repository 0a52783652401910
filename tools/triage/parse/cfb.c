/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compound files: header, allocation table, directory, small streams within a large one. */
#include "triage/parse/cfb.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define END_OF_CHAIN 0xfffffffeu
#define NO_SECTOR 0xffffffffu
#define NO_ENTRY 0xffffffffu
#define SECTOR_MAX 0xfffffffau /* numbers from here on are none */
#define HEADER_FATS 109u
#define HEADER_FATS_AT 76u
#define ENTRY_BYTES 128u
#define NAME_BYTES 64u
#define MINI_BYTES 64u
#define READ_FACTOR 4u /* how often a file may be read */

/* What lies in sector n, or fewer bytes at the end of the file. */
static struct reader sector(const struct cfb *c, uint32_t n)
{
	struct reader r = c->file;

	if (n >= c->sectors)
		return (struct reader){ 0 };
	reader_skip(&r, ((size_t)n + 1) * c->sector_bytes);
	return reader_sub(&r, r.left < c->sector_bytes ? r.left : c->sector_bytes);
}

/* The sector that follows n in its chain. */
static uint32_t next_sector(const struct cfb *c, uint32_t n)
{
	const uint32_t per_sector = c->sector_bytes / 4;

	if (n / per_sector >= c->fat_count)
		return NO_SECTOR;
	struct reader r = sector(c, c->fat_sectors[n / per_sector]);
	reader_skip(&r, (size_t)(n % per_sector) * 4);
	uint32_t next = reader_le32(&r);
	return r.bad ? NO_SECTOR : next;
}

/* Note that a chain goes through n. False: one did already, if it is not this one that comes back. */
static bool take(uint8_t *taken, uint32_t n)
{
	bool is_first = !(taken[n / 8] & 1u << n % 8);

	taken[n / 8] |= (uint8_t)(1u << n % 8);
	return is_first;
}

/* A chain of sectors: at most `limit` bytes of it, and no more sectors than there are, so a loop ends. *last
 * is what ended it, if it is shorter. */
static uint8_t *read_chain(struct cfb *c, uint32_t start, uint64_t limit, size_t *len,
			   uint32_t *last)
{
	size_t capacity = 0, most = (size_t)c->sectors * c->sector_bytes;
	bool is_shared = false;
	uint8_t *out = NULL;

	most = limit < most ? (size_t)limit : most;
	most = c->left < most ? c->left : most;
	*len = 0;
	*last = start;
	for (; *len < most; *last = next_sector(c, *last)) {
		struct reader r = sector(c, *last);
		size_t bytes = r.left < most - *len ? r.left : most - *len;

		if (!bytes)
			break;
		bool is_first = take(c->taken, *last);
		is_shared |= !is_first;
		if (!is_first && !c->directory) /* what loops there makes no more entries */
			break;
		mem_grow(&out, &capacity, *len + bytes, 1);
		memcpy(out + *len, r.at, bytes);
		*len += bytes;
	}
	if (is_shared)
		parse_problem(c->problems, ((uint64_t)start + 1) * c->sector_bytes,
			      N_("two chains lead through the same sectors"));
	c->left -= *len;
	return out;
}

/* Where the allocation table lies: 109 numbers in the header, others in a chain of their own. */
static void find_fat(struct cfb *c, uint32_t count, uint32_t more)
{
	const uint32_t per_sector = c->sector_bytes / 4 - 1;
	struct reader r = c->file;

	if (count > c->sectors) {
		parse_problem(c->problems, HEADER_FATS_AT,
			      N_("the allocation table is not all there"));
		count = c->sectors;
	}
	c->fat_sectors = mem_array((size_t)count + 1, sizeof(*c->fat_sectors));
	reader_skip(&r, HEADER_FATS_AT);
	while (c->fat_count < count && c->fat_count < HEADER_FATS)
		c->fat_sectors[c->fat_count++] = reader_le32(&r);
	while (c->fat_count < count && more < SECTOR_MAX) {
		r = sector(c, more);
		if (r.left < c->sector_bytes)
			break;
		for (uint32_t i = 0; i < per_sector && c->fat_count < count; i++)
			c->fat_sectors[c->fat_count++] = reader_le32(&r);
		more = reader_le32(&r);
	}
	if (c->fat_count < count)
		parse_problem(c->problems, HEADER_FATS_AT,
			      N_("the allocation table is not all there"));
}

static void open_mini(struct cfb *c, uint32_t start)
{
	struct cfb_entry root;
	uint32_t last;

	if (!cfb_entry(c, 0, &root))
		return;
	if (root.type != CFB_ROOT)
		parse_problem(c->problems, 0, N_("the directory does not begin with its root"));
	c->mini_fat = read_chain(c, start, c->file.left, &c->mini_fat_bytes, &last);
	c->mini = read_chain(c, root.start, root.size_bytes, &c->mini_bytes, &last);
	c->mini_taken = mem_alloc(c->mini_bytes / MINI_BYTES / 8 + 1);
}

/* Whether all neighbours that its entries tell of are there: it has no size of its own. */
static bool is_directory_whole(const struct cfb *c)
{
	for (size_t i = 0; i < c->entries; i++) {
		struct reader r = reader_of(c->directory + i * ENTRY_BYTES, ENTRY_BYTES);

		reader_skip(&r, NAME_BYTES + 2);
		unsigned type = reader_u8(&r);
		reader_skip(&r, 1);
		for (size_t k = 0; type && k < 3; k++) {
			uint32_t neighbour = reader_le32(&r);

			if (neighbour != NO_ENTRY && neighbour >= c->entries)
				return false;
		}
	}
	return true;
}

bool cfb_open(const uint8_t *bytes, size_t len, struct cfb *c,
	      const struct parse_problems *problems, struct error *e)
{
	struct reader r = reader_of(bytes, len);

	*c = (struct cfb){ .file = r, .left = READ_FACTOR * len, .problems = problems };
	const uint8_t *magic = reader_take(&r, 8);
	reader_skip(&r, 18);
	unsigned version = reader_le16(&r), order = reader_le16(&r), shift = reader_le16(&r);
	reader_skip(&r, 12);
	uint32_t fat_count = reader_le32(&r), directory = reader_le32(&r);
	reader_skip(&r, 4);
	c->mini_cutoff = reader_le32(&r);
	uint32_t mini_fat = reader_le32(&r);
	reader_skip(&r, 4);
	uint32_t more = reader_le32(&r);
	if (!magic || r.bad || memcmp(magic, CFB_MAGIC, 8) != 0 || order != 0xfffe)
		return error_set(e, ERROR_UNTRUSTED, _("this is no compound file"));
	if (!(version == 3 && shift == 9) && !(version == 4 && shift == 12))
		return error_set(e, ERROR_UNTRUSTED, _("version %u of compound files is not known"),
				 version);
	c->sector_bytes = 1u << shift;
	/* A last sector may be cut off. */
	size_t behind = len > c->sector_bytes ? len - c->sector_bytes : 0;
	c->sectors = (uint32_t)((behind + c->sector_bytes - 1) / c->sector_bytes);
	c->taken = mem_alloc(c->sectors / 8 + 1);
	find_fat(c, fat_count, more);
	c->directory = read_chain(c, directory, c->file.left, &c->directory_bytes, &directory);
	c->entries = c->directory_bytes / ENTRY_BYTES;
	if (!c->entries)
		return error_set(e, ERROR_UNTRUSTED, _("the compound file is damaged"));
	if (directory != END_OF_CHAIN || !is_directory_whole(c))
		parse_problem(problems, 48, N_("the directory is not all there"));
	if (version == 3) /* the upper half of sizes is rubbish there */
		for (size_t i = 0; i < c->entries; i++)
			memset(c->directory + i * ENTRY_BYTES + 124, 0, 4);
	open_mini(c, mini_fat);
	return true;
}

void cfb_release(struct cfb *c)
{
	free(c->fat_sectors);
	free(c->directory);
	free(c->mini_fat);
	free(c->mini);
	free(c->taken);
	free(c->mini_taken);
	*c = (struct cfb){ 0 };
}

bool cfb_entry(const struct cfb *c, size_t i, struct cfb_entry *entry)
{
	if (i >= c->entries)
		return false;
	struct reader r = reader_of(c->directory + i * ENTRY_BYTES, ENTRY_BYTES);
	struct reader name = reader_sub(&r, NAME_BYTES);

	reader_skip(&r, 2);
	*entry = (struct cfb_entry){ .name = words_ended(&name, true), .type = reader_u8(&r) };
	reader_skip(&r, 33); /* colour, three neighbours, class, state */
	entry->created = reader_le64(&r);
	entry->modified = reader_le64(&r);
	entry->start = reader_le32(&r);
	entry->size_bytes = reader_le64(&r);
	return true;
}

/* A chain of pieces of 64 bytes. */
static uint8_t *read_mini(struct cfb *c, uint32_t start, size_t limit, size_t *len)
{
	size_t most = c->mini_bytes < limit ? c->mini_bytes : limit;
	bool is_shared = false;

	most = c->left < most ? c->left : most;
	uint8_t *out = mem_alloc(most + 1);
	*len = 0;
	for (uint32_t n = start; *len < most && n < SECTOR_MAX;) {
		struct reader from = reader_of(c->mini, c->mini_bytes);
		struct reader table = reader_of(c->mini_fat, c->mini_fat_bytes);

		reader_skip(&from, (size_t)n * MINI_BYTES);
		size_t bytes = from.left < MINI_BYTES ? from.left : MINI_BYTES;
		bytes = bytes < most - *len ? bytes : most - *len;
		const uint8_t *piece = reader_take(&from, bytes);
		if (!piece || !bytes)
			break;
		is_shared |= !take(c->mini_taken, n);
		memcpy(out + *len, piece, bytes);
		*len += bytes;
		reader_skip(&table, (size_t)n * 4);
		n = reader_le32(&table);
		if (table.bad)
			break;
	}
	if (is_shared)
		parse_problem(c->problems, 0, N_("two chains lead through the same sectors"));
	c->left -= *len;
	return out;
}

uint8_t *cfb_read(struct cfb *c, const struct cfb_entry *entry, size_t *len)
{
	uint32_t last;
	uint8_t *out = entry->size_bytes < c->mini_cutoff
			       ? read_mini(c, entry->start, (size_t)entry->size_bytes, len)
			       : read_chain(c, entry->start, entry->size_bytes, len, &last);

	if (*len < entry->size_bytes)
		parse_problem(c->problems, ((uint64_t)entry->start + 1) * c->sector_bytes,
			      N_("a stream is not all there"));
	return out ? out : mem_alloc(1);
}
