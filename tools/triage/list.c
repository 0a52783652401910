/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `triage list SOURCE`: what is on it, and what of that cannot be read. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/size.h"
#include "lib/base/text.h"
#include "lib/image/volume.h"
#include "triage/emit.h"
#include "triage/fields/luks.h"
#include "triage/parse/fve.h"
#include "triage/volumes.h"

struct task {
	struct source source;
	const char *name;
	bool as_json;
};

/* What is odd about a table: for programs, and for people (a message id). */
static const struct {
	enum partition_table_flag flag;
	const char *name, *words;
} flags[] = {
	{ TABLE_BACKUP_USED, "backup_used",
	  N_("the first partition table is damaged or gone; this is its copy at the end") },
	{ TABLE_OTHER_SECTOR, "other_sector_size",
	  N_("the partition table was made for sectors of another size") },
	{ TABLE_NOT_PROTECTED, "not_protected", N_("the GPT has no protective MBR") },
	{ TABLE_MORE, "more_partitions", N_("there are more partitions than are listed") },
	{ TABLE_BEYOND_END, "beyond_end",
	  N_("a partition reaches beyond the end: is the image cut off?") },
	{ TABLE_CHAIN_BROKEN, "chain_broken",
	  N_("the chain of logical partitions ends in nonsense: there may be more") },
	{ TABLE_PART_UNREADABLE, "partition_unreadable",
	  N_("the beginning of a partition cannot be read") },
	{ TABLE_SEARCHED, "searched", volumes_searched },
	{ TABLE_GPT_IGNORED, "gpt_ignored",
	  N_("there is a GPT, too, to which the first sector does not point: its partitions are not listed") },
};

/* What a person is told of one partition. */
struct finding {
	struct filesystem *f;
	const char *refusal; /* translated; NULL: none */
	struct error e;
};

static void look(struct volumes *v, const struct partition *p, struct finding *found)
{
	const char *refusal = volume_refusal(p->content);

	*found = (struct finding){ .refusal = refusal ? _(refusal) : NULL };
	if (refusal)
		return;
	found->f = volumes_open_volume(v, p, &found->e);
	if (!found->f && found->e.kind) {
		found->refusal = found->e.text;
		volumes_problem(v, p->first_byte, found->e.text);
	} else if (!found->f && volume_unknown(p)) {
		found->refusal = _(volume_unknown(p));
	}
	if (found->f && found->f->find_label)
		found->f->find_label(found->f);
}

static bool look_luks(struct volumes *v, const struct partition *p, struct luks *l)
{
	const struct parse_problems problems = volumes_problems(v);
	struct error e = { 0 };

	if (strncmp(p->content, "luks", 4) != 0)
		return false;
	if (luks_read(&v->source.bytes, p->first_byte, p->size_bytes, &problems, l, &e))
		return true;
	volumes_problem(v, p->first_byte, e.text);
	return false;
}

/* JSON. */

static void json_file_system(struct emit *o, const struct filesystem *f)
{
	emit_object(o, "file_system");
	emit_string(o, "label", f->label);
	if (*f->version)
		emit_string(o, "version", f->version);
	emit_number(o, "size_bytes", f->size_bytes);
	emit_number(o, "block_bytes", f->block_bytes);
	emit_bool(o, "dirty", f->state & FILESYSTEM_DIRTY);
	emit_bool(o, "hibernated", f->state & FILESYSTEM_HIBERNATED);
	emit_string(o, "state", f->state_words);
	emit_close(o);
}

/* Who can open it. A volume that says it of itself badly is a problem, and no more. */
static bool look_encrypted(struct volumes *v, const struct partition *p, struct fve *fve)
{
	const struct parse_problems problems = volumes_problems(v);
	struct error e = { 0 };

	if (strcmp(p->content, "bitlocker") != 0)
		return false;
	if (fve_read(&v->source.bytes, p->first_byte, p->size_bytes, &problems, fve, &e))
		return true;
	volumes_problem(v, p->first_byte, e.text);
	return false;
}

static void json_bitlocker(struct emit *o, const struct fve *fve)
{
	emit_object(o, "bitlocker");
	emit_guid(o, "volume_guid", fve->volume_guid);
	emit_filetime(o, "creation_time", fve->created, MOMENT_NONE);
	emit_string(o, "encryption_method", fve_method_name(fve->method));
	emit_string(o, "description", fve->description);
	emit_bool(o, "to_go", fve->to_go);
	emit_bool(o, "opens_without_key", fve_opens_without_key(fve));
	if (fve_obstacle(fve))
		emit_string(o, "not_opened", _(fve_obstacle(fve)));
	emit_array(o, "protectors");
	for (size_t i = 0; i < fve->count; i++) {
		const struct fve_protector *p = &fve->protectors[i];

		emit_object(o, NULL);
		emit_string(o, "type", fve_protection_name(p->protection));
		emit_guid(o, "guid", p->guid);
		emit_filetime(o, "modification_time", p->changed, MOMENT_NONE);
		emit_close(o);
	}
	emit_close(o);
	emit_close(o);
}

static void json_partition(struct emit *o, struct volumes *v, const struct partition *p)
{
	struct finding found;
	struct fve fve;
	struct luks luks;

	look(v, p, &found);
	emit_object(o, NULL);
	emit_number(o, "number", p->number);
	emit_number(o, "first_byte", p->first_byte);
	emit_number(o, "size_bytes", p->size_bytes);
	emit_string(o, "type", p->type);
	emit_string(o, "type_id", p->type_id);
	emit_string(o, "id", p->id);
	emit_string(o, "label", p->label);
	emit_string(o, "content", p->content);
	emit_bool(o, "encrypted", volume_is_encrypted(p->content));
	if (look_encrypted(v, p, &fve))
		json_bitlocker(o, &fve);
	if (look_luks(v, p, &luks))
		emit_luks(o, &luks);
	if (found.refusal)
		emit_string(o, "not_read", found.refusal);
	if (found.f) {
		json_file_system(o, found.f);
		found.f->close(found.f);
	}
	emit_close(o);
}

static bool write_lines(void *ctx, const char *lines, size_t len, struct error *e)
{
	return box_write(ctx, lines, len, e);
}

static bool list_json(struct volumes *v, const struct task *t, struct error *e)
{
	const struct partition_table *table = &v->table;
	struct emit *o = emit_new(EMIT_JSONL, NULL, write_lines, v->box);

	emit_begin(o, "list");
	emit_string(o, "source", t->name);
	emit_number(o, "size_bytes", v->source.bytes.size_bytes);
	emit_number(o, "sector_bytes", v->source.bytes.sector_bytes);
	emit_number(o, "pieces", v->source.count);
	emit_string(o, "table", v->source.is_mft ? "none" : partition_table_name(table->kind));
	emit_string(o, "id", table->id);
	emit_array(o, "table_problems");
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (table->flags & flags[i].flag)
			emit_string(o, NULL, flags[i].name);
	emit_close(o);
	emit_bool(o, "mft_alone", v->source.is_mft);
	emit_array(o, "partitions");
	for (size_t i = 0; i < table->count; i++)
		json_partition(o, v, &table->list[i]);
	emit_close(o);
	bool good = emit_end(o, e) && emit_flush(o, e);
	emit_free(o);
	return good;
}

/* Text. */

__attribute__((format(printf, 2, 3), warn_unused_result)) static bool line(struct volumes *v,
									   const char *fmt, ...)
{
	struct error e = { 0 };
	va_list args;

	va_start(args, fmt);
	const size_t bytes = (size_t)vsnprintf(NULL, 0, fmt, args) + 1; /* a path can be long */
	va_end(args);
	char *plain = mem_alloc(bytes), *masked = mem_alloc(3 * bytes + 1);
	va_start(args, fmt);
	vsnprintf(plain, bytes, fmt, args);
	va_end(args);
	text_mask(masked, 3 * bytes, plain);
	size_t len = strlen(masked);
	masked[len] = '\n';
	bool good = box_write(v->box, masked, len + 1, &e);
	free(masked);
	free(plain);
	return good;
}

/* The key IDs by which a recovery password is found. */
static bool text_bitlocker(struct volumes *v, const struct fve *fve)
{
	bool good = line(v, _("     BitLocker, %s: %s"), fve_method_name(fve->method),
			 fve->description);

	for (size_t i = 0; good && i < fve->count; i++) {
		const uint8_t *g = fve->protectors[i].guid;
		const char *name = fve_protection_name(fve->protectors[i].protection);

		good = line(v,
			    "     %-17s  %02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-"
			    "%02X%02X%02X%02X%02X%02X",
			    name, g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10],
			    g[11], g[12], g[13], g[14], g[15]);
	}
	if (fve_obstacle(fve))
		good = good && line(v, "     %s", _(fve_obstacle(fve)));
	if (fve_opens_without_key(fve))
		good = good && line(v, "     %s",
				    _("its protection is suspended: it opens without a key, with "
				      "--key-file /dev/null"));
	return good;
}

static bool text_luks(struct volumes *v, const struct luks *l)
{
	char words[LUKS_WORDS];
	bool good = true;

	for (size_t i = 0; good && luks_words(words, sizeof(words), l, i); i++)
		good = line(v, "     %s", words);
	return good;
}

static bool text_partition(struct volumes *v, const struct partition *p)
{
	struct finding found;
	struct fve fve;
	struct luks luks;
	char size[32];
	const char *label = p->label;
	bool good;

	look(v, p, &found);
	good = line(v, "%3u  %14" PRIu64 "  %10s  %-9s  %s%s%s%s", p->number, p->first_byte,
		    size_words(size, sizeof(size), p->size_bytes), *p->content ? p->content : "-",
		    p->type, *label ? " \"" : "", label, *label ? "\"" : "");
	if (found.refusal)
		good = good && line(v, "     %s", found.refusal);
	if (look_encrypted(v, p, &fve))
		good = good && text_bitlocker(v, &fve);
	if (look_luks(v, p, &luks))
		good = good && text_luks(v, &luks);
	if (found.f) {
		if (*found.f->label)
			good = good && line(v, _("     label \"%s\""), found.f->label);
		if (*found.f->state_words)
			good = good && line(v, "     %s", found.f->state_words);
		found.f->close(found.f);
	}
	return good;
}

static bool list_text(struct volumes *v, const struct task *t, struct error *e)
{
	const struct partition_table *table = &v->table;
	char size[32];
	bool good;

	size_words(size, sizeof(size), v->source.bytes.size_bytes);
	if (v->source.is_mft)
		return line(v, _("%s: %s, an MFT alone"), t->name, size);
	good = line(v, _("%s: %s, sectors of %u bytes, partition table: %s"), t->name, size,
		    v->source.bytes.sector_bytes, _(partition_table_name(table->kind)));
	for (size_t i = 0; good && i < sizeof(flags) / sizeof(*flags); i++)
		if (table->flags & flags[i].flag)
			good = line(v, "     %s", _(flags[i].words));
	for (size_t i = 0; good && i < table->count; i++)
		good = text_partition(v, &table->list[i]);
	return good || error_set(e, ERROR_FAILED, _("cannot hand over what was read"));
}

static bool run(struct box *b, const void *ctx, struct error *e)
{
	const struct task *t = ctx;
	struct volumes *v = volumes_open(b, &t->source, VOLUME_ALL, e);

	if (!v)
		return false;
	if (v->table.kind == TABLE_DAMAGED)
		volumes_problem(v, 0, N_("the partition table is damaged"));
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if ((v->table.flags & flags[i].flag) && flags[i].words != volumes_searched)
			volumes_problem(v, 0, flags[i].words);
	bool good = t->as_json ? list_json(v, t, e) : list_text(v, t, e);
	volumes_free(v);
	return good;
}

int triage_list(int argc, char **argv)
{
	struct volume_options o = { .partition = VOLUME_ALL };
	struct task t = { 0 };
	struct error e = { 0 };
	const struct cli_option options[] = {
		{ .name = "json",
		  .kind = CLI_FLAG,
		  .into = &t.as_json,
		  .help = N_("one JSON object") },
		SOURCE_OPTIONS(&o),
		{ 0 },
	};
	const struct cli_usage usage = {
		.tool = "triage",
		.verb = "list",
		.arguments = "SOURCE",
		.help = N_(
			"Prints the partitions and file systems of a disk or an image, which of\n"
			"them are encrypted, and what cannot be read and why."),
		.options = options,
		.min = 1,
		.max = 1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("triage", &e);
	t.name = argv[0];
	const struct box_job job = { .json = t.as_json, .run = run, .ctx = &t };
	return volumes_run("list", argv[0], &o, &t.source, &job);
}
