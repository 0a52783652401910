/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The change journal of NTFS, alone, with the MFT that belongs to it, or out of a volume: docs/formats/usn.md. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/ntfs/named.h"
#include "lib/ntfs/ntfs.h"
#include "triage/format.h"
#include "triage/parse/usn_paths.h"

#define ORPHANS "$Orphans/"
#define PATH_ROOM (sizeof(ORPHANS) + (USN_DEPTH + 1) * (NTFS_SCAN_NAME_BYTES + 1))

struct usn_job {
	const struct format_job *job;
	struct emit *out;
	struct usn_paths *paths;
	bool carved;    /* what comes now does */
	uint64_t moved; /* where in the input the source begins */
	char *line;
};

static const char *const columns[] = {
	"usn",
	"timestamp",
	"reason",
	"reason_flags",
	"file_name",
	"path",
	"orphan_reason",
	"file_attributes",
	"record_number",
	"sequence_number",
	"parent_record_number",
	"parent_sequence_number",
	"file_reference_number",
	"parent_file_reference_number",
	"source_info",
	"security_id",
	"major_version",
	"offset",
	"remaining_extents",
	"extents",
	"recovered",
	NULL,
};

static void reference(struct emit *o, const char *key, uint64_t low, uint64_t high)
{
	char text[40];

	if (high)
		snprintf(text, sizeof(text), "0x%016llx%016llx", high + 0ULL, low + 0ULL);
	else
		snprintf(text, sizeof(text), "0x%016llx", low + 0ULL);
	emit_string(o, key, text);
}

static void reasons(struct emit *o, uint32_t reason)
{
	emit_array(o, "reason");
	for (uint32_t left = reason; left; left &= left - 1) {
		uint32_t bit = left & ~(left - 1);
		const char *name = usn_reason_name(bit);

		if (name)
			emit_string(o, NULL, name);
		else
			emit_flags(o, NULL, bit);
	}
	emit_close(o);
	emit_flags(o, "reason_flags", reason);
}

static void extents_field(struct emit *o, const struct usn_record *r)
{
	struct reader all = r->extents;

	emit_number(o, "remaining_extents", r->remaining_extents);
	emit_array(o, "extents");
	while (all.left) {
		emit_object(o, NULL);
		emit_number(o, "offset", reader_le64(&all));
		emit_number(o, "length", reader_le64(&all));
		emit_close(o);
	}
	emit_close(o);
}

/* Into j->line; its bytes. */
static size_t whole_path(struct usn_job *j, const struct usn_path *path, const struct usn_record *r)
{
	char *to = j->line;

	if (path->why) {
		memcpy(to, ORPHANS, sizeof(ORPHANS) - 1);
		to += sizeof(ORPHANS) - 1;
	}
	memcpy(to, path->s, path->len);
	to += path->len;
	if (r->name.left <= 510) /* no name of NTFS is longer; it is a field of its own, too */
		to += ntfs_scan_name_text(to, r->name);
	return (size_t)(to - j->line);
}

/* Of a timeline: what happened to which file. */
static void says(struct emit *o, const char *path, size_t len, uint32_t reason)
{
	emit_says(o, path, len);
	for (uint32_t left = reason; left; left &= left - 1) {
		uint32_t bit = left & ~(left - 1);
		const char *name = usn_reason_name(bit);

		emit_says(o, left == reason ? ": " : ", ", 2);
		if (name)
			emit_says(o, name, strlen(name));
		else
			emit_saysf(o, "0x%08lx", bit + 0UL);
	}
}

static bool record(void *ctx, const struct usn_record *r, struct error *e)
{
	struct usn_job *j = ctx;
	struct emit *o = j->out;
	const bool named = r->major < 4;
	const struct usn_path path = named ? usn_paths_at(j->paths, r, j->carved)
					   : (struct usn_path){ 0 };
	const size_t len = named ? whole_path(j, &path, r) : 0;

	emit_begin(o, "fs:ntfs:usn_change");
	says(o, j->line, len, r->reason);
	emit_number(o, "usn", r->usn);
	if (named)
		emit_filetime(o, "timestamp", r->time, MOMENT_RECORDED);
	reasons(o, r->reason);
	if (named) {
		emit_utf16(o, "file_name", r->name.at, r->name.left / 2);
		emit_text(o, "path", j->line, len);
		if (path.why)
			emit_string(o, "orphan_reason", ntfs_orphan_name(path.why));
		emit_flags(o, "file_attributes", r->attributes);
	}
	emit_number(o, "record_number", NTFS_NUMBER(r->file));
	emit_number(o, "sequence_number", NTFS_SEQUENCE(r->file));
	emit_number(o, "parent_record_number", NTFS_NUMBER(r->parent));
	emit_number(o, "parent_sequence_number", NTFS_SEQUENCE(r->parent));
	reference(o, "file_reference_number", r->file, r->file_high);
	reference(o, "parent_file_reference_number", r->parent, r->parent_high);
	emit_flags(o, "source_info", r->source);
	if (named)
		emit_number(o, "security_id", r->security);
	else
		extents_field(o, r);
	emit_number(o, "major_version", r->major);
	emit_number(o, "offset", j->moved + r->offset);
	if (j->carved)
		emit_bool(o, "recovered", true);
	return emit_end(o, e);
}

static bool note(void *ctx, const struct usn_record *r, struct error *e)
{
	struct usn_job *j = ctx;
	(void)e;

	usn_paths_note(j->paths, r);
	return true;
}

/* A journal, twice: first for where its folders were at the beginning. */
static bool journal(struct usn_job *j, const struct usn_source *s, struct error *e)
{
	return usn_parse(s, NULL, note, j, e) && usn_parse(s, &j->job->problems, record, j, e);
}

/* A part of a source. */
struct part {
	const struct partition_source *whole;
	uint64_t first;
};

static bool read_part(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct part *p = ctx;

	return partition_source_read(p->whole, p->first + offset, buf, len, e);
}

/* Old pages of the journal, in the clusters that no file has. */
static bool free_clusters(struct usn_job *j, struct filesystem *f, struct error *e)
{
	const struct partition_source *whole = &j->job->inputs[0];
	struct used_map m = { 0 };
	struct error own = { 0 };
	bool ok = true;

	if (!f->used(f, &m, &own)) { /* what was read of the journal stays */
		parse_problem(&j->job->problems, 0, own.text);
		return true;
	}
	j->carved = true;
	for (uint64_t at = 0; ok && at < m.units;) {
		uint64_t end = at;

		while (end < m.units && !used_map_get(&m, end))
			end++;
		if (end > at) {
			struct part p = { whole, at * m.unit_bytes };
			const struct partition_source bytes = { read_part, &p,
								(end - at) * m.unit_bytes,
								whole->sector_bytes };
			const struct usn_source s = { .bytes = &bytes, .carve = true };

			j->moved = p.first;
			ok = usn_parse(&s, &j->job->problems, record, j, e);
		}
		at = end + 1;
	}
	used_map_release(&m);
	return ok;
}

static bool of_volume(struct usn_job *j, struct filesystem *f, struct error *e)
{
	bool there = false, ok = true;
	struct error own = { 0 };
	struct ntfs_named *n = ntfs_named_open(f, "$Extend/$UsnJrnl", "$J", &there, &own);

	if (!n && own.kind && !j->job->recovered)
		return error_set(e, own.kind, "%s", own.text);
	if (n) {
		const struct usn_source s = { .bytes = ntfs_named_source(n),
					      .next_stored = ntfs_named_next,
					      .ctx = n };
		ok = journal(j, &s, e);
		ntfs_named_free(n);
	} else {
		parse_problem(&j->job->problems, 0,
			      own.kind ? own.text : N_("the volume keeps no change journal"));
	}
	return ok && (!j->job->recovered || free_clusters(j, f, e));
}

/* The volume that an input is, or NULL. */
static struct filesystem *volume_of(const struct partition_source *s,
				    const struct parse_problems *problems)
{
	struct error e = { 0 }, lost = { 0 };
	uint8_t first[11];

	if (s->size_bytes < 4096 || !s->read(s->ctx, 0, first, sizeof(first), &e) ||
	    memcmp(first + 3, "NTFS    ", 8) != 0)
		return NULL;
	struct filesystem *f = ntfs_open_damaged(s, 0, s->size_bytes, &lost, &e);
	if (f && lost.kind)
		parse_problem(problems, 0, lost.text);
	return f;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct usn_job j = { .job = job, .out = o };
	struct filesystem *f = volume_of(&job->inputs[0], &job->problems), *of_mft = NULL;
	struct ntfs_scan *mft = NULL;
	bool ok = false;

	if (f) {
		mft = ntfs_scan_volume(f);
	} else if (job->count > 1) {
		of_mft = volume_of(&job->inputs[1], &job->problems);
		mft = of_mft ? ntfs_scan_volume(of_mft) : ntfs_scan_mft(&job->inputs[1], e);
		if (!mft)
			return of_mft ? false : error_prefix(e, "'%s': ", job->names[1]);
	}
	if (mft && !ntfs_scan_folders(mft, NULL, e))
		goto out;
	j.paths = usn_paths_new(mft);
	j.line = mem_alloc(PATH_ROOM);
	if (f) {
		ok = of_volume(&j, f, e);
	} else {
		const struct usn_source s = { .bytes = &job->inputs[0], .carve = job->recovered };

		j.carved = job->recovered;
		ok = journal(&j, &s, e);
	}
out:
	free(j.line);
	usn_paths_free(j.paths);
	ntfs_scan_free(mft);
	if (of_mft)
		of_mft->close(of_mft);
	if (f)
		f->close(f);
	return ok;
}

const struct format format_usn = {
	.name = "usn",
	.help = N_(
		"the change journal of NTFS ($UsnJrnl:$J), or a volume; a second input: its $MFT"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 2,
	.run = run,
};
