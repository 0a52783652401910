/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A job of at: docs/formats/at.md. */
#include "triage/parse/at.h"

#include "lib/base/language.h"
#include "triage/fields/span.h"
#include "triage/format.h"

static const char *const columns[] = {
	"scheduled_time", "queue", "running",   "job_number",  "uid",      "gid",
	"mail_to",        "umask", "directory", "environment", "commands", NULL,
};

static void due(struct emit *o, const struct format_job *job)
{
	struct at_name n;

	if (!at_name_parse(job->names[0], &n)) {
		parse_problem(
			&job->problems, 0,
			N_("the file's name is none that at gives: it would say when it runs"));
		emit_null(o, "scheduled_time");
		return;
	}
	emit_unix(o, "scheduled_time", n.minutes * INT64_C(60), 0, 0, MOMENT_SCHEDULED);
	bool running = n.queue == '=';
	emit_text(o, "queue", &n.queue, running ? 0 : 1);
	emit_bool(o, "running", running);
	emit_number(o, "job_number", n.number);
}

static void whole(struct emit *o, const char *key, const struct text *t)
{
	emit_span(o, key, (struct span){ t->s, t->len });
}

/* The next variable: a line feed before a quote is within its value, as no name begins so. */
static bool next_variable(struct span *rest, struct span *out)
{
	struct span more;

	if (!span_until(rest, '\n', out))
		return false;
	while (rest->len && *rest->s == '"' && span_until(rest, '\n', &more))
		out->len = (size_t)(more.s + more.len - out->s);
	return true;
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct at_job j;
	bool ok = at_job_read(&job->inputs[0], &job->problems, &j, e);

	if (ok) {
		struct span rest = { j.environment.s, j.environment.len }, one;

		emit_begin(o, "linux:at:job");
		emit_says(o, text_end(&j.commands), j.commands.len);
		due(o, job);
		emit_span_number(o, "uid", (struct span){ j.uid.s, j.uid.len });
		emit_span_number(o, "gid", (struct span){ j.gid.s, j.gid.len });
		whole(o, "mail_to", &j.mail_to);
		whole(o, "umask", &j.umask);
		whole(o, "directory", &j.directory);
		emit_array(o, "environment");
		while (next_variable(&rest, &one))
			if (one.len)
				emit_span(o, NULL, one);
		emit_close(o);
		whole(o, "commands", &j.commands);
		ok = emit_end(o, e);
	}
	at_job_release(&j);
	return ok;
}

const struct format format_at = {
	.name = "at",
	.help = N_("a job of at; the name of its file says when it runs"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
