/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields of a prefetch file: docs/formats/prefetch.md. */
#include <stdlib.h>

#include "lib/base/language.h"
#include "triage/fields/words.h"
#include "triage/format.h"
#include "triage/parse/prefetch.h"

static void put_volumes(struct prefetch *p, struct emit *o)
{
	struct prefetch_volume v;
	struct words name;

	emit_array(o, "volumes");
	for (uint32_t i = 0; i < p->volumes; i++) {
		if (!prefetch_volume(p, i, &v))
			continue;
		emit_object(o, NULL);
		emit_words(o, "device_path", v.device_path);
		emit_filetime(o, "creation_time", v.creation_time, MOMENT_NONE);
		emit_flags(o, "serial_number", v.serial_number);
		emit_array(o, "directories");
		while (prefetch_directory(p, &v, &name))
			emit_words(o, NULL, name);
		emit_close(o);
		emit_close(o);
	}
	emit_close(o);
}

static bool put_file(struct prefetch *p, struct emit *o, struct error *e)
{
	struct words name;

	emit_begin(o, "windows:prefetch:execution");
	emit_says_words(o, p->executable);
	emit_saysf(o, ", run %u times", p->run_count);
	emit_words(o, "executable_filename", p->executable);
	if (p->path.bytes)
		emit_words(o, "executable_path", p->path);
	emit_flags(o, "prefetch_hash", p->hash);
	emit_number(o, "run_count", p->run_count);
	emit_array(o, "last_run_times");
	for (size_t i = 0; i < p->runs_kept; i++)
		if (p->runs[i])
			emit_filetime(o, NULL, p->runs[i], i ? MOMENT_RUN_BEFORE : MOMENT_RUN);
	emit_close(o);
	emit_number(o, "format_version", p->version);
	emit_number(o, "file_size", p->file_size_bytes);
	emit_number(o, "number_of_files", p->filenames);
	emit_number(o, "number_of_trace_chains", p->trace_chains);
	put_volumes(p, o);
	emit_array(o, "filenames");
	for (uint32_t i = 0; i < p->filenames; i++)
		if (prefetch_filename(p, i, &name))
			emit_words(o, NULL, name);
	emit_close(o);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	uint8_t *unpacked = NULL;
	size_t len, unpacked_bytes;
	struct prefetch p;
	uint8_t *bytes = format_whole(&job->inputs[0], PREFETCH_BYTES_MAX, &len, e);
	bool ok = bytes &&
		  prefetch_unpack(bytes, len, &unpacked, &unpacked_bytes, &job->problems, e) &&
		  prefetch_parse(unpacked ? unpacked : bytes, unpacked ? unpacked_bytes : len, &p,
				 &job->problems, e) &&
		  put_file(&p, o, e);

	free(unpacked);
	free(bytes);
	return ok;
}

static const char *const columns[] = {
	"executable_filename",    "executable_path", "prefetch_hash", "run_count",
	"last_run_times",         "format_version",  "file_size",     "number_of_files",
	"number_of_trace_chains", "volumes",         "filenames",     NULL
};

const struct format format_prefetch = {
	.name = "prefetch",
	.help = N_("which program was run, how often, when, with which files"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
