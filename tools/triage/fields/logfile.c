/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of NTFS: docs/formats/logfile.md. */
#include "lib/base/language.h"
#include "lib/ntfs/record.h"
#include "triage/format.h"
#include "triage/parse/logfile.h"

struct logfile_job {
	const struct format_job *job;
	struct emit *out;
};

static const char *const columns[] = {
	"record_type",
	"lsn",
	"previous_lsn",
	"undo_next_lsn",
	"transaction_id",
	"redo_operation",
	"undo_operation",
	"file_name",
	"record_number",
	"sequence_number",
	"parent_record_number",
	"parent_sequence_number",
	"target_attribute",
	"target_record_number",
	"target_sequence_number",
	"target_attribute_type",
	"target_attribute_name",
	"target_vcn",
	"target_lcn",
	"record_offset",
	"attribute_offset",
	"redo_length",
	"undo_length",
	"is_copy",
	"is_truncated",
	"offset",
	"major_version",
	"minor_version",
	"current_lsn",
	"oldest_lsn",
	"client_restart_lsn",
	"client_name",
	"flags",
	"file_size",
	"page_size",
	"is_torn",
	"is_checked",
	"recovered",
	NULL,
};

static bool restart(void *ctx, const struct logfile_restart *r, struct error *e)
{
	struct logfile_job *j = ctx;
	struct emit *o = j->out;

	emit_begin(o, "fs:ntfs:logfile");
	emit_string(o, "record_type", "restart_page");
	emit_number(o, "offset", r->offset);
	emit_number(o, "major_version", r->major);
	emit_number(o, "minor_version", r->minor);
	emit_number(o, "current_lsn", r->current_lsn);
	if (r->has_client) {
		emit_number(o, "oldest_lsn", r->oldest_lsn);
		emit_number(o, "client_restart_lsn", r->client_restart_lsn);
		emit_utf16(o, "client_name", r->client_name.at, r->client_name.left / 2);
	}
	emit_flags(o, "flags", r->flags);
	emit_number(o, "file_size", r->file_bytes);
	emit_number(o, "page_size", r->log_page_bytes);
	if (r->is_torn)
		emit_bool(o, "is_torn", true);
	if (r->is_checked)
		emit_bool(o, "is_checked", true);
	return emit_end(o, e);
}

static void operation_name(struct emit *o, const char *key, uint16_t operation)
{
	const char *name = logfile_operation_name(operation);

	if (name)
		emit_string(o, key, name);
	else
		emit_flags(o, key, operation);
}

static void reference(struct emit *o, const char *record, const char *sequence, uint64_t value)
{
	emit_number(o, record, NTFS_NUMBER(value));
	emit_number(o, sequence, NTFS_SEQUENCE(value));
}

static void operation(struct emit *o, const struct logfile_record *r)
{
	operation_name(o, "redo_operation", r->redo);
	operation_name(o, "undo_operation", r->undo);
	if (r->has_name) {
		emit_says16(o, r->name.units.at, r->name.units.left / 2);
		emit_utf16(o, "file_name", r->name.units.at, r->name.units.left / 2);
		if (r->name.file)
			reference(o, "record_number", "sequence_number", r->name.file);
		reference(o, "parent_record_number", "parent_sequence_number", r->name.parent);
	}
	emit_number(o, "target_attribute", r->target_attribute);
	if (r->has_target_record)
		emit_number(o, "target_record_number", r->target_record);
	if (r->target_file) {
		reference(o, "target_record_number", "target_sequence_number", r->target_file);
		emit_flags(o, "target_attribute_type", r->target_type);
		emit_utf16(o, "target_attribute_name", r->target_name.at, r->target_name.left / 2);
	}
	emit_number(o, "target_vcn", r->target_vcn);
	if (r->lcn_count)
		emit_number(o, "target_lcn", r->lcn);
	emit_number(o, "record_offset", r->record_offset);
	emit_number(o, "attribute_offset", r->attribute_offset);
	emit_number(o, "redo_length", r->redo_bytes);
	emit_number(o, "undo_length", r->undo_bytes);
}

static bool record(void *ctx, const struct logfile_record *r, struct error *e)
{
	struct logfile_job *j = ctx;
	struct emit *o = j->out;

	emit_begin(o, "fs:ntfs:logfile");
	emit_string(o, "record_type", r->kind == LOGFILE_OPERATION ? "operation" : "checkpoint");
	emit_number(o, "lsn", r->lsn);
	emit_number(o, "previous_lsn", r->previous_lsn);
	emit_number(o, "undo_next_lsn", r->undo_next_lsn);
	emit_number(o, "transaction_id", r->transaction);
	if (r->has_operation)
		operation(o, r);
	if (r->is_copy)
		emit_bool(o, "is_copy", true);
	if (r->is_cut)
		emit_bool(o, "is_truncated", true);
	emit_number(o, "offset", r->offset);
	if (r->is_old)
		emit_bool(o, "recovered", true);
	return emit_end(o, e);
}

static void problem(void *ctx, uint64_t offset, const char *what)
{
	const struct logfile_job *j = ctx;

	parse_problem(&j->job->problems, offset, what);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct logfile_job j = { job, o };
	const struct parse_problems problems = { problem, &j };
	const struct logfile_to to = { restart, record, &j };

	return logfile_parse(&job->inputs[0], &problems, &to, e);
}

const struct format format_logfile = {
	.name = "logfile",
	.help = N_("the log of NTFS ($LogFile), lightly: its operations and the names in them"),
	.columns = columns,
	.inputs_max = 1,
	.run = run,
};
