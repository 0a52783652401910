/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names on ext2, ext3 and ext4, and what their inodes say. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/disk/ext_inside.h"

#define PATH_BYTES_MAX 65536u
#define NO_TIME 255

/* One name of a folder. */
struct name {
	ext2_ino_t inode;
	size_t at; /* in `names` */
};

/* A folder that was found; its path is made by going up. */
struct folder {
	ext2_ino_t inode;
	size_t parent, name; /* in `folders`, in `folder_names` */
};

struct walk {
	struct ext *x;
	bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e);
	void *ctx;
	ext2fs_inode_bitmap seen; /* folders that were walked */
	struct folder *folders;   /* every one that was found; 0 is the root */
	size_t folder_count, folder_capacity;
	struct text folder_names;
	size_t *pending; /* those that are still to be walked */
	size_t pending_count, pending_capacity;
	struct name *list; /* of the folder that is being walked */
	size_t count, capacity;
	struct text names, path;
	size_t total;
	bool too_many;
	bool damaged; /* the walk fails at its end */
};

/* Called for each entry of a folder. */
static bool add_name(void *ctx, ext2_ino_t inode, const char *name, size_t n)
{
	struct walk *w = ctx;

	if ((n == 1 && *name == '.') || (n == 2 && memcmp(name, "..", 2) == 0))
		return true;
	if (w->total++ == EXT_NAMES_MAX) {
		w->too_many = true;
		return false;
	}
	mem_grow(&w->list, &w->capacity, w->count + 1, sizeof(*w->list));
	w->list[w->count++] = (struct name){ inode, w->names.len };
	/* Of a name that cannot be the letters that make it so are U+FFFD, and the walk fails at its end. */
	w->damaged |= n == 0;
	if (n == 0)
		text_add_char(&w->names, TEXT_BAD);
	for (size_t i = 0; i < n; i++) {
		if (name[i] && name[i] != '/') {
			text_add_n(&w->names, name + i, 1);
			continue;
		}
		w->damaged = true;
		text_add_char(&w->names, TEXT_BAD);
	}
	text_add_n(&w->names, "", 1);
	return true;
}

static void add_folder(struct walk *w, ext2_ino_t inode, size_t parent, const char *name)
{
	mem_grow(&w->folders, &w->folder_capacity, w->folder_count + 1, sizeof(*w->folders));
	w->folders[w->folder_count] = (struct folder){ inode, parent, w->folder_names.len };
	text_add_n(&w->folder_names, name, strlen(name) + 1);
	mem_grow(&w->pending, &w->pending_capacity, w->pending_count + 1, sizeof(*w->pending));
	w->pending[w->pending_count++] = w->folder_count++;
}

/* A folder whose path (in w->path) would be longer than any that can be written is the top of its own: everybody
 * can make such ones, and neither what lies in them nor the rest of the volume is lost by it. */
static void add_deep(struct walk *w, ext2_ino_t inode, const char *name)
{
	struct text top = { 0 };

	text_addf(&top, "$Orphans/%u/%s", inode, name);
	add_folder(w, inode, 0, top.s);
	text_release(&top);
}

/* The path of a folder into w->path, with a slash at its end; "" of the root. */
static void make_path(struct walk *w, size_t folder)
{
	size_t len = 0;

	for (size_t at = folder; at; at = w->folders[at].parent)
		len += strlen(w->folder_names.s + w->folders[at].name) + 1;
	text_clear(&w->path);
	for (size_t i = 0; i < len; i++)
		text_add_n(&w->path, "/", 1);
	for (size_t at = folder; at; at = w->folders[at].parent) {
		const char *name = w->folder_names.s + w->folders[at].name;
		size_t n = strlen(name);

		len -= n + 1;
		memcpy(w->path.s + len, name, n);
	}
}

/* Seconds with two more bits and nanoseconds, where the inode has room for them. */
static struct filesystem_time make_time(uint32_t seconds, uint32_t extra, bool has_extra)
{
	struct filesystem_time t = { .s = (int32_t)seconds };

	if (!has_extra || extra >> 2 >= 1000000000)
		return t;
	t.s += (int64_t)(extra & 3) << 32;
	t.ns = extra >> 2;
	t.digits = 9;
	return t;
}

void ext_times(const struct ext2_inode_large *i, size_t inode_bytes, struct filesystem_entry *entry)
{
	size_t has = EXT2_GOOD_OLD_INODE_SIZE;

	if (inode_bytes > has + 4)
		has += i->i_extra_isize;
#define HAS(field) (offsetof(struct ext2_inode_large, field) + sizeof(i->field) <= has)
	entry->modified = make_time(i->i_mtime, i->i_mtime_extra, HAS(i_mtime_extra));
	entry->changed = make_time(i->i_ctime, i->i_ctime_extra, HAS(i_ctime_extra));
	entry->accessed = make_time(i->i_atime, i->i_atime_extra, HAS(i_atime_extra));
	entry->created = (struct filesystem_time){ .digits = NO_TIME };
	if (HAS(i_crtime) && i->i_crtime)
		entry->created = make_time(i->i_crtime, i->i_crtime_extra, HAS(i_crtime_extra));
#undef HAS
}

/* What an entry is, by its inode. */
static void fill(struct walk *w, ext2_ino_t ino, struct filesystem_entry *entry)
{
	struct ext2_inode_large large = { 0 };
	struct ext2_inode *inode = (struct ext2_inode *)(void *)&large;
	bool sparse = false, sound;
	struct ext *x = w->x;

	*entry = (struct filesystem_entry){ .type = 'o', .id = ino, .path = entry->path };
	entry->modified.digits = entry->created.digits = entry->changed.digits = NO_TIME;
	entry->accessed.digits = NO_TIME;
	if (ext_inode_read(x, ino, &large, &sound) || !large.i_mode) {
		entry->flags = FILESYSTEM_UNREADABLE;
		x->fs.damaged++;
		return;
	}
	ext_times(&large, EXT2_INODE_SIZE(x->lib->super), entry);
	entry->mode = large.i_mode;
	entry->uid = inode_uid(large);
	entry->gid = inode_gid(large);
	if (LINUX_S_ISDIR(large.i_mode))
		entry->type = 'd';
	else if (LINUX_S_ISREG(large.i_mode))
		entry->type = 'f';
	else if (LINUX_S_ISLNK(large.i_mode))
		entry->type = 'l';
	if (large.i_flags & EXT4_ENCRYPT_FL)
		entry->flags |= FILESYSTEM_ENCRYPTED;
	if (entry->type != 'd' && large.i_links_count > 1)
		entry->flags |= FILESYSTEM_ONE_OF_SEVERAL;
	if (entry->type == 'f' || entry->type == 'l') {
		entry->size_bytes = EXT2_I_SIZE(inode);
		if (ext_content_open(x, ino, inode, &sparse))
			entry->flags |= FILESYSTEM_UNREADABLE;
		sound &= x->content.sound;
	}
	if (!sound)
		entry->flags |= FILESYSTEM_DAMAGED;
	if (sparse)
		entry->flags |= FILESYSTEM_SPARSE;
	/* A name for what was deleted, or never was a file: the kernel opens none of these. */
	x->fs.damaged += (entry->flags & (FILESYSTEM_UNREADABLE | FILESYSTEM_DAMAGED)) != 0 ||
			 !large.i_links_count;
}

static int by_inode(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->inode != y->inode)
		return x->inode < y->inode ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* A folder and what it holds, but for the folders inside, which become pending. */
static bool walk_folder(struct walk *w, size_t folder, struct error *e)
{
	ext2_ino_t ino = w->folders[folder].inode;
	const struct ext_names names = { add_name, w };
	struct filesystem_entry entry = { 0 };
	errcode_t why = EXT2_ET_DIR_CORRUPTED;

	w->count = 0;
	text_clear(&w->names);
	make_path(w, folder);
	if (ext2fs_test_inode_bitmap2(w->seen, ino)) {
		w->x->fs.damaged++;
	} else {
		ext2fs_mark_inode_bitmap2(w->seen, ino);
		why = ext_folder_read(w->x, ino, &names);
		/* Names may be lost, of which nothing else tells. */
		w->damaged |= why != 0;
	}
	if (w->x->failure.kind)
		return error_set(e, w->x->failure.kind, "%s", w->x->failure.text);
	if (w->too_many)
		return ext_refuse(w->x, EXT2_ET_DIR_CORRUPTED, e, _("a folder"));
	if (folder) {
		w->path.s[w->path.len - 1] = '\0'; /* the slash */
		entry.path = w->path.s;
		fill(w, ino, &entry);
		if (why)
			entry.flags |= FILESYSTEM_UNREADABLE;
		if (!w->each(w->ctx, &entry, e))
			return false;
		w->path.s[w->path.len - 1] = '/';
	}
	if (w->count)
		qsort(w->list, w->count, sizeof(*w->list), by_inode);
	size_t base = w->path.len;
	for (size_t i = 0; i < w->count; i++) {
		const char *name = w->names.s + w->list[i].at;

		w->path.len = base;
		text_add(&w->path, name);
		entry.path = w->path.s;
		fill(w, w->list[i].inode, &entry);
		if (w->x->failure.kind)
			return error_set(e, w->x->failure.kind, "%s", w->x->failure.text);
		if (entry.type == 'd' && w->path.len >= PATH_BYTES_MAX)
			add_deep(w, w->list[i].inode, name);
		else if (entry.type == 'd')
			add_folder(w, w->list[i].inode, folder, name);
		else if (!w->each(w->ctx, &entry, e))
			return false;
	}
	return true;
}

bool ext_walk(struct filesystem *f,
	      bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e),
	      void *ctx, struct error *e)
{
	struct ext *x = ext_of(f);
	struct walk w = { .x = x, .each = each, .ctx = ctx };
	uint64_t all;

	f->damaged = 0;
	if (!u64_mul(x->size_bytes, EXT_WALK_FACTOR, &all) || !u64_add(all, EXT_WALK_FIRST, &all))
		all = UINT64_MAX;
	ext_allow(x, all);
	errcode_t why = ext2fs_allocate_inode_bitmap(x->lib, "folders", &w.seen);
	bool ok = !why || ext_refuse(x, why, e, _("its inodes"));

	if (ok) {
		add_folder(&w, EXT2_ROOT_INO, 0, "");
		while (ok && w.pending_count)
			ok = walk_folder(&w, w.pending[--w.pending_count], e);
		if (ok && x->unread.kind)
			ok = error_set(e, x->unread.kind, "%s", x->unread.text);
		if (ok && w.damaged)
			ok = ext_refuse(x, EXT2_ET_DIR_CORRUPTED, e, _("a folder"));
		ext2fs_free_inode_bitmap(w.seen);
	}
	free(w.folders);
	free(w.pending);
	free(w.list);
	text_release(&w.folder_names);
	text_release(&w.names);
	text_release(&w.path);
	return ok;
}
