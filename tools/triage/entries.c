/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of any file system, as records. */
#include "triage/entries.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/disk/ext.h"

#define NO_TIME 255
#define MODE_ROOM (EMIT_MODE_BYTES + 1) /* with its end */

static const char *type_of(const struct filesystem_entry *entry)
{
	switch (entry->type) {
	case 'f':
		return "file";
	case 'd':
		return "folder";
	case 'l':
		return "link";
	case 's':
		return "stream";
	default:
		return "other";
	}
}

static void put_time(struct emit *o, const char *key, const struct filesystem_time *t,
		     enum emit_moment what)
{
	if (t->digits == NO_TIME)
		emit_null(o, key);
	else
		emit_unix(o, key, t->s, t->ns, t->digits, what);
}

/* "r/rrwxr-xr-x", as fls writes it, which has two letters for a socket. Where a file system has no rights, all are shown. */
static void mode_text(char out[MODE_ROOM], const struct filesystem_entry *entry)
{
	static const char bits[] = "rwxrwxrwx";
	uint32_t mode = entry->mode ? entry->mode : 0777;
	char type = entry->type == 'd' ? 'd' : entry->type == 'l' ? 'l' : 'r';

	if (entry->mode)
		switch (entry->mode >> 12) {
		case 1:
			type = 'p';
			break;
		case 2:
			type = 'c';
			break;
		case 6:
			type = 'b';
			break;
		case 12:
			type = 'h';
			break;
		default:
			break;
		}
	out[0] = type == 'h' ? 's' : type;
	out[1] = '/';
	out[2] = type;
	for (int i = 0; i < 9; i++)
		out[3 + i] = mode & (0400u >> i) ? bits[i] : '-';
	if (mode & 04000)
		out[5] = mode & 0100 ? 's' : 'S';
	if (mode & 02000)
		out[8] = mode & 0010 ? 's' : 'S';
	if (mode & 01000)
		out[11] = mode & 0001 ? 't' : 'T';
	out[EMIT_MODE_BYTES] = '\0';
}

static int64_t whole(const struct filesystem_time *t)
{
	return t->digits == NO_TIME ? 0 : t->s;
}

/* What stands in an inode; the name is the caller's. */
static struct emit_body body_of(const struct filesystem_entry *entry, char mode[MODE_ROOM])
{
	mode_text(mode, entry);
	return (struct emit_body){
		.inode = entry->id,
		.mode = mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.size_bytes = entry->size_bytes,
		.accessed = whole(&entry->accessed),
		.modified = whole(&entry->modified),
		.changed = whole(&entry->changed),
		.created = whole(&entry->created),
	};
}

static void body(struct emit *o, const struct filesystem_entry *entry, const char *target)
{
	char mode[MODE_ROOM];
	struct emit_body b = body_of(entry, mode);
	struct text name = { 0 };

	text_add_n(&name, "/", 1);
	text_add(&name, entry->path);
	if (entry->stream) {
		text_add_n(&name, ":", 1);
		text_add(&name, entry->stream);
	}
	if (target)
		text_addf(&name, " -> %s", target);
	if (entry->flags & FILESYSTEM_DELETED)
		text_add(&name, " (deleted)"); /* both as fls has it */
	b.name = name.s;
	b.name_len = name.len;
	emit_body(o, &b);
	text_release(&name);
}

/* The line that fls has for an inode without a name, and when it was deleted as one more of the same name. */
static void deleted_body(struct emit *o, const struct ext_deleted *d)
{
	char mode[MODE_ROOM];
	struct emit_body b = body_of(&d->entry, mode);
	struct text name = { 0 };

	mode[0] = '-';
	text_addf(&name, "/$OrphanFiles/OrphanFile-%llu (deleted)", d->inode + 0ULL);
	b.name = name.s;
	b.name_len = name.len;
	emit_body(o, &b);
	if (!d->is_orphan && d->deleted != b.changed) {
		b.accessed = b.modified = b.created = 0;
		b.changed = d->deleted;
		emit_body(o, &b);
	}
	text_release(&name);
}

static void flag(struct emit *o, const char *key, const struct filesystem_entry *entry,
		 enum filesystem_flag which)
{
	if (entry->flags & which)
		emit_bool(o, key, true);
}

/* What stands in an inode. */
static void inode_fields(struct emit *o, const struct filesystem_entry *entry)
{
	emit_string(o, "type", type_of(entry));
	emit_number(o, "file_size", entry->size_bytes);
	emit_number(o, "inode", entry->id);
	put_time(o, "creation_time", &entry->created, MOMENT_CREATED);
	put_time(o, "modification_time", &entry->modified, MOMENT_MODIFIED);
	put_time(o, "change_time", &entry->changed, MOMENT_CHANGED);
	put_time(o, "access_time", &entry->accessed, MOMENT_ACCESSED);
	if (entry->mode) {
		char mode[MODE_ROOM];

		mode_text(mode, entry);
		if (mode[2] == 'r' || mode[2] == 'h') /* ls has other letters than fls */
			mode[2] = mode[2] == 'r' ? '-' : 's';
		emit_string(o, "mode", mode + 2);
		emit_number(o, "uid", entry->uid);
		emit_number(o, "gid", entry->gid);
	}
}

bool entry_emit_deleted(struct emit *o, const struct ext_deleted *d, struct error *e)
{
	emit_begin(o, "fs:stat");
	emit_saysf(o, "inode %llu (deleted)", d->inode + 0ULL);
	emit_null(o, "path");
	inode_fields(o, &d->entry);
	if (d->is_orphan)
		emit_null(o, "deletion_time");
	else
		emit_unix(o, "deletion_time", d->deleted, 0, 0, MOMENT_DELETED);
	flag(o, "damaged", &d->entry, FILESYSTEM_DAMAGED);
	emit_bool(o, "recovered", true);
	if (emit_form(o) == EMIT_BODYFILE)
		deleted_body(o, d);
	return emit_end(o, e);
}

bool entry_target(struct filesystem *f, const struct filesystem_entry *entry,
		  char out[ENTRY_TARGET])
{
	struct error quiet = { 0 };
	size_t got = 0;

	if (entry->type != 'l' || entry->stream ||
	    entry->flags & (FILESYSTEM_DELETED | FILESYSTEM_UNREADABLE) ||
	    !f->read(f, entry, 0, out, ENTRY_TARGET - 1, &got, &quiet) || !got)
		return false;
	out[got] = '\0';
	return true;
}

bool entry_emit(struct emit *o, struct filesystem *f, const struct filesystem_entry *entry,
		struct error *e)
{
	char target[ENTRY_TARGET];
	bool leads = entry_target(f, entry, target);

	emit_begin(o, f->kind == FILESYSTEM_NTFS ? "fs:stat:ntfs" : "fs:stat");
	emit_says(o, entry->path, strlen(entry->path));
	emit_string(o, "path", entry->path);
	if (entry->stream) {
		emit_says(o, ":", 1);
		emit_says(o, entry->stream, strlen(entry->stream));
		emit_string(o, "stream", entry->stream);
	}
	if (leads)
		emit_string(o, "link_target", target);
	inode_fields(o, entry);
	flag(o, "is_compressed", entry, FILESYSTEM_COMPRESSED);
	flag(o, "is_encrypted", entry, FILESYSTEM_ENCRYPTED);
	flag(o, "is_sparse", entry, FILESYSTEM_SPARSE);
	flag(o, "is_wof_compressed", entry, FILESYSTEM_WOF);
	flag(o, "unreadable", entry, FILESYSTEM_UNREADABLE);
	flag(o, "damaged", entry, FILESYSTEM_DAMAGED);
	flag(o, "recovered", entry, FILESYSTEM_DELETED);
	if (emit_form(o) == EMIT_BODYFILE)
		body(o, entry, leads ? target : NULL);
	return emit_end(o, e);
}
