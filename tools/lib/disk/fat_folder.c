/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders of a FAT volume: short names, long names, paths. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/base/text.h"
#include "lib/disk/fat_inside.h"

#define SECTOR 512u
#define DELETED 0xe5
#define FIRST_IS_E5 0x05 /* a first letter that would say that it is deleted */
#define ATTRIBUTE_LABEL 0x08
#define ATTRIBUTE_FOLDER 0x10
#define ATTRIBUTE_LONG 0x0f
#define LOWER_BASE 0x08 /* Windows NT: the short name is meant in small letters */
#define LOWER_EXTENSION 0x10
#define PART_UNITS 13u /* of a long name in one entry */
#define PARTS_MAX 20u
#define LAST_PART 0x40u

/* A long name on its way: its parts stand before the short entry, last part first. */
struct long_name {
	unsigned missing; /* parts until the short entry */
	unsigned parts;   /* 0: none */
	uint8_t sum;      /* of the short name that it belongs to */
	bool was_deleted;
	uint8_t units[PARTS_MAX * PART_UNITS * 2];
};

/* What a deleted long name left: its parts have no numbers any more, but stand as they stood, last part first. */
static void add_deleted_part(struct long_name *l, const uint8_t *entry)
{
	if (!l->was_deleted || l->sum != entry[13] || l->parts == PARTS_MAX)
		l->parts = 0;
	l->was_deleted = true;
	l->sum = entry[13];
	l->missing = 0;
	memmove(l->units + PART_UNITS * 2, l->units, (size_t)l->parts * PART_UNITS * 2);
	l->parts++;
	memcpy(l->units, entry + 1, 10);
	memcpy(l->units + 10, entry + 14, 12);
	memcpy(l->units + 22, entry + 28, 4);
}

/* What is known while a folder is walked. */
struct place {
	uint64_t at;      /* of the next sector */
	uint32_t cluster; /* that it lies in; 0: the root of FAT12 and FAT16 */
	uint32_t left;    /* bytes until the end of the cluster, or of that root */
};

static uint8_t short_sum(const uint8_t *name)
{
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + name[i]);
	return sum;
}

static void add_part(struct long_name *l, const uint8_t *entry)
{
	unsigned order = entry[0] & ~LAST_PART;

	if (order == 0 || order > PARTS_MAX) {
		l->parts = 0;
		return;
	}
	if (entry[0] & LAST_PART) {
		l->parts = l->missing = order;
		l->was_deleted = false;
		l->sum = entry[13];
	}
	if (!l->parts || order != l->missing || entry[13] != l->sum) {
		l->parts = 0;
		return;
	}
	l->missing--;
	uint8_t *out = l->units + (size_t)l->missing * PART_UNITS * 2;
	memcpy(out, entry + 1, 10);
	memcpy(out + 10, entry + 14, 12);
	memcpy(out + 22, entry + 28, 4);
}

/* Eight and three characters, filled up with spaces, into "NAME.EXT". */
static void short_name(char *out, const uint8_t *entry)
{
	static const struct {
		size_t from, to;
	} halves[2] = { { 0, 8 }, { 8, 11 } };

	for (int half = 0; half < 2; half++) {
		size_t to = halves[half].to;

		while (to > halves[half].from && entry[to - 1] == ' ')
			to--;
		if (half && to > halves[half].from)
			*out++ = '.';
		for (size_t i = halves[half].from; i < to; i++)
			*out++ = (char)(i || entry[0] != FIRST_IS_E5 ? entry[i] : DELETED);
	}
	*out = '\0';
}

/* The name that a person sees. Which letters stand for bytes of the short name beyond
 * ASCII depends on the PC that wrote them: they are shown as unknown. */
static void show_short(char *out, const char *name, uint8_t lower)
{
	const char *dot = strchr(name, '.');

	for (; *name; name++) {
		uint8_t flag = dot && name > dot ? LOWER_EXTENSION : LOWER_BASE;
		uint32_t c = (uint8_t)*name < 0x80 ? (uint8_t)*name : TEXT_BAD;

		out += text_put(out, lower & flag ? text_lower(c) : c);
	}
	*out = '\0';
}

/* "." and "..", and nothing else that begins so. */
static bool is_dots(const uint8_t *entry)
{
	return memcmp(entry, ".          ", 11) == 0 || memcmp(entry, "..         ", 11) == 0;
}

/* The sum that a deleted long name keeps is right with one first letter only. */
static bool first_letter(const struct long_name *l, const uint8_t *bytes, char *name)
{
	uint8_t whole[11];

	memcpy(whole, bytes, sizeof(whole));
	for (whole[0] = '!'; whole[0] != '~' && short_sum(whole) != l->sum;)
		whole[0]++;
	if (short_sum(whole) != l->sum)
		return false;
	*name = (char)whole[0];
	return true;
}

static void parse_entry(const struct fat *f, const uint8_t *bytes, const struct long_name *l,
			struct fat_entry *entry)
{
	struct reader r = reader_of(bytes, FAT_ENTRY);
	uint32_t high, low;

	reader_skip(&r, 11);
	entry->folder = reader_u8(&r) & ATTRIBUTE_FOLDER;
	uint8_t lower = reader_u8(&r);
	entry->created.hundredths = reader_u8(&r);
	entry->created.time = reader_le16(&r);
	entry->created.date = reader_le16(&r);
	entry->accessed = (struct fat_time){ .date = reader_le16(&r) };
	high = reader_le16(&r);
	entry->modified = (struct fat_time){ 0 };
	entry->modified.time = reader_le16(&r);
	entry->modified.date = reader_le16(&r);
	low = reader_le16(&r);
	entry->size_bytes = reader_le32(&r);
	entry->cluster = f->bits == 32 ? high << 16 | low : low;
	short_name(entry->short_name, bytes);
	entry->deleted = bytes[0] == DELETED;
	entry->has_long = l->parts && !l->missing && l->was_deleted == entry->deleted &&
			  (entry->deleted ? first_letter(l, bytes, entry->short_name)
					  : l->sum == short_sum(bytes));
	if (entry->has_long) {
		struct reader units = reader_of(l->units, (size_t)l->parts * PART_UNITS * 2);

		/* Of 20 parts one could make 260 units; a name has fewer. */
		if (units.left > FAT_NAME_UNITS * 2)
			units.left = FAT_NAME_UNITS * 2;
		utf16_text(entry->name, units);
	} else {
		show_short(entry->name, entry->short_name, lower);
	}
}

/* The next sector of the folder; *more is false after the last one. */
static bool next_sector(struct fat *f, struct place *p, uint8_t sector[SECTOR], bool *more,
			struct error *e)
{
	*more = true;
	if (p->left == 0 && p->cluster) {
		if (!fat_next(f, p->cluster, &p->cluster, e))
			return false;
		p->left = p->cluster ? f->cluster_bytes : 0;
		p->at = p->cluster ? fat_cluster_at(f, p->cluster) : 0;
	}
	if (p->left == 0) {
		*more = false;
		return true;
	}
	uint32_t n = p->left < SECTOR ? p->left : SECTOR; /* a small root of FAT12 */
	memset(sector, 0, SECTOR);
	if (!fat_bytes(f, p->at, sector, n, e))
		return false;
	p->at += n;
	p->left -= n;
	return true;
}

static bool start(const struct fat *f, const struct fat_entry *folder, struct place *p,
		  struct error *e)
{
	uint32_t cluster = folder ? folder->cluster : f->root_cluster;

	if (folder && !folder->folder)
		return error_set(e, ERROR_UNTRUSTED, _("is a file, not a folder"));
	if (!folder && f->bits != 32) {
		*p = (struct place){ f->root_at, 0, f->root_entries * FAT_ENTRY };
		return true;
	}
	if (!fat_is_cluster(f, cluster))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the FAT file system is damaged: a chain "
				   "of clusters leaves it"));
	*p = (struct place){ fat_cluster_at(f, cluster), cluster, f->cluster_bytes };
	return true;
}

/* Behind the end of a folder may lie what was never one of its entries. */
static bool is_likely(const struct fat *f, const uint8_t *bytes, const struct fat_entry *entry)
{
	static const char none[] = "\"*+,./:;<=>?[\\]|\x7f";

	for (size_t i = 0; i < 11; i++)
		if (bytes[i] < (i ? ' ' : FIRST_IS_E5) ||
		    (bytes[i] > FIRST_IS_E5 && bytes[i] < ' ') ||
		    (bytes[i] && strchr(none, bytes[i])) || (bytes[i] >= 'a' && bytes[i] <= 'z'))
			return false;
	return bytes[0] != ' ' && !(bytes[11] & 0xc0) &&
	       !(bytes[12] & ~(LOWER_BASE | LOWER_EXTENSION)) &&
	       (entry->folder ? entry->size_bytes == 0 && fat_is_cluster(f, entry->cluster)
			      : !entry->cluster == !entry->size_bytes &&
					(!entry->cluster || fat_is_cluster(f, entry->cluster)));
}

bool fat_walk(struct fat *f, const struct fat_entry *folder, fat_each *each, void *ctx,
	      struct error *e)
{
	struct long_name name = { 0 };
	struct fat_entry entry;
	struct place place;
	struct error behind = { 0 };
	uint8_t sector[SECTOR];
	bool more = false, ended = false;

	if (!start(f, folder, &place, e))
		return false;
	for (uint32_t i = 0; i < FAT_FOLDER_ENTRIES; i++) {
		const uint8_t *bytes = sector + i % (SECTOR / FAT_ENTRY) * FAT_ENTRY;

		if (bytes == sector && !next_sector(f, &place, sector, &more, ended ? &behind : e))
			return ended;
		if (!more || (bytes[0] == 0 && !f->past_end))
			return true;
		if (bytes[0] == 0) {
			ended = true;
			name.parts = 0;
			continue;
		}
		const bool deleted = bytes[0] == DELETED;
		if ((bytes[11] & 0x3f) == ATTRIBUTE_LONG && (!deleted || f->with_deleted)) {
			if (deleted)
				add_deleted_part(&name, bytes);
			else
				add_part(&name, bytes);
			continue;
		}
		if ((!deleted || f->with_deleted) && !(bytes[11] & ATTRIBUTE_LABEL) &&
		    !is_dots(bytes)) {
			parse_entry(f, bytes, &name, &entry);
			entry.past_end = ended;
			if ((!ended || is_likely(f, bytes, &entry)) && !each(ctx, &entry, e))
				return false;
		}
		name.parts = 0;
	}
	return ended || error_set(e, ERROR_UNTRUSTED,
				  _("the FAT file system is damaged: a folder does "
				    "not end"));
}

void fat_label(struct fat *f, char out[FAT_LABEL_MAX])
{
	struct error quiet = { 0 };
	struct place place;
	uint8_t sector[SECTOR];
	bool more = false;

	*out = '\0';
	if (!start(f, NULL, &place, &quiet))
		return;
	for (uint32_t i = 0; i < FAT_FOLDER_ENTRIES; i++) {
		const uint8_t *bytes = sector + i % (SECTOR / FAT_ENTRY) * FAT_ENTRY;

		if (bytes == sector && !next_sector(f, &place, sector, &more, &quiet))
			return;
		if (!more || bytes[0] == 0)
			return;
		if (bytes[0] == DELETED || (bytes[11] & 0x3f) == ATTRIBUTE_LONG ||
		    !(bytes[11] & ATTRIBUTE_LABEL))
			continue;
		size_t n = 11;
		while (n && bytes[n - 1] == ' ')
			n--;
		for (size_t k = 0; k < n; k++)
			out += text_put(out, bytes[k] < 0x80 ? bytes[k] : TEXT_BAD);
		*out = '\0';
		return;
	}
}

static unsigned char small(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c - 'A' + 'a') : c;
}

bool fat_same_name(const char *a, const char *b)
{
	while (*a && small((unsigned char)*a) == small((unsigned char)*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

struct search {
	char name[FAT_NAME_MAX];
	struct fat_entry *found;
	unsigned count;
};

static bool match(void *ctx, const struct fat_entry *entry, struct error *e)
{
	struct search *s = ctx;

	(void)e;
	if (fat_same_name(s->name, entry->name) || fat_same_name(s->name, entry->short_name)) {
		if (s->count++ == 0)
			*s->found = *entry;
	}
	return true;
}

bool fat_find(struct fat *f, const char *path, struct fat_entry *entry, bool *there,
	      struct error *e)
{
	struct fat_entry folder;
	const char *rest = path;
	bool in_root = true;

	*there = false;
	for (;;) {
		struct search s = { .found = entry };
		size_t n = strcspn(rest, "/");

		if (n == 0 || n >= sizeof(s.name))
			return true; /* no such name can be there */
		memcpy(s.name, rest, n);
		if (!fat_walk(f, in_root ? NULL : &folder, match, &s, e))
			return false;
		if (s.count > 1)
			return error_set(e, ERROR_UNTRUSTED, _("\"%s\" stands twice in its folder"),
					 s.name);
		if (s.count == 0)
			return true;
		rest += n;
		if (*rest == '\0') {
			*there = true;
			return true;
		}
		rest++;
		folder = *entry;
		in_root = false;
	}
}
