/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage restore`: what enough people signed comes onto a disk, and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/size.h"
#include "lib/base/text.h"
#include "lib/disk/blocks_file.h"
#include "lib/disk/broker.h"
#include "lib/disk/target.h"
#include "lib/image/pump.h"
#include "lib/image/restore.h"
#include "lib/ui/asktarget.h"
#include "lib/ui/progress.h"
#include "sysimage/show.h"
#include "sysimage/sysimage.h"
#include "sysimage/vouch.h"

struct restoring {
	const char *name, *path, *trust, *product, *yes;
	bool grow, restart, compare, internal, dry, as_json;
	uint64_t jobs, min_counter;
	struct remember remember;

	struct vouch vouch;
	struct image image;
	struct target target;
	struct blocks_file disk;
	struct layout layout;
	struct restore_report report;
	struct progress progress;
};

static bool from_pipe(const struct restoring *r)
{
	return strcmp(r->name, "-") == 0;
}

static void step(void *ctx, const char *what, uint64_t done_bytes, uint64_t total_bytes)
{
	struct restoring *r = ctx;

	if (!r->progress.what || strcmp(r->progress.what, what) != 0) {
		if (r->progress.what)
			progress_end(&r->progress);
		r->progress = progress_begin(what, total_bytes);
	}
	progress_at(&r->progress, done_bytes);
}

/* Emptied first, an image that is its own target would be gone. */
static bool two_things(const struct restoring *r, struct error *e)
{
	bool ok = true;
	int fd = from_pipe(r) ? STDIN_FILENO : open(r->name, O_PATH | O_CLOEXEC);

	if (fd < 0) /* a web server */
		return true;
	ok = target_is_not(&r->target, fd, e);
	if (fd != STDIN_FILENO)
		close(fd);
	return ok;
}

/* On the stick only the broker opens disks, and hands them out to be read. */
static bool may_write_here(const struct restoring *r, struct error *e)
{
	struct broker b = BROKER_NONE;
	struct error ignored = { 0 };
	struct stat st;
	bool stick;

	if (geteuid() == 0 || (stat(r->path, &st) == 0 && S_ISREG(st.st_mode)))
		return true;
	stick = broker_connect(&b, &ignored);
	broker_close(&b);
	return !stick || error_set(e, ERROR_FAILED,
				   _("%s: started from the stick, a PC's disks can only be read so "
				     "far; nothing was written. Restore on a prepared Linux PC to "
				     "which the disk is connected"),
				   r->path);
}

/* Everything that can be known before somebody is asked. */
static bool prepare(struct restoring *r, struct error *e)
{
	const struct kimg_manifest *m = &r->image.manifest;

	if (!target_open(&r->target, r->path, "/sys", r->internal, r->dry, 0, e) ||
	    !two_things(r, e))
		return false;
	if (r->target.disk && r->vouch.root->exercise)
		return error_set(e, ERROR_USAGE,
				 _("%s is a disk, and this root is one of exercises, in which "
				   "nothing real is overwritten. Restore to a file"),
				 r->path);
	/* A file is of any sectors. */
	if (!r->target.disk)
		r->target.sector_bytes = m->sector_bytes;
	return layout_make(m, r->target.size_bytes, r->target.sector_bytes,
			   r->grow ? LAYOUT_GROW : LAYOUT_AS_IS, &r->layout, e) ||
	       error_prefix(e, "%s: ", r->path);
}

static void show_plan(const struct restoring *r)
{
	const struct kimg_manifest *m = &r->image.manifest;
	char size[32];

	for (uint32_t i = 0; i < m->partition_count; i++)
		fprintf(stderr, _("  then: %u: %s from byte %llu, %s %s\n"),
			m->partitions[i].number,
			size_words(size, sizeof(size), r->layout.partitions[i].size_bytes),
			r->layout.partitions[i].first_byte + 0ULL,
			kimg_role_name(m->partitions[i].role),
			kimg_content_name(m->partitions[i].content));
	if (r->layout.moved)
		fputs(_("  another layout than the image's: it was fitted to the target\n"),
		      stderr);
}

/* Standard input is where the image comes from, so a person must be asked elsewhere. */
static bool confirm(const struct restoring *r, struct error *e)
{
	FILE *answers = stdin;
	bool ok;

	if (!r->yes && from_pipe(r)) {
		answers = fopen("/dev/tty", "re");
		if (!answers)
			return error_set(e, ERROR_USAGE,
					 _("the image comes from standard input and there is no "
					   "terminal to ask at: name the target with --yes %s"),
					 r->target.word);
	}
	ok = target_confirm(&r->target, r->yes, answers, e);
	if (answers != stdin)
		fclose(answers);
	return ok;
}

static bool write_it(struct restoring *r, struct stream *s, struct error *e)
{
	const struct restore_options o = {
		.jobs = (unsigned)r->jobs,
		.fit = r->grow ? LAYOUT_GROW : LAYOUT_AS_IS,
		.resume = r->restart   ? RESTORE_RESUME_NO
			  : r->compare ? RESTORE_RESUME_FULL
				       : RESTORE_RESUME_AUTO,
		.step = step,
		.ctx = r,
	};
	bool ok = blocks_file_open(&r->disk, &r->target, r->target.sector_bytes, e) &&
		  restore_image(&r->image, s, &r->disk.blocks, &o, &r->report, e);

	if (r->progress.what)
		progress_end(&r->progress);
	/* Let the kernel see the new partitions; if it will not, the next start does. */
	if (ok && r->target.disk)
		(void)ioctl(r->target.fd, BLKRRPART);
	if (!ok && r->report.may_start)
		error_prefix(
			e,
			_("%s is not restored, and its beginning and end could not be emptied: a "
			  "PC may still start from it. Do not use it. Why: "),
			r->path);
	else if (!ok && r->report.touched)
		error_prefix(
			e,
			_("%s is not restored, and no PC starts from it; the same command goes on "
			  "there, with another copy if the image is damaged. Why: "),
			r->path);
	else if (!ok)
		error_prefix(e, _("%s is as it was: "), r->path);
	return ok;
}

static void print_json(const struct restoring *r)
{
	const struct kimg_manifest *m = &r->image.manifest;
	struct json j = json_to(stdout);
	char hex[DIGEST_HEX];

	json_object(&j, NULL);
	json_bool(&j, "restored", !r->dry);
	json_string(&j, "target", r->target.path);
	json_string(&j, "model", r->target.model);
	json_string(&j, "serial", r->target.serial);
	json_number(&j, "target_bytes", r->target.size_bytes);
	json_string(&j, "identity", digest_to_hex(hex, &r->image.identity));
	json_string(&j, "product", m->product);
	json_number(&j, "counter", m->counter);
	vouch_json(&r->vouch, &r->image.found, &j);
	json_bool(&j, "fitted", r->layout.moved);
	json_array(&j, "partitions");
	for (uint32_t i = 0; i < m->partition_count; i++) {
		json_object(&j, NULL);
		json_number(&j, "number", m->partitions[i].number);
		json_number(&j, "first_byte", r->layout.partitions[i].first_byte);
		json_number(&j, "size_bytes", r->layout.partitions[i].size_bytes);
		json_end(&j);
	}
	json_end(&j);
	if (!r->dry) {
		json_bool(&j, "resumed", r->report.resumed);
		json_number(&j, "written_bytes", r->report.written_bytes);
		json_number(&j, "zeroed_bytes", r->report.zeroed_bytes);
		json_number(&j, "kept_bytes", r->report.kept_bytes);
		json_number(&j, "discarded_bytes", r->report.discarded_bytes);
		json_number(&j, "read_back_bytes", r->report.read_back_bytes);
		json_number(&j, "write_ms", r->report.write_ms);
		json_number(&j, "read_back_ms", r->report.read_back_ms);
	}
	json_end(&j);
}

static uint64_t per_second(uint64_t bytes, uint64_t ms)
{
	return (uint64_t)((double)bytes * 1000.0 / (double)(ms ? ms : 1));
}

static void print_speed(const struct restore_report *p)
{
	uint64_t written = p->written_bytes + p->zeroed_bytes + p->kept_bytes;
	char a[32], b[32];

	printf(_("  written in %llu s (%s/s), read back in %llu s (%s/s)\n"),
	       (p->write_ms + 500) / 1000ULL,
	       size_words(a, sizeof(a), per_second(written, p->write_ms)),
	       (p->read_back_ms + 500) / 1000ULL,
	       size_words(b, sizeof(b), per_second(p->read_back_bytes, p->read_back_ms)));
}

static void print_text(const struct restoring *r)
{
	const struct restore_report *p = &r->report;
	char written[32], kept[32], zeros[32], unused[32], back[32], path[512];

	text_mask(path, sizeof(path), r->target.path);
	if (r->dry) {
		printf(_("would restore to %s; nothing was written\n"), path);
		return;
	}
	size_words(written, sizeof(written), p->written_bytes + p->zeroed_bytes);
	size_words(kept, sizeof(kept), p->kept_bytes);
	size_words(back, sizeof(back), p->read_back_bytes);
	if (p->resumed)
		printf(_("%s: restored; %s written, %s were right already, %s read back and "
			 "compared\n"),
		       path, written, kept, back);
	else
		printf(_("%s: restored; %s written, %s read back and compared\n"), path, written,
		       back);
	size_words(zeros, sizeof(zeros), p->zeroed_bytes);
	size_words(unused, sizeof(unused), p->discarded_bytes);
	printf(_("  %s of what was written are zeros; %s that no file uses were discarded\n"),
	       zeros, unused);
	print_speed(p);
}

static bool show(struct restoring *r, struct error *e)
{
	struct partition_table *table = mem_alloc(sizeof(*table));
	bool ok = target_show(&r->target, _("  a disk of this PC\n"), table, e);

	free(table);
	if (ok) {
		show_title(stderr, &r->image);
		show_warnings(stderr, &r->image.manifest);
		/* Now, not only when everything in the file is gone. */
		if (r->vouch.root->exercise)
			fprintf(stderr, "%s\n", _("EXERCISE: this root vouches for nothing real"));
		show_plan(r);
	}
	return ok;
}

static bool restore(struct restoring *r, struct error *e)
{
	struct stream *s = NULL;
	bool ok = vouch_open(&r->vouch, r->trust, e) && (s = stream_open(r->name, NULL, e));
	const struct image_policy policy = { .root = r->vouch.root,
					     .product = r->product,
					     .min_counter = r->min_counter };

	ok = ok && image_open(&r->image, s, &policy, e) &&
	     (remember_check(&r->remember, &r->image, e) || error_prefix(e, "%s: ", r->name)) &&
	     image_fits(&r->image, s, e) && prepare(r, e) && show(r, e);
	if (ok && !r->dry)
		ok = confirm(r, e) && write_it(r, s, e) &&
		     remember_made(&r->remember, r->vouch.root, &r->image, r->path, e);
	if (ok && r->as_json)
		print_json(r);
	else if (ok)
		print_text(r);
	if (ok && !r->as_json)
		vouch_print(&r->vouch, &r->image.found);
	layout_release(&r->layout);
	blocks_file_close(&r->disk);
	target_close(&r->target);
	stream_close(s);
	image_release(&r->image);
	vouch_release(&r->vouch);
	return ok;
}

/* There is no way to restore what nobody vouches for. */
static bool settle(const struct restoring *r, struct error *e)
{
	if (!r->trust)
		return error_set(e, ERROR_USAGE,
				 _("who vouches for it? Give --trust FOLDER with the "
				   "organisation's roots: nothing else comes onto a disk"));
	if (r->restart && r->compare)
		return error_set(e, ERROR_USAGE,
				 _("--restart writes everything, --compare only what differs: "
				   "choose one"));
	return true;
}

int sysimage_restore(int argc, char **argv)
{
	struct error e = { 0 };
	struct restoring r = { .target = TARGET_NONE, .disk = BLOCKS_FILE_NONE };
	const struct cli_option options[] = {
		{ "trust", CLI_TEXT, &r.trust, "FOLDER",
		  N_("the organisation's roots, by which signatures are counted"), 0, 0 },
		{ "grow", CLI_FLAG, &r.grow, NULL,
		  N_("give the room of a larger disk to the partition that may grow"), 0, 0 },
		{ "restart", CLI_FLAG, &r.restart, NULL,
		  N_("begin anew, even if a restore was interrupted"), 0, 0 },
		{ "compare", CLI_FLAG, &r.compare, NULL,
		  N_("read the whole target first and write only what differs"), 0, 0 },
		{ "product", CLI_TEXT, &r.product, "NAME", N_("refuse images of other products"), 0,
		  0 },
		{ "min-counter", CLI_NUMBER, &r.min_counter, "N",
		  N_("refuse images with a smaller number"), 1, TRUST_COUNTER_MAX },
		{ "seen", CLI_TEXT, &r.remember.file, "FILE",
		  N_("refuse older images than FILE remembers, and remember this one"), 0, 0 },
		{ "journal", CLI_FLAG, &r.remember.journal, NULL,
		  N_("the same with the stick's journal"), 0, 0 },
		{ "jobs", CLI_NUMBER, &r.jobs, "N", N_("work on N frames at once"), 1,
		  PUMP_JOBS_MAX },
		{ "yes", CLI_TEXT, &r.yes, "WORD",
		  N_("do not ask: the disk with this serial number (or its end), or the file of this name, is meant"),
		  0, 0 },
		{ "internal", CLI_FLAG, &r.internal, NULL,
		  N_("also a disk that is neither on USB nor removable"), 0, 0 },
		{ "n", CLI_FLAG, &r.dry, NULL, N_("say what would be done, write nothing"), 0, 0 },
		{ "json", CLI_FLAG, &r.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"restore",
		"IMAGE TARGET",
		N_("Restore an image to a whole disk or a file that is there, and read it back. "
		   "Everything on it is lost; what it is is shown first, and must be confirmed.\n"
		   "IMAGE is a file, - for standard input, or http://..."),
		options,
		2,
		2,
	};

	digest_ready();
	if (!cli_parse(&usage, &argc, &argv, &e) || !settle(&r, &e))
		return report("sysimage", &e);
	r.name = argv[0];
	r.path = argv[1];
	if (!may_write_here(&r, &e) || !restore(&r, &e))
		return report("sysimage", &e);
	return 0;
}
