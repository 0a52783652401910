/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $MFT, or a volume that has one: docs/formats/mft.md. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/copy.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/disk/utf16.h"
#include "lib/ntfs/ntfs.h"
#include "lib/ntfs/scan.h"
#include "lib/ntfs/slack.h"
#include "triage/fields/slack.h"
#include "triage/format.h"

#define EPOCH_S INT64_C(11644473600) /* from 1601 to 1970 */
#define READ_ONLY 1u                 /* FILE_ATTRIBUTE_... */
#define HIDDEN 2u
#define ORPHANS "$Orphans/"         /* as the other verbs have it */
#define FLS_ORPHANS "$OrphanFiles/" /* as fls has it */
#define LINE_ROOM (2u * 3 * 32767)
#define ROOT 5u
#define BODY_NAMES_MAX 1024u         /* Windows makes no more links */
#define BODY_LINES_MAX (1u << 20)    /* of one file: each of its streams at each of its names */
#define STREAM_ROOM UTF16_TEXT(256u) /* ":name" */
#define OF_NAME " ($FILE_NAME)"
#define DELETED " (deleted)"

struct mft_job {
	const struct format_job *job;
	struct ntfs_scan *scan;
	struct ntfs_slack *slack; /* NULL: not asked for, or no volume */
	struct emit *out;
	char *line; /* a path, and what stands before it */
	/* Of a bodyfile: */
	bool has_folder; /* `line` is that of all names in `folder`, a reference */
	uint64_t folder;
	size_t folder_len;
	size_t path_len; /* of the folder, as it came: a long one can be cut from one name to the next */
	char stream[STREAM_ROOM];
};

static const char *const columns[] = {
	"record_number",
	"sequence_number",
	"in_use",
	"is_directory",
	"path",
	"file_name",
	"parent_record_number",
	"parent_sequence_number",
	"file_size",
	"allocated_size",
	"creation_time",
	"modification_time",
	"entry_modification_time",
	"access_time",
	"file_attributes",
	"link_count",
	"log_file_sequence_number",
	"update_sequence_number",
	"owner_id",
	"security_id",
	"reparse_tag",
	"reparse_target",
	"is_compressed",
	"is_encrypted",
	"is_sparse",
	"is_wof_compressed",
	"extension_record_count",
	"orphan_reason",
	"base_record_number",
	"problems",
	"recovered",
	"file_name_attributes",
	"data_streams",
	"index_entries",
	"slack_names",
	"found_in",
	"offset",
	"is_record_reused",
	"namespace",
	NULL,
};

static bool is_folder(const struct ntfs_scan_record *r)
{
	return r->flags & NTFS_FOLDER;
}

static bool is_deleted(const struct ntfs_scan_record *r)
{
	return !(r->flags & NTFS_IN_USE);
}

/* Bodyfile: the shapes of `fls -r -m /`. */

static int64_t seconds(uint64_t ticks)
{
	return ticks ? (int64_t)(ticks / 10000000) - EPOCH_S : 0;
}

/* "d/drwxrwxrwx" as fls makes it up: hidden files cannot be written to, read-only ones not read. */
static void mode_of(const struct ntfs_scan_record *r, char mode[EMIT_MODE_BYTES])
{
	const char type = is_folder(r) ? 'd' : 'r';
	const char rights[3] = {
		!r->has_standard || r->attributes & READ_ONLY ? '-' : 'r',
		!r->has_standard || r->attributes & HIDDEN ? '-' : 'w',
		r->has_standard ? 'x' : '-',
	};

	mode[0] = is_deleted(r) ? '-' : type;
	mode[1] = '/';
	mode[2] = type;
	for (size_t i = 3; i < EMIT_MODE_BYTES; i += 3)
		memcpy(mode + i, rights, 3);
}

static void put(char **to, const char *s, size_t len)
{
	copy_short(*to, s, len);
	*to += len;
}

/* One line of a name: b has what all of its lines share. */
static void body_line(struct emit *o, struct emit_body *b, uint32_t type, uint16_t id,
		      uint64_t size, const struct ntfs_times *t)
{
	b->type = type;
	b->id = id;
	b->size_bytes = size;
	b->accessed = seconds(t->accessed);
	b->modified = seconds(t->modified);
	b->changed = seconds(t->changed);
	b->created = seconds(t->created);
	emit_body(o, b);
	b->same_name = true;
	b->suffix_len = 0;
}

static bool is_index_name(struct reader units)
{
	static const uint8_t i30[] = { '$', 0, 'I', 0, '3', 0, '0', 0 };

	return units.left == sizeof(i30) && memcmp(units.at, i30, sizeof(i30)) == 0;
}

/* A line that is not the file's, or folder's, own. */
static bool is_other(const struct ntfs_scan_attribute *a)
{
	return (a->type == NTFS_DATA || a->type == NTFS_INDEX_ROOT) && a->name.left &&
	       !(a->type == NTFS_INDEX_ROOT && is_index_name(a->name));
}

/* Make j->line what stands before the name. False: that is what it was for the name before. */
static bool body_folder(struct mft_job *j, const struct ntfs_scan_path *path,
			const struct ntfs_scan_name *n)
{
	char *to = j->line;

	if (n && j->has_folder && n->parent == j->folder && path->name_at == j->path_len)
		return false;
	put(&to, "/", 1);
	if (path->why)
		put(&to, FLS_ORPHANS, sizeof(FLS_ORPHANS) - 1);
	if (!n)
		put(&to, "OrphanFile-", 11);
	put(&to, path->s, path->name_at);
	j->folder_len = (size_t)(to - j->line);
	j->path_len = path->name_at;
	j->has_folder = n;
	j->folder = n ? n->parent : 0;
	return true;
}

/* The lines of a name: itself, then each stream and each index that is not the folder's own. */
static void body_name(struct mft_job *j, const struct ntfs_scan_record *r, const char *mode,
		      const struct ntfs_scan_path *path, const struct ntfs_scan_name *n,
		      bool with_streams)
{
	const size_t deleted = is_deleted(r) ? sizeof(DELETED) - 1 : 0;
	const bool same_folder = !body_folder(j, path, n), is_root = r->number == ROOT;
	bool any = is_root;
	struct emit_body b = {
		.folder = j->line,
		.folder_len = j->folder_len,
		.same_folder = same_folder,
		.name = path->s + path->name_at,
		.name_len = path->len - path->name_at,
		.suffix = j->stream,
		.mode = mode,
		.inode = r->number,
		.uid = r->owner,
	};

	if (n && !is_root) {
		b.mark = OF_NAME DELETED;
		b.mark_len = sizeof(OF_NAME) - 1 + deleted;
		body_line(j->out, &b, NTFS_FILE_NAME, n->id, n->len, &n->times);
	}
	b.mark = DELETED;
	b.mark_len = deleted;
	for (size_t i = 0; i < r->attribute_count; i++) {
		const struct ntfs_scan_attribute *a = &r->list[i];

		if (a->type != NTFS_DATA && a->type != NTFS_INDEX_ROOT)
			continue;
		const bool other = is_other(a);
		if (other ? !with_streams : is_root)
			continue;
		any = true;
		if (other)
			b.suffix_len = 1 + utf16_wtf8(j->stream + 1, a->name);
		body_line(j->out, &b, a->type, a->id, a->size_bytes, &r->times);
	}
	if (!any)
		body_line(j->out, &b, 0, 0, 0, &r->times);
}

/* A short name is no entry of its own, unless it is the only one in that folder, or, of very many, at all. */
static bool is_short_beside(const struct ntfs_scan_record *r, const struct ntfs_scan_name *n)
{
	if (n->space != NTFS_DOS || r->name_count < 2)
		return false;
	for (size_t i = 0; i < r->name_count && r->name_count <= BODY_NAMES_MAX; i++)
		if (r->names[i].space != NTFS_DOS && r->names[i].parent == n->parent)
			return true;
	return r->name_count > BODY_NAMES_MAX;
}

static bool has_others(const struct ntfs_scan_record *r)
{
	for (size_t i = 0; i < r->attribute_count; i++)
		if (is_other(&r->list[i]))
			return true;
	return false;
}

static void body(struct mft_job *j, const struct ntfs_scan_record *r)
{
	const bool is_large = r->name_count * r->attribute_count > BODY_LINES_MAX;
	bool named = false;
	char mode[EMIT_MODE_BYTES];

	if (is_large)
		parse_problem(
			&j->job->problems, r->number * ntfs_scan_record_bytes(j->scan),
			N_("a file has very many names and streams: its streams are told of its first name only"));
	if (r->number == ROOT && !has_others(r))
		return; /* not even what stands before its name is new then */
	mode_of(r, mode);
	for (size_t i = 0; i < r->name_count; i++) {
		const struct ntfs_scan_name *n = &r->names[i];

		if (is_short_beside(r, n))
			continue;
		const struct ntfs_scan_path path = ntfs_scan_path(j->scan, n->parent, n->units);
		body_name(j, r, mode, &path, n, !is_large || !named);
		named = true;
	}
	if (!named) {
		const struct ntfs_scan_path path = ntfs_scan_nameless(j->scan, r->number);

		body_name(j, r, mode, &path, NULL, true);
	}
}

/* The other forms. */

static void reference(struct emit *o, const char *record, const char *sequence, uint64_t value)
{
	emit_number(o, record, NTFS_NUMBER(value));
	emit_number(o, sequence, NTFS_SEQUENCE(value));
}

static void path_field(struct mft_job *j, const struct ntfs_scan_path *path)
{
	char *to = j->line;

	if (path->why)
		put(&to, ORPHANS, sizeof(ORPHANS) - 1);
	put(&to, path->s, path->len);
	emit_text(j->out, "path", j->line, (size_t)(to - j->line));
}

/* Its times are moments if `timed`. */
static void name_fields(struct mft_job *j, const struct ntfs_scan_name *n, bool timed)
{
	static const char *const spaces[] = { "posix", "win32", "dos", "win32_and_dos" };
	struct emit *o = j->out;

	emit_utf16(o, "file_name", n->units.at, n->units.left / 2);
	emit_string(o, "namespace", n->space < 4 ? spaces[n->space] : NULL);
	reference(o, "parent_record_number", "parent_sequence_number", n->parent);
	emit_filetime(o, "creation_time", n->times.created, timed ? MOMENT_CREATED : MOMENT_NONE);
	emit_filetime(o, "modification_time", n->times.modified,
		      timed ? MOMENT_MODIFIED : MOMENT_NONE);
	emit_filetime(o, "entry_modification_time", n->times.changed,
		      timed ? MOMENT_CHANGED : MOMENT_NONE);
	emit_filetime(o, "access_time", n->times.accessed, timed ? MOMENT_ACCESSED : MOMENT_NONE);
	emit_number(o, "file_size", n->size_bytes);
	emit_number(o, "allocated_size", n->allocated_bytes);
	emit_flags(o, "file_attributes", n->attributes);
}

static void names_field(struct mft_job *j, const struct ntfs_scan_record *r)
{
	/* Without times of its own a file has those of its name; else they would be in no timeline. */
	const struct ntfs_scan_name *timed = r->has_standard ? NULL : ntfs_scan_name_of(r);
	struct emit *o = j->out;

	emit_array(o, "file_name_attributes");
	for (size_t i = 0; i < r->name_count; i++) {
		const struct ntfs_scan_name *n = &r->names[i];
		const struct ntfs_scan_path path = ntfs_scan_path(j->scan, n->parent, n->units);

		emit_object(o, NULL);
		emit_number(o, "attribute_id", n->id);
		path_field(j, &path);
		if (path.why)
			emit_string(o, "orphan_reason", ntfs_orphan_name(path.why));
		name_fields(j, n, n == timed);
		emit_close(o);
	}
	emit_close(o);
}

/* Names of other files that stand in this record: in the folder's index, and behind its end. */
static void other_names(struct mft_job *j, const struct ntfs_scan_record *r)
{
	struct reader node = ntfs_index_root(r), slack = r->slack;
	struct ntfs_index_entry entry;
	struct ntfs_scan_name n;
	struct emit *o = j->out;
	bool any = false;

	while (ntfs_index_next(&node, &entry)) {
		if (!any)
			emit_array(o, "index_entries");
		any = true;
		emit_object(o, NULL);
		reference(o, "record_number", "sequence_number", entry.file);
		name_fields(j, &entry.name, false);
		emit_close(o);
	}
	if (any)
		emit_close(o);
	any = false;
	while (ntfs_carve_name(&slack, &n)) {
		if (!any)
			emit_array(o, "slack_names");
		any = true;
		emit_object(o, NULL);
		name_fields(j, &n, false);
		emit_bool(o, "recovered", true);
		emit_close(o);
	}
	if (any)
		emit_close(o);
}

static void streams_field(struct emit *o, const struct ntfs_scan_record *r)
{
	emit_array(o, "data_streams");
	for (size_t i = 0; i < r->attribute_count; i++) {
		const struct ntfs_scan_attribute *a = &r->list[i];

		if (a->type != NTFS_DATA)
			continue;
		emit_object(o, NULL);
		emit_utf16(o, "name", a->name.at, a->name.left / 2);
		emit_number(o, "attribute_id", a->id);
		emit_number(o, "size", a->size_bytes);
		emit_number(o, "allocated_size", a->allocated_bytes);
		emit_number(o, "initialized_size", a->initialised_bytes);
		emit_bool(o, "is_resident", a->resident);
		emit_bool(o, "is_compressed", a->flags & 0xff);
		emit_bool(o, "is_encrypted", a->flags & 0x4000);
		emit_bool(o, "is_sparse", a->flags & 0x8000);
		emit_close(o);
	}
	emit_close(o);
}

static void problems_field(struct emit *o, unsigned problems)
{
	static const struct {
		unsigned flag;
		const char *name;
	} names[] = {
		{ NTFS_SCAN_TORN, "torn" },
		{ NTFS_SCAN_BAAD, "baad" },
		{ NTFS_SCAN_DAMAGED, "damaged" },
		{ NTFS_SCAN_CUT, "cut" },
		{ NTFS_SCAN_EXTENSION, "extension_without_base" },
	};

	emit_array(o, "problems");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (problems & names[i].flag)
			emit_string(o, NULL, names[i].name);
	emit_close(o);
}

/* The substitute name of a symbolic link or a mount point: [MS-FSCC] 2.1.2.4, 2.1.2.5. */
static void target_field(struct emit *o, const struct ntfs_scan_record *r)
{
	struct reader data = r->reparse;

	if (r->reparse_tag != 0xa000000c && r->reparse_tag != 0xa0000003)
		return;
	size_t at = reader_le16(&data), len = reader_le16(&data);
	reader_skip(&data, r->reparse_tag == 0xa000000c ? 8 : 4);
	reader_skip(&data, at);
	struct reader units = reader_sub(&data, len);
	if (!units.bad)
		emit_utf16(o, "reparse_target", units.at, units.left / 2);
}

static const struct ntfs_scan_attribute *content_of(const struct ntfs_scan_record *r)
{
	for (size_t i = 0; i < r->attribute_count; i++)
		if (r->list[i].type == NTFS_DATA && !r->list[i].name.left)
			return &r->list[i];
	return NULL;
}

/* Where it lies, by the name that a person sees. */
static void place_fields(struct mft_job *j, const struct ntfs_scan_record *r)
{
	const struct ntfs_scan_name *n = ntfs_scan_name_of(r);
	struct emit *o = j->out;
	struct ntfs_scan_path path = n ? ntfs_scan_path(j->scan, n->parent, n->units)
				       : ntfs_scan_nameless(j->scan, r->number);

	if (path.why)
		emit_says(o, ORPHANS, sizeof(ORPHANS) - 1);
	emit_says(o, path.s, path.len);
	path_field(j, &path);
	if (n) {
		emit_utf16(o, "file_name", n->units.at, n->units.left / 2);
		reference(o, "parent_record_number", "parent_sequence_number", n->parent);
	}
	if (path.why)
		emit_string(o, "orphan_reason", ntfs_orphan_name(path.why));
}

static void fields(struct mft_job *j, const struct ntfs_scan_record *r)
{
	const struct ntfs_scan_attribute *content = content_of(r);
	struct emit *o = j->out;

	emit_number(o, "record_number", r->number);
	emit_number(o, "sequence_number", r->sequence);
	emit_bool(o, "in_use", !is_deleted(r));
	emit_bool(o, "is_directory", is_folder(r));
	place_fields(j, r);
	if (content) {
		emit_number(o, "file_size", content->size_bytes);
		emit_number(o, "allocated_size", content->allocated_bytes);
	}
	if (r->has_standard) {
		emit_filetime(o, "creation_time", r->times.created, MOMENT_CREATED);
		emit_filetime(o, "modification_time", r->times.modified, MOMENT_MODIFIED);
		emit_filetime(o, "entry_modification_time", r->times.changed, MOMENT_CHANGED);
		emit_filetime(o, "access_time", r->times.accessed, MOMENT_ACCESSED);
		emit_flags(o, "file_attributes", r->attributes);
		emit_number(o, "update_sequence_number", r->usn);
		emit_number(o, "owner_id", r->owner);
		emit_number(o, "security_id", r->security);
	}
	emit_number(o, "link_count", r->links);
	emit_number(o, "log_file_sequence_number", r->lsn);
	if (r->reparse_tag) {
		emit_flags(o, "reparse_tag", r->reparse_tag);
		target_field(o, r);
	}
	emit_bool(o, "is_compressed", r->is_compressed);
	emit_bool(o, "is_encrypted", r->is_encrypted);
	emit_bool(o, "is_sparse", r->is_sparse);
	emit_bool(o, "is_wof_compressed", r->is_wof);
	if (r->extensions)
		emit_number(o, "extension_record_count", r->extensions);
	if (r->base)
		emit_number(o, "base_record_number", NTFS_NUMBER(r->base));
	names_field(j, r);
	streams_field(o, r);
	other_names(j, r);
	if (r->problems)
		problems_field(o, r->problems);
	if (is_deleted(r))
		emit_bool(o, "recovered", true);
}

static bool record(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	struct mft_job *j = ctx;

	if (j->slack)
		ntfs_slack_note(j->slack, r);
	emit_begin(j->out, "fs:stat:ntfs");
	if (emit_form(j->out) == EMIT_BODYFILE)
		body(j, r);
	else
		fields(j, r);
	return emit_end(j->out, e);
}

static bool slack_name(void *ctx, const struct ntfs_slack_name *n, struct error *e)
{
	const struct mft_job *j = ctx;

	return emit_slack_name(j->out, j->scan, n, e);
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	const struct mft_job *j = ctx;

	parse_problem(&j->job->problems, offset, what);
}

static bool open_volume(struct mft_job *j, const struct partition_source *s, struct filesystem **f,
			struct error *e)
{
	struct error lost = { 0 };

	*f = ntfs_open_damaged(s, 0, s->size_bytes, &lost, e);
	if (*f && lost.kind)
		problem(j, 0, lost.text);
	if (*f)
		j->scan = ntfs_scan_volume(*f);
	return *f;
}

/* What the records are of. A volume holds some as well, but does not begin with one, and only its own list says how
 * many there are: taken for an MFT, a disk would be one of hundreds of millions. */
static bool open_either(struct mft_job *j, const struct partition_source *s, bool is_mft,
			struct filesystem **f, struct error *e)
{
	struct error quiet = { 0 };

	if (is_mft)
		return (j->scan = ntfs_scan_mft(s, &quiet)) || open_volume(j, s, f, e);
	if (open_volume(j, s, f, e))
		return true;
	j->scan = ntfs_scan_mft(s, &quiet);
	if (j->scan)
		*e = (struct error){ 0 };
	return j->scan;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	const struct partition_source *s = &job->inputs[0];
	struct mft_job j = { .job = job, .out = o, .stream = ":" };
	const struct ntfs_scan_report report = { .problem = problem, .ctx = &j };
	struct filesystem *f = NULL;
	uint8_t first[4] = { 0 };
	bool ok = false;

	if (s->size_bytes >= sizeof(first) && !s->read(s->ctx, 0, first, sizeof(first), e))
		return false;
	const bool is_mft = memcmp(first, "FILE", 4) == 0 || memcmp(first, "BAAD", 4) == 0;
	if (!open_either(&j, s, is_mft, &f, e))
		goto out;
	j.slack = f && job->recovered ? ntfs_slack_new(f, j.scan) : NULL;
	j.line = mem_alloc(LINE_ROOM + NTFS_SCAN_DEPTH * 3 * 256);
	ok = ntfs_scan_folders(j.scan, &report, e) &&
	     ntfs_scan_each(j.scan, &report, record, &j, e) &&
	     (!j.slack || ntfs_slack_each(j.slack, &report, slack_name, &j, e));
	uint64_t rest = !is_mft ? 0 : s->size_bytes % ntfs_scan_record_bytes(j.scan);
	if (ok && rest)
		problem(&j, s->size_bytes - rest,
			N_("the last record is cut off: what is there of it is not read"));
out:
	free(j.line);
	ntfs_slack_free(j.slack);
	ntfs_scan_free(j.scan);
	if (f)
		f->close(f);
	return ok;
}

const struct format format_mft = {
	.name = "mft",
	.help = N_("the list of files of NTFS ($MFT), or a volume with it"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
