/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a record up to the root: the names of folders, kept so that each is read once. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/scatter.h"
#include "lib/disk/utf16.h"
#include "lib/ntfs/ntfs_inside.h"

#define TABLE_FIRST 1024u

struct ntfs_folder {
	uint64_t parent; /* reference */
	uint32_t number;
	uint16_t sequence;
	uint16_t units, len; /* of the name; len 0: it can be none */
	char name[];
};

size_t ntfs_name_text(char out[NTFS_NAME_BYTES], struct reader units, bool *is_bad)
{
	char raw[NTFS_NAME_BYTES];
	size_t n = utf16_wtf8(raw, units), to = 0;

	if (n <= 2 && memcmp(raw, "..", n) == 0)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (raw[i] && raw[i] != '/') {
			out[to++] = raw[i];
			continue;
		}
		memcpy(out + to, "\xef\xbf\xbd", 3); /* a unit has room for three bytes */
		to += 3;
		*is_bad = true;
	}
	return to;
}

static struct ntfs_folder **slot(const struct ntfs_names *n, uint32_t number)
{
	size_t at = scatter(number, n->key, n->size);

	while (n->table[at] && n->table[at]->number != number)
		at = (at + 1) & (n->size - 1);
	return &n->table[at];
}

static void forget(struct ntfs_names *n)
{
	arena_release(&n->pieces);
	free(n->table);
	n->table = NULL;
	n->size = n->count = n->bytes = 0;
}

static void widen(struct ntfs_names *n)
{
	struct ntfs_folder **old = n->table;
	const size_t count = n->size;

	n->key = scatter_key();
	n->size = count ? 2 * count : TABLE_FIRST;
	n->table = mem_array(n->size, sizeof(*n->table));
	for (size_t i = 0; i < count; i++)
		if (old[i])
			*slot(n, old[i]->number) = old[i];
	free(old);
	n->bytes += (n->size - count) * sizeof(*n->table);
}

static const struct ntfs_folder *add(struct ntfs_names *n, const struct ntfs_file *f,
				     const struct ntfs_name *name)
{
	char text[NTFS_NAME_BYTES];
	bool is_bad = false; /* that is said of the folder itself */

	if (2 * n->count >= n->size)
		widen(n);
	struct ntfs_folder **place = slot(n, (uint32_t)f->number);
	struct ntfs_folder *one = *place;
	if (one)
		return one;
	size_t len = ntfs_name_text(text, name->units, &is_bad);
	one = arena_alloc(&n->pieces, sizeof(*one) + len);
	one->parent = name->parent;
	one->number = (uint32_t)f->number;
	one->sequence = f->record.sequence;
	one->units = (uint16_t)(name->units.left / 2);
	one->len = (uint16_t)len;
	memcpy(one->name, text, len);
	*place = one;
	n->count++;
	n->bytes += sizeof(*one) + len;
	return one;
}

void ntfs_names_add(struct ntfs_names *n, const struct ntfs_file *f, const struct ntfs_name *name)
{
	if (n->bytes > NTFS_NAMES_BYTES)
		forget(n);
	(void)add(n, f, name);
}

static const struct ntfs_folder *find(struct ntfs *v, uint64_t reference)
{
	struct ntfs_names *n = &v->names;
	uint64_t number = NTFS_NUMBER(reference);
	const struct ntfs_folder *one = NULL;
	struct error e = { 0 };
	struct ntfs_name name;

	if (number >= v->records)
		return NULL;
	if (n->table)
		one = *slot(n, (uint32_t)number);
	if (!one && ntfs_file_load(v, &n->file, number, &e) && n->file.record.flags & NTFS_FOLDER &&
	    ntfs_file_name(&n->file, &name))
		one = add(n, &n->file, &name);
	return one && one->sequence == NTFS_SEQUENCE(reference) && one->len ? one : NULL;
}

enum ntfs_place ntfs_names_path(struct ntfs *v, uint64_t reference, struct text *out, size_t *units)
{
	const struct ntfs_folder *way[NTFS_DEPTH_MAX];
	enum ntfs_place place = NTFS_PLACE_USER;
	size_t depth = 0;

	/* Only here, since what is forgotten must not be on the way. */
	if (v->names.bytes > NTFS_NAMES_BYTES)
		forget(&v->names);
	*units = 0;
	while (NTFS_NUMBER(reference) != NTFS_FILE_ROOT) {
		const struct ntfs_folder *one = find(v, reference);
		if (!one || depth == NTFS_DEPTH_MAX)
			return NTFS_PLACE_NONE;
		if (NTFS_NUMBER(reference) == NTFS_FILE_EXTEND) {
			place = NTFS_PLACE_SYSTEM;
			text_add(out, NTFS_EXTEND);
			*units += strlen(NTFS_EXTEND);
			break;
		}
		*units += one->units + 1u;
		way[depth++] = one;
		reference = one->parent;
	}
	while (depth--) {
		text_add_n(out, way[depth]->name, way[depth]->len);
		text_add_n(out, "/", 1);
	}
	return place;
}

void ntfs_names_release(struct ntfs_names *n)
{
	forget(n);
	ntfs_file_release(&n->file);
}
