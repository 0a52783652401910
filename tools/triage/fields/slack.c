/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names that folders had once, as records. */
#include "triage/fields/slack.h"

#include "lib/base/text.h"

#define EPOCH_S INT64_C(11644473600) /* from 1601 to 1970 */
#define IS_FOLDER 0x10000000u        /* of the attributes in a name */
#define MARK " ($I30)"

static int64_t seconds(uint64_t ticks)
{
	return (int64_t)(ticks / 10000000) - EPOCH_S;
}

/* The line that fls has for such a name; but its times are those that stand there, not those of whatever
 * the record is today. */
static void body(struct emit *o, const struct ntfs_scan_path *path, const struct ntfs_slack_name *n)
{
	struct text line = { 0 };

	text_add(&line, path->why ? "/$OrphanFiles/" : "/");
	text_add_n(&line, path->s, path->len);
	text_add(&line, MARK);
	text_add(&line, n->is_reused || n->in_use ? " (deleted-realloc)" : " (deleted)");
	const struct emit_body b = {
		.name = line.s,
		.name_len = line.len,
		.inode = NTFS_NUMBER(n->file),
		.mode = n->name.attributes & IS_FOLDER ? "-/drwxrwxrwx" : "-/rrwxrwxrwx",
		.size_bytes = n->name.size_bytes,
		.accessed = seconds(n->name.times.accessed),
		.modified = seconds(n->name.times.modified),
		.changed = seconds(n->name.times.changed),
		.created = seconds(n->name.times.created),
	};
	emit_body(o, &b);
	text_release(&line);
}

static void fields(struct emit *o, const struct ntfs_scan_path *path,
		   const struct ntfs_slack_name *n)
{
	static const char *const spaces[] = { "posix", "win32", "dos", "win32_and_dos" };
	static const char *const places[] = { "index_slack", "free_index_block", "deleted_index" };
	const struct ntfs_scan_name *name = &n->name;
	struct text whole = { 0 };

	if (n->file) {
		emit_number(o, "record_number", NTFS_NUMBER(n->file));
		emit_number(o, "sequence_number", NTFS_SEQUENCE(n->file));
		emit_bool(o, "in_use", n->in_use);
	}
	emit_bool(o, "is_directory", name->attributes & IS_FOLDER);
	text_add(&whole, path->why ? "$Orphans/" : "");
	text_add_n(&whole, path->s, path->len);
	emit_says(o, whole.s, whole.len);
	emit_says(o, MARK, sizeof(MARK) - 1);
	emit_text(o, "path", whole.s, whole.len);
	text_release(&whole);
	emit_utf16(o, "file_name", name->units.at, name->units.left / 2);
	emit_number(o, "parent_record_number", NTFS_NUMBER(name->parent));
	emit_number(o, "parent_sequence_number", NTFS_SEQUENCE(name->parent));
	emit_number(o, "file_size", name->size_bytes);
	emit_number(o, "allocated_size", name->allocated_bytes);
	emit_filetime(o, "creation_time", name->times.created, MOMENT_CREATED);
	emit_filetime(o, "modification_time", name->times.modified, MOMENT_MODIFIED);
	emit_filetime(o, "entry_modification_time", name->times.changed, MOMENT_CHANGED);
	emit_filetime(o, "access_time", name->times.accessed, MOMENT_ACCESSED);
	emit_flags(o, "file_attributes", name->attributes);
	emit_string(o, "namespace", spaces[name->space]);
	if (path->why)
		emit_string(o, "orphan_reason", ntfs_orphan_name(path->why));
	emit_bool(o, "recovered", true);
	emit_string(o, "found_in", places[n->place]);
	emit_number(o, "offset", n->offset);
	if (n->is_reused)
		emit_bool(o, "is_record_reused", true);
}

bool emit_slack_name(struct emit *o, struct ntfs_scan *s, const struct ntfs_slack_name *n,
		     struct error *e)
{
	const struct ntfs_scan_path path = ntfs_scan_path(s, n->name.parent, n->name.units);

	emit_begin(o, "fs:stat:ntfs");
	if (emit_form(o) == EMIT_BODYFILE)
		body(o, &path, n);
	else
		fields(o, &path, n);
	return emit_end(o, e);
}
