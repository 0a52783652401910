/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folders above a file at the time of a record of the journal. */
#include "triage/parse/usn_paths.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/scatter.h"
#include "lib/base/text.h"

#define ROOT 5u
#define TABLE_FIRST 1024u

struct folder {
	uint64_t reference; /* 0: a free place */
	uint64_t parent;
	char *name; /* in the arena */
	uint16_t len, room;
};

struct usn_paths {
	const struct ntfs_scan *mft;
	struct folder *table; /* open addressing */
	uint64_t key;         /* of scatter() */
	size_t size, count, bytes;
	struct arena names;
	struct text path;
	uint64_t path_parent; /* of what is in `path` */
	enum ntfs_orphan path_why;
	uint64_t path_left; /* bytes of long paths: as of ntfs_scan_path() */
	bool path_known;
};

struct usn_paths *usn_paths_new(const struct ntfs_scan *mft)
{
	struct usn_paths *p = mem_alloc(sizeof(*p));

	p->mft = mft;
	p->key = scatter_key();
	p->path_left = NTFS_SCAN_PATHS_BYTES;
	p->size = TABLE_FIRST;
	p->table = mem_array(p->size, sizeof(*p->table));
	p->bytes = p->size * sizeof(*p->table);
	return p;
}

void usn_paths_free(struct usn_paths *p)
{
	if (!p)
		return;
	free(p->table);
	arena_release(&p->names);
	text_release(&p->path);
	free(p);
}

static struct folder *slot(const struct usn_paths *p, uint64_t reference)
{
	size_t at = scatter(reference, p->key, p->size);

	while (p->table[at].reference && p->table[at].reference != reference)
		at = (at + 1) & (p->size - 1);
	return &p->table[at];
}

static void widen(struct usn_paths *p)
{
	struct folder *old = p->table;
	const size_t count = p->size;

	p->size *= 2;
	p->table = mem_array(p->size, sizeof(*p->table));
	for (size_t i = 0; i < count; i++)
		if (old[i].reference)
			*slot(p, old[i].reference) = old[i];
	free(old);
	p->bytes += count * sizeof(*p->table);
}

/* Where a folder is from now on; `first`: only if nothing is known of it. */
static void set(struct usn_paths *p, const struct usn_record *r, bool first)
{
	char text[NTFS_SCAN_NAME_BYTES];

	if (!(r->attributes & USN_FOLDER) || !r->name.left || r->name.left > 510 || !r->file)
		return;
	struct folder *f = slot(p, r->file);
	if (f->reference && first)
		return;
	size_t len = ntfs_scan_name_text(text, r->name);
	if (f->reference && f->parent == r->parent && f->len == len &&
	    memcmp(f->name, text, len) == 0)
		return;
	if (!f->reference) {
		if (p->bytes > USN_FOLDERS_BYTES)
			return;
		if (2 * p->count >= p->size) {
			widen(p);
			f = slot(p, r->file);
		}
		f->reference = r->file;
		p->count++;
	}
	if (f->room < len) {
		/* Twice as much, so that a folder with ever longer names costs no more than its longest. */
		size_t room = 2 * len;

		f->name = arena_alloc(&p->names, room);
		f->room = (uint16_t)room;
		p->bytes += room;
	}
	memcpy(f->name, text, len);
	f->len = (uint16_t)len;
	f->parent = r->parent;
	p->path_known = false;
}

void usn_paths_note(struct usn_paths *p, const struct usn_record *r)
{
	set(p, r, true);
}

/* Is an MFT's record that of a reference, now or before it was deleted? */
static bool same_use(const struct ntfs_scan_folder *f, uint16_t sequence)
{
	uint16_t before = f->sequence == 1 ? UINT16_MAX : (uint16_t)(f->sequence - 1);

	return f->sequence == sequence || (!f->in_use && before == sequence);
}

/* One step up. False: *why says that it was the root, or what is missing. */
static bool step(const struct usn_paths *p, uint64_t *reference, const char **name, size_t *len,
		 enum ntfs_orphan *why)
{
	struct ntfs_scan_folder in_mft;

	*why = NTFS_ORPHAN_NOT;
	if (NTFS_NUMBER(*reference) == ROOT)
		return false;
	const struct folder *f = slot(p, *reference);
	if (*reference && f->reference) {
		*name = f->name;
		*len = f->len;
		*reference = f->parent;
		return true;
	}
	*why = NTFS_ORPHAN_ABSENT;
	if (!p->mft || !ntfs_scan_folder(p->mft, NTFS_NUMBER(*reference), &in_mft))
		return false;
	*why = NTFS_ORPHAN_REUSED;
	if (!same_use(&in_mft, NTFS_SEQUENCE(*reference)))
		return false;
	*name = in_mft.name;
	*len = in_mft.len;
	*reference = in_mft.parent;
	return true;
}

/* `most`: bytes; of a longer one the end. */
static void find_path(struct usn_paths *p, uint64_t parent, size_t most)
{
	const char *names[USN_DEPTH];
	size_t lens[USN_DEPTH], depth = 0, len = 0;
	uint64_t at = parent;

	text_clear(&p->path);
	while (step(p, &at, &names[depth], &lens[depth], &p->path_why)) {
		len += lens[depth] + 1;
		if (len > most) {
			p->path_why = NTFS_ORPHAN_DEEP;
			break;
		}
		if (++depth < USN_DEPTH)
			continue;
		/* Too deep, or a loop: nothing of it is a path. */
		p->path_why = NTFS_ORPHAN_DEEP;
		depth = 0;
		break;
	}
	while (depth--) {
		text_add_n(&p->path, names[depth], lens[depth]);
		text_add_n(&p->path, "/", 1);
	}
	p->path_parent = parent;
	p->path_known = true;
}

struct usn_path usn_paths_at(struct usn_paths *p, const struct usn_record *r, bool apart)
{
	if (!apart)
		set(p, r, false);
	if (!p->path_known || p->path_parent != r->parent)
		find_path(p, r->parent, SIZE_MAX);
	p->path_left += NTFS_SCAN_PATHS_EACH;
	if (p->path.len > NTFS_SCAN_PATH_LONG && p->path.len > p->path_left)
		find_path(p, r->parent, NTFS_SCAN_PATH_LONG);
	else if (p->path.len > NTFS_SCAN_PATH_LONG)
		p->path_left -= p->path.len;
	return (struct usn_path){ text_end(&p->path), p->path.len, p->path_why };
}
