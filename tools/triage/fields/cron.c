/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crontabs of the system and of users: docs/formats/cron.md. */
#include "triage/parse/cron.h"

#include "lib/base/language.h"
#include "triage/fields/span.h"
#include "triage/format.h"

struct table {
	struct emit *out;
	const struct parse_problems *problems;
	const char *user; /* whose table it is; NULL: the system's */
};

static const char *const columns[] = {
	"record_type", "schedule", "minute", "hour",  "day_of_month", "month", "day_of_week",
	"user",        "command",  "name",   "value", "line",         NULL,
};

static void job_fields(struct emit *o, const struct table *t, const struct cron_line *c)
{
	if (c->schedule.s) {
		emit_span(o, "schedule", c->schedule);
	} else {
		emit_span(o, "minute", c->minute);
		emit_span(o, "hour", c->hour);
		emit_span(o, "day_of_month", c->day_of_month);
		emit_span(o, "month", c->month);
		emit_span(o, "day_of_week", c->day_of_week);
	}
	if (t->user)
		emit_string(o, "user", t->user);
	else
		emit_span(o, "user", c->user);
	emit_span(o, "command", c->command);
}

static bool record(void *ctx, const struct line *l, struct error *e)
{
	static const char *const names[] = { "", "job", "environment", "unknown" };
	const struct table *t = ctx;
	struct emit *o = t->out;
	struct cron_line c;
	enum cron_kind kind = cron_parse(l, !t->user, &c);

	if (kind == CRON_NOTHING)
		return true;
	emit_begin(o, "linux:cron");
	emit_string(o, "record_type", names[kind]);
	if (kind == CRON_JOB) {
		job_fields(o, t, &c);
	} else if (kind == CRON_ENVIRONMENT) {
		emit_span(o, "name", c.name);
		emit_span(o, "value", c.value);
	} else {
		parse_problem(t->problems, l->offset, N_("a line is no job that cron would run"));
		emit_text(o, "value", l->s, l->len);
	}
	emit_number(o, "line", l->number);
	return emit_end(o, e);
}

static bool system_table(const struct format_job *job, struct emit *o, struct error *e)
{
	struct table t = { o, &job->problems, NULL };

	return lines_each(&job->inputs[0], &job->problems, record, &t, e);
}

static bool user_table(const struct format_job *job, struct emit *o, struct error *e)
{
	struct table t = { o, &job->problems, job->names[0] };

	return lines_each(&job->inputs[0], &job->problems, record, &t, e);
}

const struct format format_cron = {
	.name = "cron",
	.help = N_("crontabs of a system: /etc/crontab, files of /etc/cron.d"),
	.columns = columns,
	.inputs_max = 1,
	.run = system_table,
};

const struct format format_cron_user = {
	.name = "cron_user",
	.help = N_("a crontab of the user that the file is named after"),
	.columns = columns,
	.inputs_max = 1,
	.run = user_table,
};
