/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `triage files SOURCE`: every file that is there. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/date.h"
#include "triage/entries.h"
#include "triage/format.h"
#include "triage/volumes.h"

#define BLOCK_BYTES (128u << 10)
#define NO_TIME 255
#define DAY_SECONDS 86400
#define FIRST_DAY (-134774) /* 1601-01-01 */
#define LAST_DAY 2932896    /* 9999-12-31 */

struct task {
	struct source source;
	uint64_t partition;
	bool as_json, deleted;
};

struct listing { /* in the child */
	struct box *box;
	struct filesystem *f;
	unsigned partition;
	bool deleted;
	struct emit *out;  /* of JSON */
	struct text block; /* of text */
	char *masked;
	size_t masked_bytes;
};

static bool write_lines(void *ctx, const char *lines, size_t len, struct error *e)
{
	return box_write(ctx, lines, len, e);
}

static bool flush(struct listing *l, struct error *e)
{
	bool good = !l->block.len || box_write(l->box, l->block.s, l->block.len, e);

	text_clear(&l->block);
	return good;
}

/* "2010-11-21 03:55:59", or "-". gmtime() would look for a time zone, and so open files. */
static void add_time(struct text *t, const struct filesystem_time *when)
{
	int64_t second = when->s % DAY_SECONDS, day = when->s / DAY_SECONDS;
	unsigned year, month, of_month;
	char text[32] = "-";

	if (second < 0) {
		second += DAY_SECONDS;
		day--;
	}
	if (when->digits != NO_TIME && day >= FIRST_DAY && day <= LAST_DAY) {
		date_of(day, &year, &month, &of_month);
		snprintf(text, sizeof(text), "%04u-%02u-%02u %02d:%02d:%02d", year % 10000,
			 month % 100, of_month % 100, (int)(second / 3600), (int)(second / 60 % 60),
			 (int)(second % 60));
	}
	text_addf(t, "%-19s", text);
}

static bool add_text(struct listing *l, const struct filesystem_entry *entry, struct error *e)
{
	char target[ENTRY_TARGET];
	size_t room = 3 * (strlen(entry->path) + (entry->stream ? strlen(entry->stream) : 0)) + 2;

	mem_grow(&l->masked, &l->masked_bytes, room, 1);
	text_addf(&l->block, "%3u %c %14" PRIu64 "  ", l->partition, entry->type,
		  entry->size_bytes);
	add_time(&l->block, &entry->modified);
	text_add(&l->block, "  ");
	text_add(&l->block, text_mask(l->masked, l->masked_bytes, entry->path));
	if (entry->stream) {
		text_add(&l->block, ":");
		text_add(&l->block, text_mask(l->masked, l->masked_bytes, entry->stream));
	}
	if (entry_target(l->f, entry, target)) {
		mem_grow(&l->masked, &l->masked_bytes, 3 * strlen(target) + 2, 1);
		text_add(&l->block, " -> ");
		text_add(&l->block, text_mask(l->masked, l->masked_bytes, target));
	}
	if (entry->flags & FILESYSTEM_UNREADABLE)
		text_add(&l->block, _("  (cannot be read)"));
	else if (entry->flags & FILESYSTEM_DAMAGED)
		text_add(&l->block, _("  (damaged)"));
	if (entry->flags & FILESYSTEM_DELETED)
		text_add(&l->block, _("  (deleted)"));
	text_add(&l->block, "\n");
	return l->block.len < BLOCK_BYTES || flush(l, e);
}

static bool one(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct listing *l = ctx;

	return l->out ? entry_emit(l->out, l->f, entry, e) : add_text(l, entry, e);
}

static bool one_deleted(void *ctx, const struct ext_deleted *d, struct error *e)
{
	struct filesystem_time when = { .s = d->deleted, .digits = d->is_orphan ? NO_TIME : 0 };
	struct listing *l = ctx;

	if (l->out)
		return entry_emit_deleted(l->out, d, e);
	text_addf(&l->block, "%3u %c %14" PRIu64 "  ", l->partition, d->entry.type,
		  d->entry.size_bytes);
	add_time(&l->block, &when);
	text_addf(&l->block, _("  (deleted then: inode %llu)"), d->inode + 0ULL);
	if (d->entry.flags & FILESYSTEM_DAMAGED)
		text_add(&l->block, _("  (damaged)"));
	text_add(&l->block, "\n");
	return l->block.len < BLOCK_BYTES || flush(l, e);
}

static bool each_volume(void *ctx, struct volumes *v, const struct partition *p,
			struct filesystem *f, struct error *e)
{
	struct listing *l = ctx;
	const struct volume_visitor to = { one, l->deleted ? one_deleted : NULL, l };

	(void)e;
	l->f = f;
	l->partition = p->number;
	if (l->out)
		emit_partition(l->out, p->number);
	volumes_walk(v, p, f, &to);
	return true;
}

/* The files of an $MFT alone. */
static bool mft_alone(struct listing *l, struct volumes *v, struct error *e)
{
	static const char *const names[] = { "$MFT" };
	const struct format_job job = { .inputs = &v->source.bytes,
					.names = names,
					.count = 1,
					.problems = volumes_problems(v) };

	if (!l->out)
		return error_set(e, ERROR_USAGE,
				 _("this is an MFT alone: triage parse mft, or --json"));
	return format_find("mft")->run(&job, l->out, e);
}

static bool run(struct box *b, const void *ctx, struct error *e)
{
	const struct task *t = ctx;
	struct listing l = { .box = b, .deleted = t->deleted };
	struct volumes *v = volumes_open(b, &t->source, t->partition, e);

	if (!v)
		return false;
	if (t->as_json) {
		l.out = emit_new(EMIT_JSONL, NULL, write_lines, b);
		emit_lend(l.out, box_room);
	}
	bool good = v->source.is_mft ? mft_alone(&l, v, e) : volumes_each(v, each_volume, &l, e);
	struct error later = { 0 };
	if (!(l.out ? emit_flush(l.out, good ? e : &later) : flush(&l, good ? e : &later)))
		good = false;
	emit_free(l.out);
	text_release(&l.block);
	free(l.masked);
	volumes_free(v);
	return good;
}

int triage_files(int argc, char **argv)
{
	struct volume_options o = { .partition = VOLUME_ALL };
	struct task t = { 0 };
	struct error e = { 0 };
	const struct cli_option options[] = {
		{ .name = "json",
		  .kind = CLI_FLAG,
		  .into = &t.as_json,
		  .help = N_("one JSON object a line, with all times") },
		{ .name = "deleted",
		  .kind = CLI_FLAG,
		  .into = &t.deleted,
		  .help = N_("of FAT and ext also what was deleted; on ext it has no name") },
		VOLUME_OPTIONS(&o),
		{ 0 },
	};
	const struct cli_usage usage = {
		.tool = "triage",
		.verb = "files",
		.arguments = "SOURCE",
		.help = N_(
			"Prints every file of every file system: partition, kind (f file, d folder,\n"
			"l link, s stream, o other), size, time of the last change, path, target of a link."),
		.options = options,
		.min = 1,
		.max = 1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("triage", &e);
	t.partition = volume_wanted(&o);
	const struct box_job job = { .json = t.as_json, .run = run, .ctx = &t };
	return volumes_run("files", argv[0], &o, &t.source, &job);
}
