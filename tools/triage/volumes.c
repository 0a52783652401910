/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The volumes of a source, one after another. */
#include "triage/volumes.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/disk/fatfs.h"
#include "lib/image/volume.h"
#include "lib/ntfs/ntfs.h"

#define MEMORY_BYTES ((uint64_t)1 << 30)
#define CPU_SECONDS 14400
#define BEGINNING_BYTES 8192u /* of a volume: as much as says what it is */
#define CUT_FACTOR 64 /* more than that is missing: it is rather a lie, and memory is taken by it */
#define STEP_SECONDS 120 /* a disk that dies needs a minute for some sectors */

static const struct {
	const char *content; /* as content_probe() calls it */
	const char *refusal;
	bool encrypted;
} refusals[] = {
	{ "bitlocker", N_("encrypted with BitLocker: not read"), true },
	{ "luks1", N_("encrypted with LUKS: not read"), true },
	{ "luks2", N_("encrypted with LUKS: not read"), true },
	{ "lvm2", N_("LVM: not read"), false },
	{ "mdraid", N_("a part of a RAID: not read"), false },
	{ "btrfs", N_("Btrfs: not read"), false },
	{ "xfs", N_("XFS: not read"), false },
	{ "exfat", N_("exFAT: not read"), false },
	{ "refs", N_("ReFS: not read"), false },
	{ "iso9660", N_("ISO 9660: not read"), false },
};

const char volumes_searched[] =
	N_("no partition table can be read, or it is empty: volumes were found by their own "
	   "beginnings, and there may be more");

static const char *refusal_of(const char *content, bool *encrypted)
{
	*encrypted = false;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(*refusals); i++) {
		if (strcmp(content, refusals[i].content) == 0) {
			*encrypted = refusals[i].encrypted;
			return refusals[i].refusal;
		}
	}
	return NULL;
}

const char *volume_refusal(const char *content)
{
	bool encrypted;

	return refusal_of(content, &encrypted);
}

const char *volume_unknown(const struct partition *p)
{
	static const char *const without_files[] = {
		"0x05", /* extended: its partitions are listed, too */
		"0x0f",
		"0x85",
		"0x41",                                 /* PReP boot */
		"0x82",                                 /* Linux swap */
		"21686148-6449-6E6F-744E-656564454649", /* BIOS boot */
		"E3C9E316-0B5C-4DB8-817D-F92DF00215AE", /* Microsoft reserved */
		"5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", /* Windows LDM metadata */
		"0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", /* Linux swap */
		"8DA63339-0007-60C0-C436-083AC8230908", /* Linux reserved */
		"9E1A2D38-C612-4316-AA26-8B49521E5A8B", /* PReP boot */
	};

	if (*p->content)
		return NULL;
	for (size_t i = 0; i < sizeof(without_files) / sizeof(*without_files); i++)
		if (strcmp(p->type_id, without_files[i]) == 0)
			return NULL;
	return N_(
		"nothing tells what this partition holds (empty, damaged, or of another kind): not read");
}

bool volume_is_encrypted(const char *content)
{
	bool encrypted;

	(void)refusal_of(content, &encrypted);
	return encrypted;
}

static const char *const beginning_gone =
	N_("the beginning of this file system is gone or damaged: a copy of it is used");

/* Put the copy of a volume's first sectors in their place. False: there is none, or it is of nothing. */
static bool use_copy(struct volumes *v, const struct partition *p, const char **content)
{
	const struct partition_source *s = &v->source.bytes;
	struct error quiet = { 0 };

	if (p->first_byte > s->size_bytes || p->size_bytes > s->size_bytes - p->first_byte ||
	    !copy_find(s, p->first_byte, p->size_bytes, &v->copy))
		return false;
	v->rest = (struct blanked){ s, p->first_byte, p->first_byte + BEGINNING_BYTES, false };
	v->around = blanked_source(&v->rest);
	v->copied = (struct copied){ &v->around, &v->copy };
	v->whole = copy_source(&v->copied);
	const char *found = content_probe(&v->whole, p->first_byte, p->size_bytes, &quiet);
	if (!found || !*found)
		return false;
	*content = found;
	return true;
}

/* Volumes of which nothing is known by their first sectors. */
static void find_copies(struct volumes *v)
{
	struct partition_table *t = &v->table;
	struct partition whole = { .size_bytes = v->source.bytes.size_bytes,
				   .type = "",
				   .content = "" };

	if (t->kind == TABLE_NONE && !t->count && use_copy(v, &whole, &whole.content)) {
		t->list[t->count++] = whole;
		t->list[0].content = "";
	}
	for (size_t i = 0; i < t->count; i++) {
		struct partition *p = &t->list[i];

		if (*p->content || !use_copy(v, p, &p->content))
			continue;
		v->by_copy[i] = true;
		volumes_problem(v, p->first_byte, beginning_gone);
	}
}

static void find_without_table(struct volumes *v)
{
	struct partition_table *t = &v->table;

	if (t->count)
		return;
	partition_search(&v->source.bytes, t);
	if (t->flags & TABLE_SEARCHED)
		volumes_problem(v, 0, volumes_searched);
}

/* What begins as an MFT does can be a disk, or a volume, all the same, if somebody wants it not to be looked at. */
static bool find_volumes(struct volumes *v, struct error *e)
{
	struct partition_table *t = &v->table;
	bool unreadable;

	if (!source_table(&v->source, t, &unreadable, e))
		return false;
	if (unreadable)
		volumes_problem(v, 0,
				N_("the first sectors cannot be read: they are taken for zeros"));
	v->source.is_mft = v->source.is_mft && (t->kind == TABLE_DAMAGED || !t->count);
	if (!v->source.is_mft) {
		find_copies(v);
		find_without_table(v);
		return true;
	}
	*t = (struct partition_table){ 0 };
	return v->wanted == VOLUME_ALL || error_set(e, ERROR_USAGE, _("there is no partition %llu"),
						    (unsigned long long)v->wanted);
}

struct volumes *volumes_open(struct box *b, const struct source *s, uint64_t wanted,
			     struct error *e)
{
	struct volumes *v = mem_alloc(sizeof(*v));

	v->box = b;
	v->wanted = wanted;
	if (source_compose(&v->source, b, s, e) && find_volumes(v, e))
		return v;
	volumes_free(v);
	return NULL;
}

void volumes_free(struct volumes *v)
{
	source_decompose(&v->source);
	free(v);
}

void volumes_problem(struct volumes *v, uint64_t offset, const char *what)
{
	v->problems++;
	box_problem(v->box, offset, what);
}

void volumes_walked(struct volumes *v, const struct partition *p, const struct filesystem *f,
		    bool good, const struct error *why)
{
	if (!good)
		volumes_problem(v, p->first_byte, why->text);
	if (!f->damaged)
		return;
	char *words = mem_format(_("files or folders that are damaged: %llu"), f->damaged + 0ULL);
	volumes_problem(v, p->first_byte, words);
	free(words);
}

void volumes_walk(struct volumes *v, const struct partition *p, struct filesystem *f,
		  const struct volume_visitor *to)
{
	struct error own = { 0 }, of_deleted = { 0 };
	bool all = true, good = f->walk(f, to->file, to->ctx, &own);

	/* Also where something is damaged: the same may be said twice, and is once. */
	if (to->deleted && f->kind == FILESYSTEM_FAT)
		good &= fat_filesystem_deleted(f, to->file, to->ctx, good ? &own : &of_deleted);
	if (to->deleted && f->kind == FILESYSTEM_EXT)
		all = ext_each_deleted(f, to->deleted, to->ctx, &of_deleted);
	volumes_walked(v, p, f, good, &own);
	if (!all)
		volumes_problem(v, p->first_byte, of_deleted.text);
}

static void tell(void *ctx, uint64_t offset, const char *what)
{
	volumes_problem(ctx, offset, what);
}

struct parse_problems volumes_problems(struct volumes *v)
{
	return (struct parse_problems){ tell, v };
}

/* Images that were cut off. */

static bool read_cut(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct partition_source *s = ctx;
	uint64_t left = offset < s->size_bytes ? s->size_bytes - offset : 0;
	size_t there = left < len ? (size_t)left : len;

	memset((uint8_t *)buf + there, 0, len - there);
	return there == 0 || s->read(s->ctx, offset, buf, there, e);
}

static struct filesystem *look_past_ends(struct filesystem *f)
{
	if (f && f->kind == FILESYSTEM_FAT)
		fat_filesystem_past_end(f);
	return f;
}

/* Of an NTFS also what is left of its list of files. */
static struct filesystem *open_there(struct volumes *v, const struct partition_source *s,
				     const struct partition *p, uint64_t size, struct error *e)
{
	struct error lost = { 0 };

	v->opened = s;
	v->opened_bytes = size;
	if (strcmp(p->content, "ntfs") != 0) {
		struct filesystem *other = look_past_ends(volume_open(s, p->first_byte, size, e));

		if (other && other->state & FILESYSTEM_BY_COPY && s != &v->whole)
			volumes_problem(v, p->first_byte, beginning_gone);
		return other;
	}
	struct filesystem *f = ntfs_open_damaged(s, p->first_byte, size, &lost, e);
	if (f && lost.kind)
		volumes_problem(v, p->first_byte, lost.text);
	return f;
}

struct filesystem *volumes_open_volume(struct volumes *v, const struct partition *p,
				       struct error *e)
{
	struct partition_source *s = &v->source.bytes;
	const char *content;

	if (v->by_copy[p - v->table.list] && use_copy(v, p, &content))
		s = &v->whole;
	uint64_t there = p->first_byte < s->size_bytes ? s->size_bytes - p->first_byte : 0;
	uint64_t size = p->size_bytes, claimed = 0;

	/* The last volume of what there is; a partition that says less than its volume is damaged. */
	if (size >= there)
		claimed = content_bytes(s, p->first_byte, there, p->content);
	if (claimed <= there || claimed / CUT_FACTOR > there)
		return open_there(v, s, p, size, e);
	if (size < claimed)
		size = claimed;
	v->cut = *s;
	v->cut.read = read_cut;
	v->cut.ctx = s;
	v->cut.size_bytes = p->first_byte + size;
	volumes_problem(
		v, s->size_bytes,
		N_("the image ends before its file system does: what is missing reads as zeros"));
	return open_there(v, &v->cut, p, size, e);
}

struct filesystem *volumes_file_system(struct volumes *v, const struct partition *p)
{
	struct error e = { 0 };
	const char *refusal = volume_refusal(p->content);

	if (refusal) {
		volumes_problem(v, p->first_byte, refusal);
		return NULL;
	}
	struct filesystem *f = volumes_open_volume(v, p, &e);
	const char *why = e.kind ? e.text : volume_unknown(p);
	if (!f && why)
		volumes_problem(v, p->first_byte, why);
	return f;
}

bool volumes_each(struct volumes *v,
		  bool (*each)(void *ctx, struct volumes *v, const struct partition *p,
			       struct filesystem *f, struct error *e),
		  void *ctx, struct error *e)
{
	if (v->table.kind == TABLE_DAMAGED && !v->table.count)
		return error_set(e, ERROR_UNTRUSTED, _("its partition table is damaged"));
	for (size_t i = 0; i < v->table.count; i++) {
		const struct partition *p = &v->table.list[i];

		if (v->wanted != VOLUME_ALL && v->wanted != p->number)
			continue;
		v->count++;
		struct filesystem *f = volumes_file_system(v, p);
		if (!f)
			continue;
		v->files++;
		bool good = each(ctx, v, p, f, e);
		f->close(f);
		if (!good)
			return false;
	}
	if (!v->count && v->wanted != VOLUME_ALL)
		return error_set(e, ERROR_USAGE, _("there is no partition %llu"),
				 (unsigned long long)v->wanted);
	if (v->problems)
		return true; /* that is what there is to say */
	return v->files || error_set(e, ERROR_UNTRUSTED,
				     _("there is no file system that can be read; see what there "
				       "is: triage list"));
}

static bool open_source(struct source *source, const char *name, const struct volume_options *o,
			struct error *e)
{
	if (!o->key_file)
		return source_open(source, name, o->broker, o->sector_bytes, e);
	if (!o->broker || o->partition == VOLUME_ALL)
		return error_set(e, ERROR_USAGE,
				 _("--key-file is for an encrypted partition of a disk of the "
				   "broker: say --broker and --partition"));
	return source_open_encrypted(source, name, (unsigned)o->partition, o->key_file, e);
}

int volumes_run(const char *verb, const char *name, const struct volume_options *o,
		struct source *source, const struct box_job *job)
{
	struct output out = { .name = name };
	struct box_job own = *job;
	struct error e = { 0 };

	if (!open_source(source, name, o, &e))
		return report("triage", &e);
	own.inputs = source->inputs;
	own.input_count = source->count;
	own.what = verb;
	own.limits = (struct box_limits){ MEMORY_BYTES, CPU_SECONDS, STEP_SECONDS };
	own.lines = output_lines;
	own.problem = output_problem;
	own.to = &out;
	enum box_result result = box_run(&own, &e);
	source_close(source);
	return output_status(&out, result, &e);
}
