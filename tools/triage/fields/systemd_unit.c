/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Unit files of systemd: docs/formats/systemd_unit.md. */
#include "triage/parse/systemd_unit.h"

#include "lib/base/language.h"
#include "triage/fields/span.h"
#include "triage/format.h"

struct unit_job {
	struct emit *out;
	const char *name;
};

static const char *const columns[] = {
	"unit", "section", "key", "value", "purpose", "line", NULL,
};

static bool record(void *ctx, const struct unit_setting *u, struct error *e)
{
	const struct unit_job *j = ctx;
	struct emit *o = j->out;

	emit_begin(o, "linux:systemd:unit");
	emit_string(o, "unit", j->name);
	emit_span(o, "section", u->section);
	emit_span(o, "key", u->key);
	emit_span(o, "value", u->value);
	if (u->purpose)
		emit_string(o, "purpose", u->purpose);
	emit_number(o, "line", u->line);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct unit_job j = { o, job->names[0] };

	return unit_parse(&job->inputs[0], &job->problems, record, &j, e);
}

const struct format format_systemd_unit = {
	.name = "systemd_unit",
	.help = N_("units of systemd: services, timers, sockets, paths, and drop-ins"),
	.columns = columns,
	.inputs_max = 1,
	.run = run,
};
