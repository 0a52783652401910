/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file by its path: folders' indices ($I30), read through from front to back. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/ntfs/named.h"
#include "lib/ntfs/ntfs_inside.h"

#define UPCASE_UNITS 65536u
#define INDEX_BYTES_MAX (UINT64_C(1) << 30) /* of a folder */
#define ENTRY_BYTES 16u                     /* what stands before its key */
#define LAST 2u                             /* flag of an entry */
#define CANDIDATES 32u                      /* entries of one name: old ones stay in free blocks */

struct candidates { /* references */
	uint64_t list[CANDIDATES];
	size_t count;
};

/* A name that is looked for, as the file system writes it. */
struct wanted {
	uint16_t units[255];
	size_t count;
	struct candidates exact, alike; /* with these very letters, and without regard to case */
	bool torn; /* a part of the index could not be read: what is not found may be there */
};

/* The system's own files are found without an index, too. */
static const struct {
	const char *name;
	uint64_t number;
} own_files[] = {
	{ "$MFT", 0 },     { "$MFTMirr", 1 }, { "$LogFile", 2 }, { "$Volume", 3 },
	{ "$AttrDef", 4 }, { "$Bitmap", 6 },  { "$Boot", 7 },    { "$BadClus", 8 },
	{ "$Secure", 9 },  { "$UpCase", 10 }, { "$Extend", 11 },
};

const struct reader ntfs_i30 = { .at = (const uint8_t *)"$\0I\0003\0000", .left = 8 };

bool ntfs_is_own_path(const char *path)
{
	size_t len = strcspn(path, "/\\:");

	for (size_t i = 0; i < sizeof(own_files) / sizeof(own_files[0]); i++)
		if (strlen(own_files[i].name) == len &&
		    strncasecmp(own_files[i].name, path, len) == 0)
			return true;
	return false;
}

/* Letters in capitals as the volume has them; ASCII only where its table is damaged. */
static void load_upcase(struct ntfs *v)
{
	struct ntfs_stream s = { 0 };
	struct ntfs_file f = { 0 };
	struct error e = { 0 };
	uint8_t *bytes = mem_alloc(2 * UPCASE_UNITS);

	v->upcase = mem_array(UPCASE_UNITS, sizeof(*v->upcase));
	for (uint32_t i = 0; i < UPCASE_UNITS; i++)
		v->upcase[i] = (uint16_t)(i >= 'a' && i <= 'z' ? i - 32 : i);
	size_t i = ntfs_file_load(v, &f, NTFS_FILE_UPCASE, &e) ? ntfs_file_find(&f, NTFS_DATA)
							       : SIZE_MAX;
	if (i != SIZE_MAX && ntfs_file_stream(v, &f, i, &s, &e) &&
	    ntfs_stream_exact(&s, 0, bytes, 2 * UPCASE_UNITS, &e)) {
		struct reader r = reader_of(bytes, 2 * UPCASE_UNITS);

		for (uint32_t unit = 0; unit < UPCASE_UNITS; unit++)
			v->upcase[unit] = reader_le16(&r);
	}
	ntfs_stream_release(&s);
	ntfs_file_release(&f);
	free(bytes);
}

/* UTF-8 with half surrogates to units. False: too long, or neither. */
static bool name_units(const char *s, size_t len, struct wanted *w)
{
	const char *end = s + len;

	*w = (struct wanted){ 0 };
	while (s < end) {
		uint32_t c;

		if (end - s >= 3 && (uint8_t)s[0] == 0xed && (uint8_t)s[1] >= 0xa0) {
			c = 0xd000 | ((uint8_t)s[1] & 0x3fu) << 6 | ((uint8_t)s[2] & 0x3fu);
			s += 3;
		} else {
			c = text_next(&s, end);
		}
		if (w->count + (c > 0xffff) >= sizeof(w->units) / sizeof(*w->units))
			return false;
		if (c > 0xffff) {
			w->units[w->count++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		w->units[w->count++] = (uint16_t)c;
	}
	return w->count > 0;
}

static void compare(const struct ntfs *v, struct reader name, uint64_t reference, struct wanted *w)
{
	bool is_exact = true;

	if (name.left / 2 != w->count)
		return;
	for (size_t i = 0; i < w->count; i++) {
		uint16_t unit = reader_le16(&name);

		if (v->upcase[unit] != v->upcase[w->units[i]])
			return;
		is_exact = is_exact && unit == w->units[i];
	}
	struct candidates *c = is_exact ? &w->exact : &w->alike;
	if (c->count < CANDIDATES)
		c->list[c->count++] = reference;
}

/* The entries of a node, whose header `r` begins with. False: it ends where it is damaged. */
static bool read_node(const struct ntfs *v, struct reader r, struct wanted *w)
{
	struct reader node = r;
	uint32_t from = reader_le32(&node), total = reader_le32(&node);

	if (node.bad || from > total || total > r.left)
		return false;
	node = reader_of(r.at + from, total - from);
	while (node.left >= ENTRY_BYTES) {
		struct reader entry = node;
		struct ntfs_name name;
		uint64_t reference = reader_le64(&entry);
		size_t len = reader_le16(&entry), key_bytes = reader_le16(&entry);
		unsigned flags = reader_le16(&entry);

		reader_skip(&entry, 2);
		struct reader key = reader_sub(&entry, key_bytes);
		if (flags & LAST || len < ENTRY_BYTES)
			return flags & LAST;
		if (!key.bad && ntfs_name_parse(key, &name))
			compare(v, name.units, reference, w);
		reader_skip(&node, len);
	}
	return false;
}

/* Is a block of the index in use, as far as that is known? */
static bool is_in_use(struct reader bitmap, uint64_t block)
{
	return block / 8 >= bitmap.left || bitmap.at[block / 8] >> block % 8 & 1;
}

static bool read_blocks(struct ntfs *v, const struct ntfs_file *f, size_t i, uint32_t block,
			struct wanted *w, struct error *e)
{
	size_t map = ntfs_file_find_named(f, NTFS_BITMAP, ntfs_i30);
	struct reader bitmap = map != SIZE_MAX && f->list[map].resident ? f->list[map].value
									: (struct reader){ 0 };
	struct ntfs_stream s = { 0 };
	uint8_t *bytes = mem_alloc(block);
	bool ok = ntfs_file_stream(v, f, i, &s, e);

	if (ok && (s.size_bytes > INDEX_BYTES_MAX || s.runs.stored != s.runs.clusters))
		ok = error_set(e, ERROR_UNTRUSTED, _("MFT record %llu is damaged"),
			       f->number + 0ULL);
	for (uint64_t at = 0; ok && at + block <= s.size_bytes; at += block) {
		ok = ntfs_stream_exact(&s, at, bytes, block, e);
		/* Blocks that are free hold old entries; what they name is checked later. */
		bool good = ok && memcmp(bytes, "INDX", 4) == 0 && ntfs_fixup(bytes, block) &&
			    read_node(v, reader_of(bytes + 24, block - 24), w);
		w->torn |= !good && is_in_use(bitmap, at / block);
	}
	free(bytes);
	ntfs_stream_release(&s);
	return ok;
}

/* The record that a folder's index has under the name. */
static bool search(struct ntfs *v, const struct ntfs_file *folder, struct wanted *w,
		   struct error *e)
{
	size_t root = ntfs_file_find_named(folder, NTFS_INDEX_ROOT, ntfs_i30);
	size_t blocks = ntfs_file_find_named(folder, NTFS_INDEX_ALLOCATION, ntfs_i30);

	if (root == SIZE_MAX || !folder->list[root].resident)
		return error_set(e, ERROR_UNTRUSTED, _("MFT record %llu is damaged"),
				 folder->number + 0ULL);
	struct reader r = folder->list[root].value;
	reader_skip(&r, 8);
	uint32_t block = reader_le32(&r);
	reader_skip(&r, 4);
	if (r.bad || block < NTFS_STRIDE || block > 65536 || block & (block - 1))
		return error_set(e, ERROR_UNTRUSTED, _("MFT record %llu is damaged"),
				 folder->number + 0ULL);
	w->torn |= !read_node(v, r, w);
	return blocks == SIZE_MAX || read_blocks(v, folder, blocks, block, w, e);
}

/* Does the file itself say that it is in that folder, under a name like that? */
static bool agrees(const struct ntfs *v, const struct ntfs_file *f, uint64_t reference,
		   uint64_t folder, const struct wanted *w)
{
	if (f->record.sequence != NTFS_SEQUENCE(reference))
		return false;
	for (size_t i = 0; i < f->count; i++) {
		struct wanted again = *w;
		struct ntfs_name n;

		again.exact.count = again.alike.count = 0;
		if (f->list[i].type != NTFS_FILE_NAME || !f->list[i].resident ||
		    !ntfs_name_parse(f->list[i].value, &n) || NTFS_NUMBER(n.parent) != folder)
			continue;
		compare(v, n.units, 1, &again);
		if (again.exact.count || again.alike.count)
			return true;
	}
	return false;
}

/* The first of them that is what it is said to be; old entries, and what could not be used, are passed. */
static bool choose(struct ntfs *v, const struct candidates *c, const struct wanted *w,
		   uint64_t folder, struct ntfs_file *f, bool *there, struct error *e)
{
	for (size_t i = 0; !*there && i < c->count; i++) {
		struct error own = { 0 };

		if (ntfs_file_load(v, f, NTFS_NUMBER(c->list[i]), &own)) {
			*there = agrees(v, f, c->list[i], folder, w);
		} else if (own.kind != ERROR_UNTRUSTED) {
			*e = own;
			return false;
		}
	}
	return true;
}

/* One of the system's own, by its number, as if an entry had named it. */
static void add_own(struct ntfs *v, const char *name, size_t len, struct ntfs_file *f,
		    struct candidates *c)
{
	struct error quiet = { 0 };

	for (size_t i = 0; i < sizeof(own_files) / sizeof(own_files[0]); i++)
		if (strlen(own_files[i].name) == len && memcmp(own_files[i].name, name, len) == 0 &&
		    ntfs_file_load(v, f, own_files[i].number, &quiet)) {
			c->list[0] = own_files[i].number | (uint64_t)f->record.sequence << 48;
			c->count = 1;
		}
}

/* One step down from the folder in *f. */
static bool step(struct ntfs *v, const char *name, size_t len, struct ntfs_file *f, bool *there,
		 struct error *e)
{
	const uint64_t folder = f->number;
	struct error lost = { 0 };
	struct wanted w;

	*there = false;
	if (!(f->record.flags & NTFS_FOLDER) || !name_units(name, len, &w))
		return true;
	if (!search(v, f, &w, &lost)) {
		w.torn = true;
		if (lost.kind != ERROR_UNTRUSTED)
			return error_set(e, lost.kind, "%s", lost.text);
	}
	if (!choose(v, &w.exact, &w, folder, f, there, e) ||
	    !choose(v, &w.alike, &w, folder, f, there, e))
		return false;
	if (!*there && w.torn && folder == NTFS_FILE_ROOT) {
		struct candidates own = { .count = 0 };

		add_own(v, name, len, f, &own);
		if (!choose(v, &own, &w, folder, f, there, e))
			return false;
	}
	return *there || !w.torn ||
	       error_set(e, ERROR_UNTRUSTED, "%s",
			 lost.kind ? lost.text : _("the index of a folder is damaged"));
}

bool ntfs_lookup(struct ntfs *v, const char *path, struct ntfs_file *f, bool *there,
		 struct error *e)
{
	*there = false;
	if (!v->upcase)
		load_upcase(v);
	if (!ntfs_file_load(v, f, NTFS_FILE_ROOT, e))
		return false;
	*there = true;
	while (*there && *path) {
		size_t len = strcspn(path, "/");

		if (!step(v, path, len, f, there, e)) {
			*there = false;
			return false;
		}
		path += len + (path[len] == '/');
	}
	return true;
}
