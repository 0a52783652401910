/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage import`: what other programs made of a disk or a partition becomes an image. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/wholefile.h"
#include "lib/image/bmap.h"
#include "lib/image/partclone.h"
#include "lib/ui/progress.h"
#include "sysimage/capture.h"
#include "sysimage/sysimage.h"

struct importing {
	const char *format, *name, *bmap_name;
	uint64_t sector_bytes;

	struct capture_source opened; /* what is imported, */
	struct partition_source file; /* and its bytes */
	struct partclone partclone;
	struct text text; /* of the bmap */
	struct bmap bmap;
	struct bmap_image image;
	struct progress progress;
};

static bool open_file(struct importing *i, struct error *e)
{
	struct stat st;

	i->opened.name = i->name;
	i->opened.fd = open(i->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (i->opened.fd < 0 || fstat(i->opened.fd, &st) != 0)
		return error_errno(e, _("cannot open %s"), i->name);
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERROR_USAGE,
				 _("%s is no file. Such images are not read in one go: a pipe will "
				   "not do, write it to a file first"),
				 i->name);
	i->file = (struct partition_source){ capture_source_read, &i->opened, (uint64_t)st.st_size,
					     512 };
	return true;
}

static bool open_partclone(struct importing *i, struct capture_source *s, struct error *e)
{
	if (!partclone_open(&i->partclone, &i->file, e))
		return error_prefix(e, "%s: ", i->name);
	s->bytes = i->partclone.source;
	s->used = &i->partclone.used;
	return true;
}

static void checked(void *ctx, uint64_t done_bytes, uint64_t total_bytes)
{
	struct importing *i = ctx;

	if (!i->progress.what)
		i->progress = progress_begin(_("checking"), total_bytes);
	progress_at(&i->progress, done_bytes);
}

static bool open_bmap(struct importing *i, struct capture_source *s, struct error *e)
{
	const struct image_progress progress = { checked, i };
	bool ok = (bmap_parse(text_end(&i->text), i->text.len, &i->bmap, e) ||
		   error_prefix(e, "%s: ", i->bmap_name)) &&
		  (bmap_image_open(&i->image, &i->bmap, &i->file, &progress, e) ||
		   error_prefix(e, "%s: ", i->name));

	if (i->progress.what)
		progress_end(&i->progress);
	s->bytes = i->image.source;
	s->used = &i->image.used;
	return ok;
}

/* Runs confined: everything is open already. */
static bool open_import(struct capture_source *s, void *ctx, struct error *e)
{
	struct importing *i = ctx;

	*s = (struct capture_source){ .name = i->name, .fd = -1 };
	return (i->bmap_name ? open_bmap(i, s, e) : open_partclone(i, s, e)) &&
	       capture_source_sectors(s, i->sector_bytes, e);
}

static bool open_raw(struct capture_source *s, void *ctx, struct error *e)
{
	const struct importing *i = ctx;

	return capture_source_open(s, i->name, i->sector_bytes, e);
}

static bool import(struct importing *i, const char *image, const struct capture_options *o,
		   struct error *e)
{
	const struct capture_way raw = { open_raw, i, i->name, false };
	const struct capture_way hostile = { open_import, i, i->name, true };

	if (strcmp(i->format, "raw") == 0)
		return capture_run(&raw, image, o, e);
	return open_file(i, e) &&
	       (!i->bmap_name ||
		wholefile_read(AT_FDCWD, i->bmap_name, 0, BMAP_FILE_MAX, &i->text, e)) &&
	       capture_run(&hostile, image, o, e);
}

static void release(struct importing *i)
{
	bmap_image_release(&i->image);
	bmap_release(&i->bmap);
	text_release(&i->text);
	partclone_release(&i->partclone);
	capture_source_close(&i->opened);
}

static bool settle(const struct importing *i, struct error *e)
{
	if (!i->format || (strcmp(i->format, "raw") != 0 && strcmp(i->format, "bmap") != 0 &&
			   strcmp(i->format, "partclone") != 0))
		return error_set(e, ERROR_USAGE,
				 _("say what it is with --format: raw, bmap or partclone"));
	if ((strcmp(i->format, "bmap") == 0) != (i->bmap_name != NULL))
		return error_set(e, ERROR_USAGE,
				 _("--bmap FILE belongs to --format bmap, and it to that"));
	return true;
}

int sysimage_import(int argc, char **argv)
{
	struct error e = { 0 };
	struct capture_options o = { .min_root = 1 };
	struct capture_words words = { 0 };
	struct importing i = { .opened = CAPTURE_SOURCE_NONE };
	struct cli_option options[CAPTURE_ROWS + 3] = {
		{ "format", CLI_TEXT, &i.format, "FORMAT",
		  N_("raw, bmap (a raw image with a bmap beside it) or partclone"), 0, 0 },
		{ "bmap", CLI_TEXT, &i.bmap_name, "FILE", N_("what bmaptool create made of it"), 0,
		  0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"import",
		"SOURCE IMAGE",
		N_("Make an image of what other programs made. SOURCE is a file; its own checksums "
		   "are checked. Else as with capture."),
		options,
		2,
		2,
	};

	capture_rows(options + 2, &o, &words);
	digest_ready();
	if (!cli_parse(&usage, &argc, &argv, &e) || !settle(&i, &e) ||
	    !capture_settle(&o, &words, &e))
		return report("sysimage", &e);
	i.name = argv[0];
	i.sector_bytes = o.sector_bytes;
	bool ok = import(&i, argv[1], &o, &e);
	release(&i);
	return ok ? 0 : report("sysimage", &e);
}
