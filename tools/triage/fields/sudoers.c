/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules of sudo: docs/formats/sudoers.md. */
#include "triage/parse/sudoers.h"

#include "lib/base/language.h"
#include "triage/fields/span.h"
#include "triage/format.h"

static const char *const columns[] = {
	"record_type", "users",   "hosts",   "run_as_users", "run_as_groups",
	"nopasswd",    "options", "command", "alias_type",   "name",
	"value",       "line",    NULL,
};

static bool record(void *ctx, const struct sudoers_entry *x, struct error *e)
{
	static const char *const kinds[] = { "rule", "alias", "defaults", "include", "unknown" };
	struct emit *o = ctx;

	emit_begin(o, "linux:sudoers");
	emit_string(o, "record_type", kinds[x->kind]);
	if (x->kind == SUDOERS_RULE) {
		emit_span(o, "users", x->users);
		emit_span(o, "hosts", x->hosts);
		emit_span(o, "run_as_users", x->run_as_users);
		emit_span(o, "run_as_groups", x->run_as_groups);
		emit_bool(o, "nopasswd", x->no_password);
		emit_span(o, "options", x->options);
		emit_span(o, "command", x->command);
	} else {
		if (x->kind == SUDOERS_ALIAS)
			emit_span(o, "alias_type", x->what);
		if (x->name.s)
			emit_span(o, "name", x->name);
		emit_span(o, "value", x->value);
	}
	emit_number(o, "line", x->line);
	return emit_end(o, e);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	return sudoers_parse(&job->inputs[0], &job->problems, record, o, e);
}

const struct format format_sudoers = {
	.name = "sudoers",
	.help = N_("who may run what as whom by sudo: /etc/sudoers, files of sudoers.d"),
	.columns = columns,
	.inputs_max = 1,
	.run = run,
};
