/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `triage timeline SOURCE`: what happened when, by the times of all files. */
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "triage/entries.h"
#include "triage/format.h"
#include "triage/volumes.h"

struct task {
	struct source source;
	uint64_t partition;
	enum emit_form form;
};

struct line_maker { /* in the child */
	struct emit *out;
	struct filesystem *f;
};

static bool write_lines(void *ctx, const char *lines, size_t len, struct error *e)
{
	return box_write(ctx, lines, len, e);
}

/* A volume as a source of its own. */
struct window {
	const struct partition_source *whole;
	uint64_t first;
};

static bool read_window(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct window *w = ctx;

	return partition_source_read(w->whole, w->first + offset, buf, len, e);
}

/* NTFS, or an MFT alone, by every record that there is: also what was deleted. */
static bool by_mft(struct emit *o, struct volumes *v, const struct partition_source *whole,
		   uint64_t first, uint64_t size_bytes, struct error *e)
{
	static const char *const names[] = { "$MFT" };
	struct window w = { whole, first };
	const struct partition_source volume = { read_window, &w, size_bytes, whole->sector_bytes };
	const struct format_job job = { .inputs = &volume,
					.names = names,
					.count = 1,
					.recovered = true,
					.problems = volumes_problems(v) };

	return format_find("mft")->run(&job, o, e);
}

static bool one(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct line_maker *m = ctx;

	return entry_emit(m->out, m->f, entry, e);
}

static bool one_deleted(void *ctx, const struct ext_deleted *d, struct error *e)
{
	struct line_maker *m = ctx;

	return entry_emit_deleted(m->out, d, e);
}

static bool each_volume(void *ctx, struct volumes *v, const struct partition *p,
			struct filesystem *f, struct error *e)
{
	struct line_maker *m = ctx;
	const struct volume_visitor to = { one, one_deleted, m };

	(void)e;
	m->f = f;
	emit_partition(m->out, p->number);
	if (f->kind != FILESYSTEM_NTFS) {
		volumes_walk(v, p, f, &to);
		return true;
	}
	struct error own = { 0 };
	bool good = by_mft(m->out, v, v->opened, p->first_byte, v->opened_bytes, &own);
	volumes_walked(v, p, f, good, &own);
	return true;
}

static bool run(struct box *b, const void *ctx, struct error *e)
{
	const struct task *t = ctx;
	struct volumes *v = volumes_open(b, &t->source, t->partition, e);
	bool good;

	if (!v)
		return false;
	struct line_maker m = { .out = emit_new(t->form, NULL, write_lines, b) };
	emit_lend(m.out, box_room);
	if (v->source.is_mft)
		good = by_mft(m.out, v, &v->source.bytes, 0, v->source.bytes.size_bytes, e);
	else
		good = volumes_each(v, each_volume, &m, e);
	struct error later = { 0 };
	if (!emit_flush(m.out, good ? e : &later))
		good = false;
	emit_free(m.out);
	volumes_free(v);
	return good;
}

int triage_timeline(int argc, char **argv)
{
	struct volume_options o = { .partition = VOLUME_ALL };
	const char *form = "jsonl";
	struct task t = { .form = EMIT_TIMELINE };
	struct error e = { 0 };
	const struct cli_option options[] = {
		{ .name = "format",
		  .kind = CLI_TEXT,
		  .into = &form,
		  .argument = "FORM",
		  .help = N_("jsonl for Timesketch (default), or bodyfile") },
		VOLUME_OPTIONS(&o),
		{ 0 },
	};
	const struct cli_usage usage = {
		.tool = "triage",
		.verb = "timeline",
		.arguments = "SOURCE",
		.help = N_(
			"Prints when each file of each file system was made, changed and read, one\n"
			"line for each. They are in the order of the disk: sort them, or give a\n"
			"bodyfile to mactime."),
		.options = options,
		.min = 1,
		.max = 1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("triage", &e);
	if (strcmp(form, "bodyfile") == 0) {
		t.form = EMIT_BODYFILE;
	} else if (strcmp(form, "jsonl") != 0) {
		error_set(&e, ERROR_USAGE, _("--format is jsonl or bodyfile, not '%s'"), form);
		return report("triage", &e);
	}
	t.partition = volume_wanted(&o);
	const struct box_job job = { .json = t.form == EMIT_TIMELINE, .run = run, .ctx = &t };
	return volumes_run("timeline", argv[0], &o, &t.source, &job);
}
