/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage export`: an image as programs of others take it. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/size.h"
#include "lib/disk/blocks_file.h"
#include "lib/image/bmap.h"
#include "lib/image/pump.h"
#include "lib/image/restore.h"
#include "lib/ui/progress.h"
#include "sysimage/apart.h"
#include "sysimage/medium.h"
#include "sysimage/sysimage.h"
#include "sysimage/vouch.h"

enum { RAW, BMAP, MANIFEST, SIGNATURES, FILES }; /* that are made */

struct exporting {
	const char *name, *trust, *product, *raw, *bmap, *minisign, *medium;
	uint64_t jobs, min_counter;
	bool dry, as_json;
	struct remember remember;

	char *signatures; /* the name of the file beside `minisign` */
	struct vouch vouch;
	struct image image;
	struct progress progress;
	const char *step;
};

static void at(void *ctx, const char *what, uint64_t done_bytes, uint64_t total_bytes)
{
	struct exporting *x = ctx;

	if (x->step != what) {
		if (x->step)
			progress_end(&x->progress);
		x->progress = progress_begin(what, total_bytes);
		x->step = what;
	}
	progress_at(&x->progress, done_bytes);
}

/* The hidden temporary as a target: what is restored to it has no name before it is whole. */
static bool as_target(struct target *t, const struct newfile *f, const char *path,
		      uint64_t size_bytes, struct error *e)
{
	char *copy = mem_string(path);

	t->size_bytes = size_bytes;
	t->sector_bytes = 512;
	int n = snprintf(t->path, sizeof(t->path), "%s/%s", dirname(copy), f->temporary);
	free(copy);
	if (n < 0 || (size_t)n >= sizeof(t->path))
		return error_set(e, ERROR_USAGE, _("%s: this name is too long"), path);
	/* A new file is open for writing only. */
	t->fd = open(t->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	return (t->fd >= 0 && ftruncate(t->fd, (off_t)size_bytes) == 0) ||
	       error_errno(e, _("cannot make %s as large as the disk, %llu bytes"), path,
			   size_bytes + 0ULL);
}

static bool write_bmap(const struct exporting *x, struct target *t, struct newfile *f,
		       struct error *e)
{
	const struct partition_source source = target_source(t);
	struct text out = { 0 };
	struct bmap b;
	bool ok = bmap_of_image(&x->image, &source, &b, e);

	if (ok) {
		bmap_write(&b, &out);
		bmap_release(&b);
		ok = newfile_write(f, out.s, out.len, e);
	}
	text_release(&out);
	return ok;
}

static bool export_raw(struct exporting *x, struct stream *s, struct newfile *raw,
		       struct newfile *bmap, struct error *e)
{
	const struct kimg_manifest *m = &x->image.manifest;
	const struct restore_options options = { .jobs = (unsigned)x->jobs,
						 .fit = LAYOUT_AS_IS,
						 .resume = RESTORE_RESUME_NO,
						 .step = at,
						 .ctx = x };
	struct blocks_file blocks = BLOCKS_FILE_NONE;
	struct restore_report report;
	struct target t = TARGET_NONE;
	bool ok = as_target(&t, raw, x->raw, m->disk_bytes, e) &&
		  blocks_file_open(&blocks, &t, m->sector_bytes, e) &&
		  restore_image(&x->image, s, &blocks.blocks, &options, &report, e);

	if (x->step)
		progress_end(&x->progress);
	ok = ok && (!x->bmap || write_bmap(x, &t, bmap, e));
	blocks_file_close(&blocks);
	target_close(&t);
	return ok;
}

/* The manifest and the signatures over it, as minisign -V -m FILE takes them. */
static bool export_minisign(const struct exporting *x, struct newfile *manifest,
			    struct newfile *signatures, struct error *e)
{
	return newfile_write(manifest, x->image.manifest_bytes, x->image.manifest_len, e) &&
	       newfile_write(signatures, x->image.signature_text, x->image.signature_len, e);
}

static void print_json(const struct exporting *x)
{
	const struct kimg_manifest *m = &x->image.manifest;
	struct json j = json_to(stdout);
	char hex[DIGEST_HEX];

	json_object(&j, NULL);
	json_bool(&j, "exported", !x->dry);
	json_string(&j, "identity", digest_to_hex(hex, &x->image.identity));
	json_string(&j, "product", m->product);
	json_number(&j, "counter", m->counter);
	vouch_json(&x->vouch, &x->image.found, &j);
	json_string(&j, "raw", x->raw);
	json_string(&j, "bmap", x->bmap);
	json_string(&j, "minisign", x->minisign);
	json_number(&j, "disk_bytes", m->disk_bytes);
	json_end(&j);
}

static void print(const struct exporting *x)
{
	char hex[DIGEST_HEX], size[32];

	vouch_print(&x->vouch, &x->image.found);
	if (x->raw)
		printf(_("%s: the disk, %s\n"), x->raw,
		       size_words(size, sizeof(size), x->image.manifest.disk_bytes));
	if (x->bmap)
		printf(_("%s: what of it has to be copied, for bmaptool copy --bmap\n"), x->bmap);
	if (x->minisign)
		printf(_("%s, %s.minisig: the manifest and its %u signatures; identity %s\n"),
		       x->minisign, x->minisign, x->image.signatures,
		       digest_to_hex(hex, &x->image.identity));
	if (x->dry)
		puts(_("Only the signatures were looked at; nothing was written."));
}

/* What is made, and where its bytes go. */
struct made {
	struct exporting *x;
	struct stream *s;
	struct newfile files[FILES];
	const char *names[FILES]; /* NULL: none of that kind */
};

static bool fill(void *ctx, struct error *e)
{
	struct made *m = ctx;
	struct exporting *x = m->x;

	bool ok =
		(!x->raw || export_raw(x, m->s, &m->files[RAW], &m->files[BMAP], e)) &&
		(!x->minisign || export_minisign(x, &m->files[MANIFEST], &m->files[SIGNATURES], e));

	for (int i = 0; ok && i < FILES; i++)
		ok = !m->names[i] || newfile_sync(&m->files[i], e);
	return ok;
}

/* All get their names, or none has one. */
static bool put_in_place(void *ctx, bool ok, struct error *e)
{
	struct made *m = ctx;
	int done = 0;

	for (; ok && done < FILES; done++)
		if (m->names[done] && !newfile_commit_new(&m->files[done], e))
			break;
	ok = ok && done == FILES;
	for (int i = 0; i < done && !ok; i++)
		if (m->names[i])
			unlink(m->names[i]);
	for (int i = 0; i < FILES; i++)
		newfile_discard(&m->files[i]);
	return ok;
}

/* Everything is made before anything gets its name. */
static bool export_all(struct exporting *x, struct stream *s, struct error *e)
{
	struct made m = { x,
			  s,
			  { NEWFILE_NONE, NEWFILE_NONE, NEWFILE_NONE, NEWFILE_NONE },
			  { x->raw, x->bmap, x->minisign, x->signatures } };
	const struct apart apart = { fill, put_in_place, &m, false, x->name };
	bool ok = true;

	for (int i = 0; ok && i < FILES; i++)
		ok = !m.names[i] || (newfile_create(&m.files[i], m.names[i], e) &&
				     newfile_try_name(&m.files[i], e));
	if (ok)
		return apart_run(&apart, e);
	return put_in_place(&m, false, e);
}

/* A link that leads nowhere is there, too. */
static bool names_are_new(const struct exporting *x, struct error *e)
{
	const char *const names[FILES] = { x->raw, x->bmap, x->minisign, x->signatures };
	struct stat st;

	for (size_t i = 0; i < FILES; i++) {
		if (!names[i])
			continue;
		if (lstat(names[i], &st) == 0)
			return error_set(e, ERROR_USAGE,
					 _("%s is there already and is not overwritten: take "
					   "another name"),
					 names[i]);
		if (errno == ENAMETOOLONG)
			return error_errno(e, _("cannot create %s"), names[i]);
		for (size_t k = 0; k < i; k++)
			if (names[k] && strcmp(names[i], names[k]) == 0)
				return error_set(e, ERROR_USAGE,
						 _("two files would both be named %s"), names[i]);
	}
	return true;
}

static bool run(struct exporting *x, struct error *e)
{
	struct stream *s = NULL;

	x->signatures = x->minisign ? mem_format("%s.minisig", x->minisign) : NULL;
	bool ok = names_are_new(x, e) && vouch_open(&x->vouch, x->trust, e) &&
		  (s = stream_open(x->name, NULL, e));
	const struct image_policy policy = { x->vouch.root, x->product, x->min_counter, false };

	ok = ok && image_open(&x->image, s, &policy, e) &&
	     (remember_check(&x->remember, &x->image, e) || error_prefix(e, "%s: ", x->name)) &&
	     image_fits(&x->image, s, e) &&
	     (x->dry ||
	      (export_all(x, s, e) && remember_made(&x->remember, x->vouch.root, &x->image,
						    x->raw ? x->raw : x->minisign, e)));
	if (ok && x->as_json)
		print_json(x);
	else if (ok)
		print(x);
	stream_close(s);
	image_release(&x->image);
	vouch_release(&x->vouch);
	free(x->signatures);
	return ok;
}

static bool settle(const struct exporting *x, struct error *e)
{
	if (!x->trust)
		return error_set(e, ERROR_USAGE,
				 _("who vouches for it? Give --trust FOLDER with the "
				   "organisation's roots"));
	if (!x->raw && !x->minisign)
		return error_set(e, ERROR_USAGE, _("nothing to do: give --raw or --minisign"));
	if (x->bmap && !x->raw)
		return error_set(e, ERROR_USAGE,
				 _("--bmap describes the file of --raw: give both"));
	return true;
}

int sysimage_export(int argc, char **argv)
{
	struct error e = { 0 };
	struct exporting x = { 0 };
	struct medium medium = MEDIUM_NONE;
	bool ok;
	const struct cli_option options[] = {
		{ "trust", CLI_TEXT, &x.trust, "FOLDER",
		  N_("the organisation's roots, by which signatures are counted"), 0, 0 },
		{ "raw", CLI_TEXT, &x.raw, "FILE", N_("the disk, byte for byte, with holes"), 0,
		  0 },
		{ "bmap", CLI_TEXT, &x.bmap, "FILE",
		  N_("with --raw: which blocks of it have to be copied, and their sums"), 0, 0 },
		{ "minisign", CLI_TEXT, &x.minisign, "FILE",
		  N_("the manifest, and beside it FILE.minisig with its signatures"), 0, 0 },
		{ "product", CLI_TEXT, &x.product, "NAME", N_("refuse images of other products"), 0,
		  0 },
		{ "min-counter", CLI_NUMBER, &x.min_counter, "N",
		  N_("refuse images with a smaller number"), 1, TRUST_COUNTER_MAX },
		{ "seen", CLI_TEXT, &x.remember.file, "FILE",
		  N_("refuse older images than FILE remembers, and remember this one"), 0, 0 },
		{ "journal", CLI_FLAG, &x.remember.journal, NULL,
		  N_("the same with the stick's journal"), 0, 0 },
		{ "jobs", CLI_NUMBER, &x.jobs, "N", N_("work on N frames at once"), 1,
		  PUMP_JOBS_MAX },
		{ "medium", CLI_TEXT, &x.medium, "NAME",
		  N_("IMAGE is on this medium, which the broker opens, and what is made comes there: sdb1"),
		  0, 0 },
		{ "n", CLI_FLAG, &x.dry, NULL, N_("say what would be done, write nothing"), 0, 0 },
		{ "json", CLI_FLAG, &x.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"export",
		"IMAGE",
		N_("Write an image as other programs take it: its disk to a file, with a list of what "
		   "is used for bmaptool, and what was signed for minisign. It is verified before."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !settle(&x, &e))
		return report("sysimage", &e);
	x.name = argv[0];
	ok = medium_enter(&medium, x.medium, x.dry ? ACCESS_READ : ACCESS_WRITE, &e) && run(&x, &e);
	ok = medium_leave(&medium, &e) && ok;
	return ok ? 0 : report("sysimage", &e);
}
