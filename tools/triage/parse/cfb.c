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
#define MINI_CUTOFF 4096u /* smaller streams lie in the root's: the only number that there is */
#define MINI_CUTOFF_AT 56u
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

/* Where a byte of it lies in the file; behind its end, where the next would lie if it went on there. */
static uint64_t place(const struct cfb_content *content, uint64_t offset)
{
	const struct cfb *c = content->cfb;
	const uint32_t piece_bytes = content->is_small ? MINI_BYTES : c->sector_bytes;

	if (!content->len)
		return 0;
	uint64_t last = (content->len - 1) / piece_bytes, nth = offset / piece_bytes;
	nth = nth < last ? nth : last;
	uint64_t number = content->pieces[nth], within = offset - nth * piece_bytes;
	return content->is_small ? place(&c->mini, number * MINI_BYTES + within)
				 : (number + 1) * c->sector_bytes + within;
}

static void report_at_place(void *ctx, uint64_t offset, const char *what)
{
	const struct cfb_content *content = ctx;

	parse_problem(content->cfb->problems, place(content, offset), what);
}

static void add_piece(struct cfb_content *content, uint32_t number, const uint8_t *bytes,
		      size_t count, size_t capacity[2], uint32_t piece_bytes)
{
	size_t n = content->len / piece_bytes;

	mem_grow(&content->bytes, &capacity[0], content->len + count, 1);
	mem_grow(&content->pieces, &capacity[1], n + 1, sizeof(*content->pieces));
	memcpy(content->bytes + content->len, bytes, count);
	content->pieces[n] = number;
	content->len += count;
}

/* A chain of sectors: at most `limit` bytes of it, and no more sectors than there are, so a loop ends. *last
 * is what ended it, if it is shorter. */
static void read_chain(struct cfb *c, uint32_t start, uint64_t limit, struct cfb_content *content,
		       uint32_t *last)
{
	size_t capacity[2] = { 0 }, most = (size_t)c->sectors * c->sector_bytes;
	bool is_shared = false;

	most = limit < most ? (size_t)limit : most;
	most = c->left < most ? c->left : most;
	*content = (struct cfb_content){ .cfb = c };
	*last = start;
	for (; content->len < most; *last = next_sector(c, *last)) {
		struct reader r = sector(c, *last);
		size_t bytes = most - content->len;

		bytes = r.left < bytes ? r.left : bytes;
		if (!bytes)
			break;
		bool is_first = take(c->taken, *last);
		is_shared |= !is_first;
		if (!is_first && content == &c->directory) /* a loop makes no more entries */
			break;
		add_piece(content, *last, r.at, bytes, capacity, c->sector_bytes);
	}
	if (is_shared)
		parse_problem(c->problems, ((uint64_t)start + 1) * c->sector_bytes,
			      N_("two chains lead through the same sectors"));
	c->left -= content->len;
}

/* Where the allocation table lies: 109 numbers in the header, others in a chain of their own. */
static void find_fat(struct cfb *c, uint32_t count, uint32_t more)
{
	const uint32_t per_sector = c->sector_bytes / 4 - 1;
	struct reader r = c->file, in_header = r;
	uint32_t listed = 0;

	/* The header has the count twice: in a number, and by what of its list is none. */
	reader_skip(&in_header, HEADER_FATS_AT);
	while (listed < HEADER_FATS && reader_le32(&in_header) < c->sectors)
		listed++;
	if (count > c->sectors || count < listed) {
		parse_problem(c->problems, HEADER_FATS_AT,
			      N_("the allocation table is not all there"));
		count = count < listed ? listed : c->sectors;
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
		parse_problem(c->problems, cfb_entry_place(c, 0),
			      N_("the directory does not begin with its root"));
	read_chain(c, start, c->file.left, &c->mini_fat, &last);
	read_chain(c, root.start, root.size_bytes, &c->mini, &last);
	c->mini_taken = mem_alloc(c->mini.len / MINI_BYTES / 8 + 1);
}

/* Whether all neighbours that its entries tell of are there: it has no size of its own. */
static bool is_directory_whole(const struct cfb *c)
{
	for (size_t i = 0; i < c->entries; i++) {
		struct reader r = reader_of(c->directory.bytes + i * ENTRY_BYTES, ENTRY_BYTES);

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
	uint32_t cutoff = reader_le32(&r);
	uint32_t mini_fat = reader_le32(&r);
	reader_skip(&r, 4);
	uint32_t more = reader_le32(&r);
	if (!magic || r.bad || memcmp(magic, CFB_MAGIC, 8) != 0 || order != 0xfffe)
		return error_set(e, ERROR_UNTRUSTED, _("this is no compound file"));
	if (!(version == 3 && shift == 9) && !(version == 4 && shift == 12))
		return error_set(e, ERROR_UNTRUSTED, _("version %u of compound files is not known"),
				 version);
	if (cutoff != MINI_CUTOFF)
		parse_problem(problems, MINI_CUTOFF_AT, N_("the compound file is damaged"));
	c->sector_bytes = 1u << shift;
	/* A last sector may be cut off. */
	size_t behind = len > c->sector_bytes ? len - c->sector_bytes : 0;
	c->sectors = (uint32_t)((behind + c->sector_bytes - 1) / c->sector_bytes);
	c->taken = mem_alloc(c->sectors / 8 + 1);
	find_fat(c, fat_count, more);
	read_chain(c, directory, c->file.left, &c->directory, &directory);
	c->entries = c->directory.len / ENTRY_BYTES;
	if (!c->entries)
		return error_set(e, ERROR_UNTRUSTED, _("the compound file is damaged"));
	if (directory != END_OF_CHAIN || !is_directory_whole(c))
		parse_problem(problems, 48, N_("the directory is not all there"));
	if (version == 3) /* the upper half of sizes is rubbish there */
		for (size_t i = 0; i < c->entries; i++)
			memset(c->directory.bytes + i * ENTRY_BYTES + 124, 0, 4);
	open_mini(c, mini_fat);
	return true;
}

void cfb_release(struct cfb *c)
{
	free(c->fat_sectors);
	cfb_content_release(&c->directory);
	cfb_content_release(&c->mini_fat);
	cfb_content_release(&c->mini);
	free(c->taken);
	free(c->mini_taken);
	*c = (struct cfb){ 0 };
}

bool cfb_entry(const struct cfb *c, size_t i, struct cfb_entry *entry)
{
	if (i >= c->entries)
		return false;
	struct reader r = reader_of(c->directory.bytes + i * ENTRY_BYTES, ENTRY_BYTES);
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

uint64_t cfb_entry_place(const struct cfb *c, size_t i)
{
	return place(&c->directory, i * ENTRY_BYTES);
}

/* A chain of pieces of 64 bytes. */
static void read_mini(struct cfb *c, uint32_t start, size_t limit, struct cfb_content *content)
{
	size_t capacity[2] = { 0 }, most = c->mini.len < limit ? c->mini.len : limit;
	bool is_shared = false;

	most = c->left < most ? c->left : most;
	*content = (struct cfb_content){ .cfb = c, .is_small = true };
	for (uint32_t n = start; content->len < most && n < SECTOR_MAX;) {
		struct reader from = reader_of(c->mini.bytes, c->mini.len);
		struct reader table = reader_of(c->mini_fat.bytes, c->mini_fat.len);

		reader_skip(&from, (size_t)n * MINI_BYTES);
		size_t bytes = from.left < MINI_BYTES ? from.left : MINI_BYTES;
		bytes = bytes < most - content->len ? bytes : most - content->len;
		const uint8_t *piece = reader_take(&from, bytes);
		if (!piece || !bytes)
			break;
		is_shared |= !take(c->mini_taken, n);
		add_piece(content, n, piece, bytes, capacity, MINI_BYTES);
		reader_skip(&table, (size_t)n * 4);
		n = reader_le32(&table);
		if (table.bad)
			break;
	}
	if (is_shared)
		parse_problem(c->problems, place(content, 0),
			      N_("two chains lead through the same sectors"));
	c->left -= content->len;
}

void cfb_read(struct cfb *c, const struct cfb_entry *entry, struct cfb_content *content)
{
	uint32_t last;

	if (entry->size_bytes < MINI_CUTOFF)
		read_mini(c, entry->start, (size_t)entry->size_bytes, content);
	else
		read_chain(c, entry->start, entry->size_bytes, content, &last);
	if (!content->bytes)
		content->bytes = mem_alloc(1);
	content->problems = (struct parse_problems){ report_at_place, content };
	if (content->len < entry->size_bytes)
		parse_problem(&content->problems, content->len, N_("a stream is not all there"));
}

void cfb_content_release(struct cfb_content *content)
{
	free(content->bytes);
	free(content->pieces);
	*content = (struct cfb_content){ 0 };
}
