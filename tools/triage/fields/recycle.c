/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of the recycle bin: docs/formats/recycle.md. */
#include "triage/parse/recycle.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "triage/fields/words.h"
#include "triage/format.h"

/* The file that holds the content lies beside: "$R" instead of "$I". */
static void put_content_name(struct emit *o, const char *name)
{
	if (strncmp(name, "$I", 2) != 0)
		return;
	struct text t = { 0 };
	text_add(&t, "$R");
	text_add(&t, name + 2);
	emit_text(o, "content_name", text_end(&t), t.len);
	text_release(&t);
}

/* "Dc17.txt": the drive's letter, the number, the last part of the name. */
static void put_old_content_name(struct emit *o, const struct recycled *item)
{
	struct text path = { 0 }, name = { 0 };

	words_add(&path, item->path);
	const char *base = strrchr(text_end(&path), '\\');
	const char *dot = strrchr(base ? base : text_end(&path), '.');
	if (item->drive < 26) {
		text_addf(&name, "D%c%u", 'a' + (int)item->drive, item->index);
		text_add(&name, dot ? dot : "");
		emit_text(o, "content_name", text_end(&name), name.len);
	}
	text_release(&path);
	text_release(&name);
}

static bool put(const struct format_job *job, struct emit *o, const struct recycled *item,
		struct error *e)
{
	emit_begin(o, "windows:metadata:deleted_item");
	emit_says_words(o, item->path);
	emit_words(o, "original_filename", item->path);
	emit_number(o, "file_size", item->size_bytes);
	emit_filetime(o, "deletion_time", item->deleted, MOMENT_DELETED);
	emit_number(o, "format_version", item->version);
	if (item->is_info2) {
		emit_words(o, "short_filename", item->short_path);
		emit_number(o, "record_index", item->index);
		emit_number(o, "drive_number", item->drive);
		put_old_content_name(o, item);
		if (item->was_emptied)
			emit_bool(o, "recovered", true);
	} else if (job->names && job->names[0]) {
		put_content_name(o, job->names[0]);
	}
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct recycled item;
	struct recycle r;
	size_t len;
	uint8_t *bytes = format_whole(&job->inputs[0], RECYCLE_BYTES_MAX, &len, e);
	bool ok = bytes && recycle_begin(bytes, len, &r, &job->problems, e);

	while (ok && recycle_next(&r, &item))
		ok = put(job, o, &item, e);
	free(bytes);
	return ok;
}

static const char *const columns[] = {
	"original_filename", "file_size",    "deletion_time", "format_version", "short_filename",
	"record_index",      "drive_number", "content_name",  "recovered",      NULL
};

const struct format format_recycle = {
	.name = "recycle",
	.help = N_("the recycle bin: what was deleted, when, from where"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
