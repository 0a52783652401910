/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage capture`: a prepared PC's disk becomes an image. */
#include "sysimage/capture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/image/frame.h"
#include "lib/ui/progress.h"
#include "sysimage/apart.h"
#include "sysimage/medium.h"
#include "sysimage/sysimage.h"

/* "dirty,locked" */
static bool parse_names(const char *list, const char *const *names, const char *option,
			unsigned *bits, struct error *e)
{
	while (list && *list) {
		size_t n = strcspn(list, ","), i = 0;

		while (names[i] && (strlen(names[i]) != n || strncmp(names[i], list, n) != 0))
			i++;
		if (!names[i])
			return error_set(e, ERROR_USAGE, _("--%s does not know \"%.*s\""), option,
					 (int)n, list);
		*bits |= 1u << i;
		list += n + (list[n] == ',');
	}
	return true;
}

static bool parse_grow(const char *grow, int *out, struct error *e)
{
	uint64_t number;

	*out = CAPTURE_GROW_DEFAULT;
	if (grow && strcmp(grow, "none") == 0)
		*out = CAPTURE_GROW_NONE;
	else if (grow && !cli_number(grow, 1, 1024, &number, e))
		return error_prefix(e, "--grow: ");
	else if (grow)
		*out = (int)number;
	return true;
}

/* SOURCE_DATE_EPOCH (reproducible-builds.org), else the clock. */
static bool find_time(uint64_t *s, struct error *e)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");

	*s = (uint64_t)time(NULL);
	return !epoch || cli_number(epoch, 0, UINT64_MAX, s, e) ||
	       error_prefix(e, "SOURCE_DATE_EPOCH: ");
}

/* Before hours of reading, not after. */
static bool is_new(const char *image, const char *name, struct error *e)
{
	struct stat there, source;

	if (lstat(image, &there) != 0)
		return errno != ENAMETOOLONG || error_errno(e, _("cannot create %s"), image);
	if (stat(image, &there) == 0 && stat(name, &source) == 0 && there.st_dev == source.st_dev &&
	    there.st_ino == source.st_ino)
		return error_set(e, ERROR_USAGE, _("source and image are one and the same"));
	return error_set(e, ERROR_USAGE,
			 _("%s is there already. Images are not overwritten: take another name"),
			 image);
}

static void progressed(void *ctx, uint64_t done, uint64_t total)
{
	struct progress *p = ctx;

	if (!p->what)
		*p = progress_begin(_("capturing"), total);
	progress_at(p, done);
}

static bool write_image(struct capture *c, int fd, const char *path, struct writer_report *made,
			struct error *e)
{
	struct progress p = { 0 };
	const struct writer w = {
		.manifest = &c->manifest,
		.payloads = c->payloads,
		.payload_count = c->payload_count,
		.level = (int)c->options->level,
		.jobs = (unsigned)c->options->jobs,
		.fd = fd,
		.progress = { progressed, &p },
	};
	bool ok = writer_run(&w, made, e) || error_prefix(e, "%s: ", path);

	if (p.what)
		progress_end(&p);
	return ok;
}

static bool describe(struct capture *c, struct error *e)
{
	const struct capture_options *o = c->options;

	c->manifest.product = o->product;
	c->manifest.label = o->label ? o->label : o->product;
	c->manifest.note = o->note;
	c->manifest.maker = "sysimage " BLACKSTART_VERSION;
	c->manifest.counter = o->counter;
	c->manifest.min_root = o->min_root;
	return find_time(&c->manifest.created_s, e);
}

/* A label that no image can have is said before every file is read, not after. */
static bool check(struct capture *c, struct error *e)
{
	capture_payloads(c);
	const struct writer w = {
		.manifest = &c->manifest,
		.payloads = c->payloads,
		.payload_count = c->payload_count,
	};

	return writer_check(&w, e);
}

/* From the source to the bytes of the image. */
static bool make(struct capture *c, const struct capture_way *way, int fd, const char *image,
		 struct writer_report *made, struct error *e)
{
	const struct capture_options *o = c->options;
	bool ok = way->open(&c->source, way->ctx, e) && capture_table(c, e) &&
		  capture_volumes(c, e) && capture_layout(c, e);

	if (!ok || !check(c, e))
		return false;
	capture_room_warn(c);
	if (!o->dry && !o->no_catalogue && !capture_catalogue(c, e))
		return false;
	capture_payloads(c);
	return o->dry || write_image(c, fd, image, made, e);
}

static void print(const struct capture *c, const char *image, const struct writer_report *made)
{
	if (c->options->json)
		capture_print_json(c, image, c->options->dry ? NULL : made);
	else
		capture_print(c, image, c->options->dry ? NULL : made);
}

/* make() and print(), by a process of its own. */
struct making {
	struct capture *c;
	const struct capture_way *way;
	struct newfile *file;
	const char *image;
};

static bool flush(const struct newfile *file, struct writer_report *made, struct error *e)
{
	if (newfile_sync(file, e))
		return true;
	made->write_errno = errno;
	return false;
}

/* Confined, it cannot give the image its name: settle() does, and what is printed here waits for that. */
static bool make_and_print(void *ctx, struct error *e)
{
	const struct making *m = ctx;
	struct writer_report made = { 0 };

	if (!make(m->c, m->way, m->file->fd, m->image, &made, e) ||
	    (!m->c->options->dry && !flush(m->file, &made, e)))
		return capture_room_explain(&m->c->room, made.write_errno, e);
	print(m->c, m->image, &made);
	return true;
}

static bool settle(void *ctx, bool ok, struct error *e)
{
	const struct making *m = ctx;

	ok = ok && (m->c->options->dry || newfile_commit_new(m->file, e));
	newfile_discard(m->file);
	return ok;
}

/* Where it is written; nothing if nothing is. */
static bool open_image(struct capture *c, struct newfile *file, const char *image, struct error *e)
{
	if (c->options->dry)
		return true;
	if (!newfile_create(file, image, e) || !newfile_try_name(file, e))
		return false;
	capture_room_look(&c->room, file->fd);
	return true;
}

bool capture_run(const struct capture_way *way, const char *image, const struct capture_options *o,
		 struct error *e)
{
	struct capture *c = mem_alloc(sizeof(*c));
	struct newfile file = NEWFILE_NONE;
	struct making m = { c, way, &file, image };
	const struct apart apart = { make_and_print, settle, &m, way->confined, way->name };

	c->options = o;
	c->source = (struct capture_source)CAPTURE_SOURCE_NONE;
	bool ok = describe(c, e) && is_new(image, way->name, e) && capture_packs(c, image, e) &&
		  open_image(c, &file, image, e) && apart_run(&apart, e);

	newfile_discard(&file);
	capture_volumes_release(c);
	capture_source_close(&c->source);
	arena_release(&c->memory);
	free(c);
	return ok;
}

/* docs/formats/kimg.md#manifest; said here in the words of the command line. */
static bool is_product(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n > 0 && n <= 64 && !s[n] && s[0] != '-';
}

/* What must be said, and what cannot be together. */
static bool makes_sense(const struct capture_options *o, struct error *e)
{
	if (!o->product || !o->counter)
		return error_set(e, ERROR_USAGE,
				 _("name what the image is of with --product (office-pc) and give "
				   "it a --counter that is higher than that of the one before"));
	if (!is_product(o->product))
		return error_set(e, ERROR_USAGE,
				 _("--product %s: 1 to 64 of a-z, 0-9 and -, beginning with a "
				   "letter or digit"),
				 o->product);
	if (o->raw && o->leave_out)
		return error_set(e, ERROR_USAGE, _("--raw takes all: nothing can be left out"));
	return true;
}

void capture_rows(struct cli_option rows[CAPTURE_ROWS], struct capture_options *o,
		  struct capture_words *w)
{
	const struct cli_option table[CAPTURE_ROWS] = {
		{ "product", CLI_TEXT, &o->product, "NAME",
		  N_("what it is an image of: office-pc; counters are compared within it"), 0, 0 },
		{ "counter", CLI_NUMBER, &o->counter, "N",
		  N_("higher than that of the image before; older ones are refused then"), 1,
		  999999999999999 },
		{ "label", CLI_TEXT, &o->label, "TEXT", N_("for people: \"Office PC, autumn\""), 0,
		  0 },
		{ "note", CLI_TEXT, &o->note, "TEXT", N_("more for people"), 0, 0 },
		{ "min-root", CLI_NUMBER, &o->min_root, "N",
		  N_("version that the organisation's root must have (1)"), 0, 0 },
		{ "leave-out", CLI_TEXT, &w->leave_out, "LIST",
		  N_("content that Windows makes anew: pagefile,swapfile,hiberfil"), 0, 0 },
		{ "grow", CLI_TEXT, &w->grow, "N",
		  N_("partition that may grow on a larger disk, or none; else the largest one with "
		     "a system"),
		  0, 0 },
		{ "accept", CLI_TEXT, &w->accept, "LIST",
		  N_("take it although it is dirty,hibernated,locked,not-generalised"), 0, 0 },
		{ "driver-packs", CLI_TEXT, &o->packs, "FILE",
		  N_("file with lines FILE;MATCH: drivers beside the image, for PCs whose model "
		     "matches"),
		  0, 0 },
		{ "no-catalogue", CLI_FLAG, &o->no_catalogue, NULL,
		  N_("do not list the files with their sums"), 0, 0 },
		{ "raw", CLI_FLAG, &o->raw, NULL, N_("every byte, not only what is used"), 0, 0 },
		{ "sector-size", CLI_NUMBER, &o->sector_bytes, "N",
		  N_("of a file: 512 or 4096; else its table and what it leads to tell"), 512,
		  4096 },
		{ "level", CLI_NUMBER, &o->level, "N", N_("how hard to pack, 1 to 19 (3)"), 1,
		  FRAME_LEVEL_MAX },
		{ "jobs", CLI_NUMBER, &o->jobs, "N", N_("work on N frames at once"), 1,
		  WRITER_JOBS_MAX },
		{ "n", CLI_FLAG, &o->dry, NULL, N_("say what would be done, write nothing"), 0, 0 },
		{ "json", CLI_FLAG, &o->json, NULL, N_("print a JSON object"), 0, 0 },
	};

	memcpy(rows, table, sizeof(table));
}

bool capture_settle(struct capture_options *o, const struct capture_words *w, struct error *e)
{
	return parse_names(w->accept, kimg_taken_names, "accept", &o->accept, e) &&
	       parse_names(w->leave_out, kimg_left_out_names, "leave-out", &o->leave_out, e) &&
	       parse_grow(w->grow, &o->grow, e) && makes_sense(o, e);
}

struct named {
	const char *name;
	uint64_t sector_bytes;
};

static bool open_named(struct capture_source *s, void *ctx, struct error *e)
{
	const struct named *n = ctx;

	return capture_source_open(s, n->name, n->sector_bytes, e);
}

static bool open_taken(struct capture_source *s, void *ctx, struct error *e)
{
	(void)e;
	capture_source_take(s, ctx);
	return true;
}

/* The disk by the broker, the image onto a medium or into a file. What may have been made to
 * attack us is read by a process that has nothing but the two. */
static bool capture_broker(const char *name, const char *image, const struct capture_options *o,
			   struct error *e)
{
	struct capture_source source;
	const struct capture_way way = { open_taken, &source, name, true };
	bool ok = capture_source_broker(&source, name, e) && capture_run(&way, image, o, e);

	capture_source_close(&source);
	return ok;
}

int sysimage_capture(int argc, char **argv)
{
	struct error e = { 0 };
	struct capture_options o = { .min_root = 1 };
	struct capture_words words = { 0 };
	const char *name = NULL;
	bool broker = false, ok;
	struct medium medium = MEDIUM_NONE;
	struct cli_option options[CAPTURE_ROWS + 3] = {
		[CAPTURE_ROWS] = { "broker", CLI_FLAG, &broker, NULL,
				   N_("the broker opens the disk SOURCE: sda, as it calls it"), 0,
				   0 },
		[CAPTURE_ROWS + 1] = { "medium", CLI_TEXT, &name, "NAME",
				       N_("IMAGE is on this medium, which the broker opens: sdb1"),
				       0, 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"capture",
		"SOURCE IMAGE",
		N_("Make an image of a prepared PC: SOURCE is its disk, or a file of a disk or of "
		   "one partition. It is only read. What is not at rest, locked or not generalised "
		   "is refused."),
		options,
		2,
		2,
	};

	capture_rows(options, &o, &words);
	digest_ready();
	if (!cli_parse(&usage, &argc, &argv, &e) || !capture_settle(&o, &words, &e))
		return report("sysimage", &e);
	struct named source = { argv[0], o.sector_bytes };
	const struct capture_way way = { open_named, &source, argv[0], false };

	ok = medium_enter(&medium, name, o.dry ? ACCESS_READ : ACCESS_WRITE, &e) &&
	     (broker ? capture_broker(argv[0], argv[1], &o, &e)
		     : capture_run(&way, argv[1], &o, &e));
	ok = medium_leave(&medium, &e) && ok;
	return ok ? 0 : report("sysimage", &e);
}
