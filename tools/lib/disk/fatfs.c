/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FAT volumes in the terms of filesystem.h. */
#include "lib/disk/fatfs.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/date.h"
#include "lib/disk/fat.h"
#include "lib/disk/fat_inside.h"

#define NO_TIME 255
#define PATH_BYTES_MAX 65536u
#define CLEAN_16 0xc000u /* of the FAT's second entry: unmounted, and no error was met */
#define CLEAN_32 0x0c000000u

struct fatfs {
	struct filesystem fs; /* first */
	struct fat fat;
	struct fat_file file;         /* that is being read */
	const struct fat_entry *open; /* whose it is; NULL: none */
	uint64_t at;                  /* of its next byte */
};

static struct fatfs *fatfs_of(struct filesystem *f)
{
	return (struct fatfs *)(void *)f;
}

static bool read_state(struct fatfs *x, struct error *e)
{
	uint32_t clean = x->fat.bits == 32 ? CLEAN_32 : x->fat.bits == 16 ? CLEAN_16 : 0;
	const char *words = NULL;
	uint32_t value;

	if (!fat_value(&x->fat, 1, &value, e))
		return false;
	if ((value & clean) != clean)
		words = _("its FAT says that it was not unmounted");
	if (x->fat.dirty)
		words = _("its boot sector says that it was not unmounted");
	if (words) {
		x->fs.state |= FILESYSTEM_DIRTY;
		text_mask(x->fs.state_words, sizeof(x->fs.state_words), words);
	}
	return true;
}

static bool fatfs_used(struct filesystem *f, struct used_map *m, struct error *e)
{
	struct fat *fat = &fatfs_of(f)->fat;
	const uint32_t bad = fat->bits == 32 ? 0x0ffffff7 : (1u << fat->bits) - 9;

	if (!used_map_init(m, fat->cluster_bytes, fat->data_at, fat->clusters, e))
		return false;
	for (uint32_t i = 0; i < fat->clusters; i++) {
		uint32_t value;

		if (!fat_value(fat, i + 2, &value, e)) {
			used_map_release(m);
			return false;
		}
		if (value && value != bad)
			used_map_set(m, i, 1);
	}
	return true;
}

/* Years from 1980, months and days from 1; what is no date is none. By our own calendar: timegm()
 * of some C libraries opens files, which a box does not allow. */
static struct filesystem_time make_time(const struct fat_time *t, uint8_t digits)
{
	const unsigned year = 1980u + (t->date >> 9), month = t->date >> 5 & 15, day = t->date & 31;
	const unsigned hour = t->time >> 11, minute = t->time >> 5 & 63;
	const unsigned second = (t->time & 31) * 2u + t->hundredths / 100u;

	if (!date_exists(year, month, day) || hour > 23 || minute > 59 || second > 59 ||
	    t->hundredths > 199)
		return (struct filesystem_time){ .digits = NO_TIME };
	return (struct filesystem_time){ .s = date_day(year, month, day) * DATE_SECONDS +
					      (int64_t)hour * 3600 + (int64_t)minute * 60 + second,
					 .ns = t->hundredths % 100 * 10000000u,
					 .digits = digits };
}

/* A folder that is still to be walked, and its path. */
struct folder {
	struct fat_entry entry;
	char *path; /* owned; without a slash at its end */
};

struct walk {
	struct fatfs *x;
	bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e);
	void *ctx;
	uint8_t *seen;  /* a bit for each cluster of a folder */
	uint8_t *taken; /* and of a file */
	struct folder *pending;
	size_t count, capacity, pending_bytes;
	const char *path; /* of the folder that is being walked; NULL: the root */
	struct text name;
	size_t total;
	bool deleted;         /* wanted, and nothing else */
	struct error unread;  /* the first read of the disk that failed: the rest goes on */
	bool bad_name, ended; /* ended: what called us, or a limit, wants no more */
};

static bool is_ascii(const char *s)
{
	while (*s && (unsigned char)*s < 0x80)
		s++;
	return *s == '\0';
}

static bool bad_name(struct error *e)
{
	return error_set(e, ERROR_UNTRUSTED,
			 _("the FAT file system is damaged: it has a name that cannot be"));
}

/* The path of an entry into w->name. Of a name that cannot be the letters that make it so are U+FFFD, and the
 * walk fails at its end: one such entry hides nothing else. False: longer than any path. */
static bool make_path(struct walk *w, const struct fat_entry *entry)
{
	const char *name = entry->name;

	if (!entry->has_long && !entry->deleted && !is_ascii(entry->short_name))
		name = entry->short_name;
	text_clear(&w->name);
	if (w->path) {
		text_add(&w->name, w->path);
		text_add(&w->name, "/");
	}
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		w->bad_name = true;
		text_add_char(&w->name, TEXT_BAD);
	}
	for (size_t n; *name; name += n + 1) {
		n = strcspn(name, "/");
		text_add_n(&w->name, name, n);
		if (!name[n])
			break;
		w->bad_name = true;
		text_add_char(&w->name, TEXT_BAD);
	}
	w->bad_name |= w->name.len > PATH_BYTES_MAX;
	return w->name.len <= PATH_BYTES_MAX;
}

static void fill(struct walk *w, const struct fat_entry *entry, struct filesystem_entry *out)
{
	*out = (struct filesystem_entry){
		.path = w->name.s,
		.type = entry->folder ? 'd' : 'f',
		.size_bytes = entry->folder ? 0 : entry->size_bytes,
		.id = entry->cluster,
		.internal = entry,
		.modified = make_time(&entry->modified, 0),
		.created = make_time(&entry->created, 2),
		.changed = { .digits = NO_TIME },
		.accessed = make_time(&entry->accessed, 0),
	};
}

/* Does a file have as many clusters as its size needs? Where they are another file's, too, which is counted as damage, that
 * one tells: so all files together cost no more than the clusters that there are. */
static bool has_clusters(struct walk *w, const struct fat_entry *entry)
{
	struct fat *fat = &w->x->fat;
	uint64_t missing =
		((uint64_t)entry->size_bytes + fat->cluster_bytes - 1) / fat->cluster_bytes;
	uint32_t cluster = entry->cluster;
	struct error why = { 0 };

	/* A disk that cannot be read takes long, and the walk will say so. */
	while (missing && !w->unread.kind) {
		if (w->taken[cluster / 8] >> cluster % 8 & 1) {
			w->x->fs.damaged++;
			return true;
		}
		w->taken[cluster / 8] |= (uint8_t)(1u << cluster % 8);
		if (--missing && !fat_next(fat, cluster, &cluster, &why)) {
			if (why.kind != ERROR_UNTRUSTED)
				w->unread = why;
			return false;
		}
		if (missing && !cluster)
			return false;
	}
	return true;
}

/* Called for each entry of a folder. */
static bool one(void *ctx, const struct fat_entry *entry, struct error *e)
{
	struct walk *w = ctx;
	struct filesystem_entry out;

	w->ended = w->total++ == FATFS_NAMES_MAX;
	if (w->ended)
		return bad_name(e);
	if (!make_path(w, entry))
		return true;
	w->x->fs.damaged += entry->past_end && !w->deleted;
	if (entry->folder && !entry->deleted) {
		w->pending_bytes += sizeof(*w->pending) + w->name.len;
		w->ended = w->pending_bytes > FATFS_PENDING_BYTES;
		if (w->ended)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the FAT file system is damaged: its folders take more "
					   "room than can be"));
		mem_grow(&w->pending, &w->capacity, w->count + 1, sizeof(*w->pending));
		w->pending[w->count++] = (struct folder){ *entry, mem_string(w->name.s) };
		return true;
	}
	if (w->deleted != entry->deleted)
		return true;
	fill(w, entry, &out);
	w->x->open = NULL;
	if (entry->deleted) {
		out.flags |= FILESYSTEM_DELETED;
		w->ended = !w->each(w->ctx, &out, e);
		return !w->ended;
	}
	bool readable = fat_file_open(&w->x->fat, entry, &w->x->file, &(struct error){ 0 }) &&
			has_clusters(w, entry);
	if (!readable)
		out.flags |= FILESYSTEM_UNREADABLE;
	w->x->fs.damaged += !readable && !entry->past_end;
	w->ended = !w->each(w->ctx, &out, e);
	return !w->ended;
}

static bool nothing(void *ctx, const struct fat_entry *entry, struct error *e)
{
	(void)ctx, (void)entry, (void)e;
	return true;
}

/* Mark the clusters of a folder. *good is false if one is another folder's, or its own: so all
 * folders together cost no more than the clusters that there are. */
static bool mark_chain(struct walk *w, uint32_t cluster, bool *good, struct error *e)
{
	struct fat *fat = &w->x->fat;

	*good = fat_is_cluster(fat, cluster);
	while (*good && cluster) {
		if (w->seen[cluster / 8] >> cluster % 8 & 1) {
			*good = false;
			return true;
		}
		w->seen[cluster / 8] |= (uint8_t)(1u << cluster % 8);
		if (!fat_next(fat, cluster, &cluster, e))
			return false;
	}
	return true;
}

/* Every folder but the root begins with itself: one that was written over does not. */
static bool has_dot(const struct fat *fat, const struct fat_entry *folder, struct error *e)
{
	uint8_t sector[512];

	return fat_bytes(fat, fat_cluster_at(fat, folder->cluster), sector, sizeof(sector), e) &&
	       (memcmp(sector, ".          ", 11) == 0 ||
		error_set(e, ERROR_UNTRUSTED, _("the FAT file system is damaged")));
}

/* May a folder be walked: has no other one its clusters? And is it whole? */
static void look(struct walk *w, const struct fat_entry *entry, bool *good, bool *is_whole)
{
	struct error why = { 0 };
	bool whole = mark_chain(w, entry->cluster, good, &why) &&
		     (!*good || (has_dot(&w->x->fat, entry, &why) &&
				 fat_walk(&w->x->fat, entry, nothing, NULL, &why)));

	if (!whole && why.kind != ERROR_UNTRUSTED && !w->unread.kind)
		w->unread = why;
	*is_whole = whole && *good;
}

static bool walk_folder(struct walk *w, const struct folder *folder, struct error *e)
{
	struct filesystem_entry out;
	struct error damage = { 0 };
	bool good, whole;

	w->path = folder->path;
	look(w, &folder->entry, &good, &whole);
	text_clear(&w->name);
	text_add(&w->name, folder->path);
	fill(w, &folder->entry, &out);
	if (!whole) {
		out.flags |= FILESYSTEM_UNREADABLE;
		w->x->fs.damaged += !w->deleted && !folder->entry.past_end;
	}
	w->ended = !w->deleted && !w->each(w->ctx, &out, e);
	/* Of one that is damaged, what lies before the damage. */
	return !w->ended &&
	       (!good || fat_walk(&w->x->fat, &folder->entry, one, w, whole ? e : &damage) ||
		!w->ended || error_set(e, damage.kind, "%s", damage.text));
}

static bool walk_all(struct fatfs *x, bool deleted,
		     bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e),
		     void *ctx, struct error *e)
{
	struct walk w = { .x = x, .each = each, .ctx = ctx, .deleted = deleted };

	w.seen = mem_alloc(x->fat.clusters / 8 + 2);
	w.taken = mem_alloc(x->fat.clusters / 8 + 2);
	bool good;
	/* What is wrong with the root's own chain, walking it says. */
	if (x->fat.bits == 32)
		(void)!mark_chain(&w, x->fat.root_cluster, &good, &(struct error){ 0 });
	struct error own = { 0 };
	bool whole = fat_walk(&x->fat, NULL, one, &w, &own);
	/* Folders that were found before the root is damaged are walked all the same. */
	bool ok = whole || !w.ended;
	while (w.count) {
		struct folder folder = w.pending[--w.count];

		w.pending_bytes -= sizeof(folder) + strlen(folder.path);
		ok = ok && walk_folder(&w, &folder, &own);
		free(folder.path);
	}
	if (!own.kind)
		own = w.unread;
	if (!own.kind && x->fat.copy_used && !deleted)
		error_set(&own, ERROR_FAILED, "%s",
			  _("a part of its FAT cannot be read: the copy of it is used"));
	if (own.kind)
		ok = error_set(e, own.kind, "%s", own.text);
	else if (ok && w.bad_name && !deleted) /* of deleted names nothing is expected */
		ok = bad_name(e);
	free(w.seen);
	free(w.taken);
	free(w.pending);
	text_release(&w.name);
	return ok;
}

static bool fatfs_walk(struct filesystem *f,
		       bool (*each)(void *ctx, const struct filesystem_entry *entry,
				    struct error *e),
		       void *ctx, struct error *e)
{
	f->damaged = 0;
	return walk_all(fatfs_of(f), false, each, ctx, e);
}

void fat_filesystem_past_end(struct filesystem *f)
{
	fatfs_of(f)->fat.past_end = true;
}

bool fat_filesystem_deleted(struct filesystem *f,
			    bool (*each)(void *ctx, const struct filesystem_entry *entry,
					 struct error *e),
			    void *ctx, struct error *e)
{
	struct fatfs *x = fatfs_of(f);

	x->fat.with_deleted = true;
	bool ok = walk_all(x, true, each, ctx, e);
	x->fat.with_deleted = false;
	return ok;
}

/* From `offset` on; backwards means from the beginning. */
static bool seek(struct fatfs *x, const struct fat_entry *entry, uint64_t offset, struct error *e)
{
	uint8_t skipped[4096];

	if (x->open != entry || x->at > offset) {
		x->open = NULL;
		if (!fat_file_open(&x->fat, entry, &x->file, e))
			return false;
		x->open = entry;
		x->at = 0;
	}
	while (x->at < offset) {
		uint64_t n = offset - x->at;

		n = n < sizeof(skipped) ? n : sizeof(skipped);
		if (!fat_file_read(&x->fat, &x->file, skipped, (size_t)n, e)) {
			x->open = NULL; /* it stands somewhere in between */
			return false;
		}
		x->at += n;
	}
	return true;
}

static bool fatfs_read(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
		       void *buf, size_t len, size_t *got, struct error *e)
{
	struct fatfs *x = fatfs_of(f);
	const struct fat_entry *file = entry->internal;

	*got = 0;
	if (offset >= file->size_bytes)
		return true;
	if (!seek(x, file, offset, e))
		return false;
	*got = len < x->file.left_bytes ? len : x->file.left_bytes;
	x->at += *got;
	if (!fat_file_read(&x->fat, &x->file, buf, *got, e)) {
		x->open = NULL;
		return false;
	}
	return true;
}

static bool fatfs_load(struct filesystem *f, const char *path, void *buf, size_t max, size_t *got,
		       bool *there, struct error *e)
{
	struct fatfs *x = fatfs_of(f);
	struct fat_entry entry;

	*got = 0;
	if (!fat_find(&x->fat, path, &entry, there, e))
		return false;
	*there = *there && !entry.folder;
	if (!*there)
		return true;
	x->open = NULL;
	if (!fat_file_open(&x->fat, &entry, &x->file, e))
		return false;
	*got = max < x->file.left_bytes ? max : x->file.left_bytes;
	return fat_file_read(&x->fat, &x->file, buf, *got, e);
}

static void fatfs_find_label(struct filesystem *f)
{
	fat_label(&fatfs_of(f)->fat, f->label);
}

static void fatfs_close(struct filesystem *f)
{
	free(fatfs_of(f));
}

struct filesystem *fat_filesystem_open(const struct partition_source *s, uint64_t first_byte,
				       uint64_t size_bytes, struct error *e)
{
	struct fatfs *x = mem_alloc(sizeof(*x));

	if (!fat_open(&x->fat, s, first_byte, size_bytes, e) || !read_state(x, e)) {
		free(x);
		return NULL;
	}
	x->fs.kind = FILESYSTEM_FAT;
	x->fs.block_bytes = x->fat.cluster_bytes;
	x->fs.size_bytes = x->fat.total_bytes;
	x->fs.find_label = fatfs_find_label;
	x->fs.used = fatfs_used;
	x->fs.walk = fatfs_walk;
	x->fs.read = fatfs_read;
	x->fs.load = fatfs_load;
	x->fs.close = fatfs_close;
	return &x->fs;
}
