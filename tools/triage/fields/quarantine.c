/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Defender put into quarantine: docs/formats/quarantine.md. */
#include "triage/parse/quarantine.h"

#include <stdlib.h>

#include "lib/base/language.h"
#include "triage/format.h"

#define ENTRY_BYTES_MAX ((size_t)16 << 20)

static const char *const columns[] = {
	"record_type", "quarantine_time",   "threat_name",   "threat_id",    "resource_type",
	"path",        "physical_path",     "resource_id",   "file_size",    "creation_time",
	"access_time", "modification_time", "quarantine_id", "scan_id",      "stream",
	"stream_name", "stream_size",       "sha256",        "is_truncated", "offset",
	NULL,
};

static void resource(struct emit *o, const struct quarantine_resource *q)
{
	emit_text(o, "resource_type", (const char *)q->type.at, q->type.left);
	emit_utf16(o, "path", q->path.at, q->path.left / 2);
	if (q->physical.left)
		emit_utf16(o, "physical_path", q->physical.at, q->physical.left / 2);
	if (q->resource_id.left)
		emit_hex(o, "resource_id", q->resource_id.at, q->resource_id.left);
	if (q->has_size)
		emit_number(o, "file_size", q->size);
	emit_filetime(o, "creation_time", q->created, MOMENT_CREATED);
	emit_filetime(o, "access_time", q->accessed, MOMENT_ACCESSED);
	emit_filetime(o, "modification_time", q->written, MOMENT_MODIFIED);
}

static bool found(void *ctx, const struct quarantine_entry *entry,
		  const struct quarantine_resource *q, struct error *e)
{
	struct emit *o = ctx;

	emit_begin(o, "windows:defender:quarantine");
	emit_says(o, (const char *)entry->threat.at, entry->threat.left);
	if (q && q->path.left) {
		emit_says(o, ": ", 2);
		emit_says16(o, q->path.at, q->path.left / 2);
	}
	emit_string(o, "record_type", "entry");
	emit_filetime(o, "quarantine_time", entry->time, MOMENT_RECORDED);
	emit_text(o, "threat_name", (const char *)entry->threat.at, entry->threat.left);
	emit_number(o, "threat_id", entry->threat_id);
	if (q)
		resource(o, q);
	emit_guid(o, "quarantine_id", entry->id);
	emit_guid(o, "scan_id", entry->scan_id);
	emit_number(o, "offset", q ? q->offset : 0);
	return emit_end(o, e);
}

static bool stream(void *ctx, const struct quarantine_stream *q, struct error *e)
{
	struct emit *o = ctx;

	emit_begin(o, "windows:defender:quarantine");
	emit_string(o, "record_type", "stream");
	emit_string(o, "stream", quarantine_stream_name(q->id));
	if (q->name.left)
		emit_utf16(o, "stream_name", q->name.at, q->name.left / 2);
	emit_number(o, "stream_size", q->size);
	emit_string(o, "sha256", q->sha256);
	if (q->there < q->size)
		emit_bool(o, "is_truncated", true);
	emit_number(o, "offset", q->offset);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	const struct partition_source *s = &job->inputs[0];
	struct quarantine_entry entry;
	size_t len = 0;

	/* An entry is small; it says whether it is one. */
	if (s->size_bytes <= ENTRY_BYTES_MAX) {
		struct error none = { 0 };
		uint8_t *bytes = format_whole(s, ENTRY_BYTES_MAX, &len, e);
		bool ok = bytes &&
			  quarantine_entry(bytes, len, &job->problems, &entry, found, o, &none);

		free(bytes);
		if (!bytes || ok)
			return ok;
		if (none.kind != ERROR_UNTRUSTED) {
			*e = none;
			return false;
		}
	}
	return quarantine_file(s, &job->problems, stream, o, e);
}

const struct format format_quarantine = {
	.name = "quarantine",
	.help = N_("Defender's quarantine: an entry, or a file's digests (never the file)"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
