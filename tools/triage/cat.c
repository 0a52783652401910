/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `triage cat SOURCE [PATH]`: the bytes of one file, of a partition, or of the whole. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/ntfs/named.h"
#include "triage/volumes.h"

#define CHUNK_BYTES (1u << 20)
#define SECTOR_BYTES 512u

struct task {
	struct source source;
	uint64_t partition;
	const char *path; /* NULL: all of the partition, or of the source */
};

struct search { /* in the child */
	struct box *box;
	struct filesystem *f;
	const char *path;   /* as it was typed, without a slash in front */
	const char *stream; /* behind its last colon, in `path`; NULL: none */
	bool any_slash;     /* '\' is compared as '/' */
	bool folded;        /* letters are compared without case */
	bool only_look;
	bool found, good;
	unsigned flags; /* enum filesystem_flag, of the one that was found */
	struct error *e;
	struct error damage; /* why it may be there and was not found */
};

/* The next character, as it is compared. */
static uint32_t next(const struct search *s, const char **at, const char *end)
{
	uint32_t c = s->folded ? text_lower(text_next(at, end)) : (unsigned char)*(*at)++;

	return c == '\\' && s->any_slash ? '/' : c;
}

static bool same(const struct search *s, const char *a, const char *b, size_t b_len)
{
	const char *a_end = a + strlen(a), *b_end = b + b_len;

	while (a < a_end && b < b_end) {
		uint32_t c = next(s, &a, a_end);

		/* Of half surrogates all are the same sign, and no name is another. */
		if (c != next(s, &b, b_end) || c == TEXT_BAD)
			return false;
	}
	return a == a_end && b == b_end;
}

/* Is it that one? "a:b" is a file of that name where colons may be in names, else a stream. */
static bool is_wanted(const struct search *s, const struct filesystem_entry *entry)
{
	if (!entry->stream)
		return same(s, entry->path, s->path, strlen(s->path));
	if (!s->stream || !same(s, entry->stream, s->stream, strlen(s->stream)))
		return false;
	size_t len = (size_t)(s->stream - 1 - s->path);
	/* The root has streams, too: it is "." in the walk. */
	if (len == 0)
		return strcmp(entry->path, ".") == 0;
	return same(s, entry->path, s->path, len);
}

/* Where bytes come from: *got is less than len only at their end. */
struct origin {
	bool (*read)(void *ctx, uint64_t at, void *into, size_t len, size_t *got, struct error *e);
	void *ctx;
};

/* All of [at, end). Of a piece that cannot be read it is found out by halves how much of it can, so that
 * nothing that stands before the first bad sector is kept back. */
static bool hand_over(struct box *b, const struct origin *from, uint64_t at, uint64_t end,
		      struct error *e)
{
	char *chunk = mem_alloc(CHUNK_BYTES);
	size_t most = CHUNK_BYTES;
	struct error why = { 0 };
	bool good = true;

	while (good && at < end) {
		size_t want = end - at < most ? (size_t)(end - at) : most, got = 0;

		if (from->read(from->ctx, at, chunk, want, &got, &why)) {
			good = box_write(b, chunk, got, e);
			at += got;
			if (got < want)
				break;
		} else if (most > SECTOR_BYTES) {
			most /= 2;
		} else {
			*e = why;
			good = false;
		}
	}
	free(chunk);
	return good;
}

static bool read_source(void *ctx, uint64_t at, void *into, size_t len, size_t *got,
			struct error *e)
{
	*got = len;
	return partition_source_read(ctx, at, into, len, e);
}

static bool hand_over_source(struct box *b, const struct partition_source *s, uint64_t at,
			     uint64_t end, struct error *e)
{
	struct partition_source from = *s;

	return hand_over(b, &(struct origin){ read_source, &from }, at, end, e);
}

struct entry_of {
	struct filesystem *f;
	const struct filesystem_entry *entry;
};

static bool read_entry(void *ctx, uint64_t at, void *into, size_t len, size_t *got, struct error *e)
{
	struct entry_of *file = ctx;

	return file->f->read(file->f, file->entry, at, into, len, got, e);
}

static bool hand_over_entry(struct box *b, struct filesystem *f,
			    const struct filesystem_entry *entry, struct error *e)
{
	struct entry_of file = { f, entry };

	return hand_over(b, &(struct origin){ read_entry, &file }, 0, UINT64_MAX, e);
}

/* The file system's own files, which no walk passes: $MFT, $LogFile, $Extend/$UsnJrnl:$J. */
static bool own_file(struct search *s)
{
	char *path = mem_string(s->path);
	char *colon = s->stream ? path + (s->stream - s->path) - 1 : NULL;

	if (colon)
		*colon = '\0';
	for (char *c = path; *c; c++)
		if (*c == '\\')
			*c = '/';
	struct ntfs_named *n =
		ntfs_named_open(s->f, path, colon ? colon + 1 : NULL, &s->found, s->e);
	free(path);
	if (!n) {
		s->good = !s->found; /* there, and cannot be read */
		return s->found;
	}
	const struct partition_source *from = ntfs_named_source(n);
	bool good = s->only_look || hand_over_source(s->box, from, 0, from->size_bytes, s->e);
	ntfs_named_free(n);
	s->good = good;
	return true;
}

static bool one(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	struct search *s = ctx;

	(void)e;
	if (!is_wanted(s, entry))
		return true;
	s->found = true;
	s->flags = entry->flags;
	if (s->only_look)
		return false;
	if (entry->type == 'd')
		s->good = error_set(s->e, ERROR_USAGE, _("'%s' is a folder"), s->path);
	else
		s->good = hand_over_entry(s->box, s->f, entry, s->e);
	return false; /* that was it */
}

/* Look through one volume; s->found and s->good say how it was. The names of ext have case, and '\' in
 * them is a letter like any other ("dev-disk-by\x2duuid"): only if there is none of them it is a slash. */
static bool look(struct search *s, struct filesystem *f)
{
	const bool is_ext = f->kind == FILESYSTEM_EXT;
	struct error own = { 0 };

	s->f = f;
	s->damage = (struct error){ 0 };
	s->flags = 0;
	if (f->kind == FILESYSTEM_NTFS && ntfs_is_own_path(s->path) && own_file(s))
		return true;
	s->folded = false;
	s->any_slash = !is_ext;
	if (!f->walk(f, one, s, &own) && !s->found)
		s->damage = own;
	if (s->found || (is_ext && !strchr(s->path, '\\')))
		return s->found;
	s->folded = !is_ext;
	s->any_slash = true;
	(void)f->walk(f, one, s, &own);
	return s->found;
}

struct places { /* of the file, among the volumes */
	struct search *search;
	unsigned count, first;
};

static bool look_in(void *ctx, struct volumes *v, const struct partition *p, struct filesystem *f,
		    struct error *e)
{
	struct places *at = ctx;
	struct error own = { 0 };

	(void)e;
	at->search->found = false;
	at->search->e = &own;
	bool there = look(at->search, f);
	if (there && at->count++ == 0)
		at->first = p->number;
	if (!there && at->search->damage.kind)
		volumes_problem(v, p->first_byte, at->search->damage.text);
	return true;
}

static bool take_from(void *ctx, struct volumes *v, const struct partition *p, struct filesystem *f,
		      struct error *e)
{
	struct search *s = ctx;

	s->e = e;
	bool there = look(s, f);
	if (!there && s->damage.kind)
		volumes_problem(v, p->first_byte, s->damage.text);
	if (!there)
		return error_set(e, ERROR_FAILED, _("there is no '%s'"), s->path);
	if (s->flags & FILESYSTEM_ENCRYPTED && s->good)
		volumes_problem(v, p->first_byte,
				_("this file is encrypted: these are its bytes on the disk, not "
				  "what was written into it"));
	if (s->flags & FILESYSTEM_DAMAGED)
		volumes_problem(
			v, p->first_byte,
			strcmp(p->content, "ntfs") == 0
				? _("a record of this file in the MFT is damaged or not its own: "
				    "these may not be its bytes")
				: _("a checksum of this file's inode or of its map of blocks is "
				    "wrong: these may not be its bytes"));
	return s->good;
}

static bool find(struct volumes *v, struct search *s, struct error *e)
{
	struct places at = { .search = s };

	s->only_look = true;
	if (!volumes_each(v, look_in, &at, e))
		return false;
	s->only_look = s->found = false;
	if (!at.count)
		return error_set(e, ERROR_FAILED, _("there is no '%s'"), s->path);
	if (at.count > 1)
		return error_set(e, ERROR_USAGE,
				 _("'%s' is on %u partitions, the first of them %u: say which "
				   "(--partition)"),
				 s->path, at.count, at.first);
	v->wanted = at.first;
	return true;
}

/* All bytes, of the source or of the one partition that is wanted. */
static bool hand_over_all(struct volumes *v, struct error *e)
{
	const struct partition_source *s = &v->source.bytes;
	uint64_t at = 0, end = s->size_bytes;
	bool there = v->wanted == VOLUME_ALL;

	for (size_t i = 0; v->wanted != VOLUME_ALL && i < v->table.count; i++)
		if (v->table.list[i].number == v->wanted) {
			at = v->table.list[i].first_byte;
			end = at + v->table.list[i].size_bytes;
			there = true;
		}
	if (!there)
		return error_set(e, ERROR_USAGE, _("there is no partition %llu"),
				 (unsigned long long)v->wanted);
	if (end > s->size_bytes) {
		volumes_problem(v, s->size_bytes,
				N_("the image ends before this partition does: what is missing is "
				   "not written"));
		end = s->size_bytes;
	}
	return hand_over_source(v->box, s, at, end, e);
}

static bool run(struct box *b, const void *ctx, struct error *e)
{
	const struct task *t = ctx;
	struct volumes *v = volumes_open(b, &t->source, t->partition, e);

	if (!v)
		return false;
	if (!t->path) {
		bool good = hand_over_all(v, e);

		volumes_free(v);
		return good;
	}
	struct search s = { .box = b, .path = t->path + strspn(t->path, "/\\") };
	s.stream = strrchr(s.path, ':');
	if (s.stream)
		s.stream++;
	bool good = (v->wanted != VOLUME_ALL || v->table.count == 1 || find(v, &s, e)) &&
		    volumes_each(v, take_from, &s, e);
	volumes_free(v);
	return good;
}

int triage_cat(int argc, char **argv)
{
	struct volume_options o = { .partition = VOLUME_ALL };
	struct task t = { 0 };
	struct error e = { 0 };
	const struct cli_option options[] = {
		VOLUME_OPTIONS(&o),
		{ 0 },
	};
	const struct cli_usage usage = {
		.tool = "triage",
		.verb = "cat",
		.arguments = "SOURCE [PATH[:STREAM]]",
		.help = N_(
			"Writes the bytes of a file to standard output, of a link the path that it\n"
			"points to. Without regard to case where the file system has none. Without\n"
			"PATH: all bytes of the partition, or of the source, unpacked if it is an E01."),
		.options = options,
		.min = 1,
		.max = 2,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("triage", &e);
	if (isatty(STDOUT_FILENO)) {
		error_set(&e, ERROR_USAGE,
			  _("bytes of a suspect disk could give orders to this terminal: send "
			    "them to a file (triage cat ... > FILE) or through a program that "
			    "shows them (| less)"));
		return report("triage", &e);
	}
	t.partition = volume_wanted(&o);
	t.path = argc > 1 ? argv[1] : NULL;
	const struct box_job job = { .bytes = true, .run = run, .ctx = &t };
	return volumes_run("cat", argv[0], &o, &t.source, &job);
}
