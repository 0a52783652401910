/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log of Microsoft Defender: docs/formats/mplog.md. */
#include "triage/parse/mplog.h"

#include "lib/base/language.h"
#include "triage/format.h"

static const char *const columns[] = {
	"record_type", "timestamp", "message",      "key", "value",
	"line",        "offset",    "is_truncated", NULL,
};

static bool record(void *ctx, const struct mplog_line *l, struct error *e)
{
	struct emit *o = ctx;

	emit_begin(o, "av:defender:mplog");
	emit_says(o, l->message, l->len);
	emit_string(o, "record_type", l->record_type);
	if (l->has_time)
		emit_unix(o, "timestamp", l->time, l->milliseconds * 1000000, 3, MOMENT_RECORDED);
	emit_text(o, "message", l->message, l->len);
	if (l->key_len) {
		emit_text(o, "key", l->message, l->key_len);
		emit_text(o, "value", l->message + l->key_len + 1, l->len - l->key_len - 1);
	}
	emit_number(o, "line", l->number);
	emit_number(o, "offset", l->offset);
	if (l->is_cut)
		emit_bool(o, "is_truncated", true);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	return mplog_parse(&job->inputs[0], record, o, e);
}

const struct format format_mplog = {
	.name = "mplog",
	.help = N_("Defender's log (MPLog-*.log): detections, exclusions, states, programs"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
