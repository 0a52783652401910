/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `triage parse FORMAT FILE...`: the records of a file of Windows or Linux. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "triage/format.h"
#include "triage/source.h"
#include "triage/triage.h"

#define MEMORY_BYTES ((uint64_t)768 << 20)
#define CPU_SECONDS 7200 /* 100 GB of a journal at 15 MB/s */
#define STEP_SECONDS 60

struct task {
	const struct format *format;
	enum emit_form form;
	bool recover;
	const char *const *names; /* base names */
	size_t count;
};

/* In the child. */

static bool write_lines(void *ctx, const char *lines, size_t len, struct error *e)
{
	return box_write(ctx, lines, len, e);
}

static void report_problem(void *ctx, uint64_t offset, const char *what)
{
	box_problem(ctx, offset, what);
}

static bool run(struct box *b, const void *ctx, struct error *e)
{
	const struct task *t = ctx;
	struct box_input inputs[FORMAT_INPUTS_MAX];
	struct partition_source sources[FORMAT_INPUTS_MAX];

	for (size_t i = 0; i < t->count; i++) {
		inputs[i] = (struct box_input){ b, i };
		sources[i] = box_source(&inputs[i]);
	}
	const struct format_job job = { .inputs = sources,
					.names = t->names,
					.count = t->count,
					.recovered = t->recover,
					.problems = { report_problem, b } };
	struct emit *o = emit_new(t->form, t->format->columns, write_lines, b);
	emit_lend(o, box_room);
	bool good = t->format->run(&job, o, e);
	/* What was read before it failed stays. */
	struct error later = { 0 };
	if (!emit_flush(o, good ? e : &later))
		good = false;
	emit_free(o);
	return good;
}

/* In the parent. */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* One file, with those that belong to it. *begun: lines of others stand there already. */
static int parse_one(const struct task *like, char **paths, size_t count, bool *begun)
{
	const char *names[FORMAT_INPUTS_MAX];
	int inputs[FORMAT_INPUTS_MAX];
	struct error e = { 0 };
	struct output out = { .name = paths[0], .drop_line = *begun && like->form == EMIT_CSV };
	struct source segments = { 0 };
	struct task t = *like;
	size_t opened = 0;
	int status;

	if (t.format->segments && count == 1 && source_open(&segments, paths[0], false, 0, &e))
		count = segments.count;
	t.names = names;
	t.count = count;
	while (opened < count && !e.kind) {
		names[opened] = base_name(paths[segments.count ? 0 : opened]);
		inputs[opened] = segments.count ? segments.inputs[opened]
						: evidence_open(paths[opened], &e);
		if (inputs[opened] >= 0)
			opened++;
	}
	const struct box_job job = {
		.inputs = inputs,
		.input_count = count,
		.what = t.format->name,
		.limits = { MEMORY_BYTES, CPU_SECONDS, STEP_SECONDS },
		.json = t.form == EMIT_JSONL || t.form == EMIT_TIMELINE,
		.run = run,
		.ctx = &t,
		.lines = output_lines,
		.problem = output_problem,
		.to = &out,
	};
	if (opened < count)
		status = report("triage", &e);
	else
		status = output_status(&out, box_run(&job, &e), &e);
	*begun |= out.any;
	while (opened && !segments.count)
		close(inputs[--opened]);
	source_close(&segments);
	return status;
}

static bool choose(const char *name, const char *form, struct task *t, struct error *e)
{
	struct text known = { 0 };

	t->format = format_find(name);
	if (!t->format) {
		for (size_t i = 0; formats[i]; i++)
			text_addf(&known, " %s", formats[i]->name);
		error_set(e, ERROR_USAGE, _("there is no format '%s'; there are:%s"), name,
			  text_end(&known));
		text_release(&known);
		return false;
	}
	if (!emit_form_find(form, &t->form, e))
		return false;
	if ((t->form == EMIT_BODYFILE || t->form == EMIT_TIMELINE) && !t->format->has_moments)
		return error_set(e, ERROR_USAGE, _("'%s' has no times for a timeline"), name);
	return true;
}

static int list_formats(void)
{
	size_t width = 0;

	for (size_t i = 0; formats[i]; i++)
		if (strlen(formats[i]->name) > width)
			width = strlen(formats[i]->name);
	for (size_t i = 0; formats[i]; i++)
		printf("%-*s %s\n", (int)width, formats[i]->name, _(formats[i]->help));
	return 0;
}

/* Of several statuses the one to end with: what went wrong, before what was found. */
static int graver(int a, int b)
{
	static const int gravity[] = { 0, 4, 3, 2, 1 }; /* 0 done, 4 findings, 3, 2, 1 failed */

	return gravity[a] > gravity[b] ? a : b;
}

int triage_parse(int argc, char **argv)
{
	const char *form = "jsonl";
	struct error e = { 0 };
	struct task t = { 0 };
	bool list = false;
	const struct cli_option options[] = {
		{ .name = "format",
		  .kind = CLI_TEXT,
		  .into = &form,
		  .argument = "FORM",
		  .help = N_("jsonl (default), csv, bodyfile or timeline") },
		{ .name = "recover",
		  .kind = CLI_FLAG,
		  .into = &t.recover,
		  .help = N_("also what was deleted or is left over") },
		{ .name = "formats",
		  .kind = CLI_FLAG,
		  .into = &list,
		  .help = N_("print which formats there are, and read nothing") },
		{ 0 },
	};
	const struct cli_usage usage = {
		.tool = "triage",
		.verb = "parse",
		.arguments = "FORMAT FILE...",
		.help = N_(
			"Prints the records of a file. Each FILE is read by itself, but what\n"
			"belongs to one follows it: logs a hive, the $MFT a change journal, segments\n"
			"an E01."),
		.options = options,
		.min = 0,
		.max = SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("triage", &e);
	if (list)
		return list_formats();
	if (argc < 2)
		error_set(&e, ERROR_USAGE,
			  _("which FORMAT (--formats lists them), and which FILE?"));
	else
		(void)choose(argv[0], form, &t, &e);
	if (e.kind)
		return report("triage", &e);

	size_t count = (size_t)argc - 1;
	bool begun = false;
	if (t.format->inputs_max > 1) {
		if (count > t.format->inputs_max) {
			error_set(&e, ERROR_USAGE, _("'%s' is read from at most %zu files"),
				  argv[0], t.format->inputs_max);
			return report("triage", &e);
		}
		return parse_one(&t, argv + 1, count, &begun);
	}
	int status = 0;
	for (size_t i = 0; i < count; i++) {
		int one = parse_one(&t, argv + 1 + i, 1, &begun);

		/* A folder among files: 2 would say that nothing was done. */
		if (one == ERROR_USAGE && count > 1)
			one = ERROR_FAILED;
		status = graver(status, one);
	}
	return status;
}
