/* SPDX-License-Identifier: GPL-3.0-or-later */
/* E01 images as one record: the medium, the case, and the digests that are stored. */
#include "triage/parse/e01.h"

#include <stdlib.h>

#include "lib/base/language.h"
#include "triage/format.h"

static const char *const columns[] = { "media_size",
				       "bytes_per_sector",
				       "number_of_sectors",
				       "sectors_per_chunk",
				       "number_of_chunks",
				       "number_of_segments",
				       "media_type",
				       "is_physical",
				       "compression_level",
				       "set_identifier",
				       "md5",
				       "sha1",
				       "number_of_acquisition_errors",
				       "case_number",
				       "evidence_number",
				       "description",
				       "examiner_name",
				       "notes",
				       "acquisition_date",
				       "system_date",
				       "acquiry_software_version",
				       "acquiry_operating_system",
				       "complete",
				       NULL };

static const char *media_name(uint8_t type)
{
	switch (type) {
	case E01_REMOVABLE:
		return "removable";
	case E01_FIXED:
		return "fixed";
	case E01_OPTICAL:
		return "optical";
	case E01_FILES:
		return "single_files";
	case E01_MEMORY:
		return "memory";
	default:
		return "unknown";
	}
}

static void digest(struct emit *o, const char *key, bool there, const uint8_t *bytes, size_t len)
{
	if (there)
		emit_hex(o, key, bytes, len);
	else
		emit_null(o, key);
}

/* Newer programs write seconds since 1970, older ones the digits of some clock, which stay as they are. */
static void date(struct emit *o, const char *key, const char *text, enum emit_moment what)
{
	char *end;
	unsigned long long s = strtoull(text, &end, 10);

	if (*text && !*end && s < UINT32_MAX)
		emit_unix(o, key, (int64_t)s, 0, 0, what);
	else
		emit_string(o, key, text);
}

static void texts(struct emit *o, const struct e01 *x)
{
	static const struct {
		const char *key;
		enum e01_text what;
	} keys[] = {
		{ "case_number", E01_CASE_NUMBER },
		{ "evidence_number", E01_EVIDENCE_NUMBER },
		{ "description", E01_DESCRIPTION },
		{ "examiner_name", E01_EXAMINER },
		{ "notes", E01_NOTES },
		{ "acquiry_software_version", E01_SOFTWARE },
		{ "acquiry_operating_system", E01_SYSTEM },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		emit_string(o, keys[i].key, x->texts[keys[i].what]);
	date(o, "acquisition_date", x->texts[E01_ACQUIRED], MOMENT_CREATED);
	date(o, "system_date", x->texts[E01_SYSTEM_DATE], MOMENT_NONE);
	emit_saysf(o, "E01: %s %s", x->texts[E01_CASE_NUMBER], x->texts[E01_EVIDENCE_NUMBER]);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct e01 x;
	bool good = e01_open(&x, job->inputs, job->count, &job->problems, e);

	if (good) {
		emit_begin(o, "ewf:image");
		emit_number(o, "media_size", x.media_bytes);
		emit_number(o, "bytes_per_sector", x.sector_bytes);
		emit_number(o, "number_of_sectors", x.sectors);
		emit_number(o, "sectors_per_chunk", x.sectors_per_chunk);
		emit_number(o, "number_of_chunks", x.chunks);
		emit_number(o, "number_of_segments", x.count);
		emit_string(o, "media_type", media_name(x.media_type));
		if (x.media_type == E01_UNTOLD)
			emit_null(o, "is_physical");
		else
			emit_bool(o, "is_physical", x.physical);
		emit_number(o, "compression_level", x.compression);
		emit_guid(o, "set_identifier", x.set_id);
		digest(o, "md5", x.has_md5, x.md5, sizeof(x.md5));
		digest(o, "sha1", x.has_sha1, x.sha1, sizeof(x.sha1));
		emit_number(o, "number_of_acquisition_errors", x.read_errors);
		texts(o, &x);
		emit_bool(o, "complete", x.complete);
		good = emit_end(o, e);
	}
	e01_release(&x);
	return good;
}

const struct format format_e01 = {
	.name = "e01",
	.help = N_("E01 images of EnCase and others: medium, case, stored digests"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = FORMAT_INPUTS_MAX,
	.segments = true,
	.run = run,
};
