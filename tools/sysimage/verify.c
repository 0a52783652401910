/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage verify`: is every byte of an image what enough people signed? */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/size.h"
#include "lib/image/pump.h"
#include "lib/ui/progress.h"
#include "sysimage/medium.h"
#include "sysimage/show.h"
#include "sysimage/sysimage.h"
#include "sysimage/vouch.h"

struct verifying {
	const char *name, *trust, *product, *medium;
	char kit[VOUCH_FOLDER]; /* its trust folder, where --trust names none */
	bool unsigned_, deep, as_json;
	uint64_t jobs, min_counter;
	struct remember remember;

	struct vouch vouch;
	struct image image;
	struct progress progress;
};

static void at(void *ctx, uint64_t done_bytes, uint64_t total_bytes)
{
	struct verifying *v = ctx;

	v->progress.total_bytes = total_bytes;
	progress_at(&v->progress, done_bytes);
}

static void print_text(const struct verifying *v)
{
	const struct kimg_manifest *m = &v->image.manifest;
	char size[32];

	show_title(stdout, &v->image);
	if (v->vouch.root)
		vouch_print(&v->vouch, &v->image.found);
	else
		printf(_("NOBODY VOUCHES for it: %u signatures were not counted (--unsigned)\n"),
		       v->image.signatures);
	show_warnings(stdout, m);
	printf(v->deep ? _("whole: %u frames with %s, unpacked and compared with what was "
			   "captured\n")
		       : _("whole: %u frames with %s are what the manifest says; not unpacked "
			   "(--deep)\n"),
	       m->frames, size_words(size, sizeof(size), m->data_bytes));
}

static void print_json(const struct verifying *v)
{
	struct json j = json_to(stdout);
	const struct vouch *w = &v->vouch;
	char hex[DIGEST_HEX];

	json_object(&j, NULL);
	json_bool(&j, "verified", w->root);
	json_bool(&j, "deep", v->deep);
	json_string(&j, "identity", digest_to_hex(hex, &v->image.identity));
	json_string(&j, "product", v->image.manifest.product);
	json_number(&j, "counter", v->image.manifest.counter);
	json_number(&j, "signatures", v->image.signatures);
	if (w->root)
		vouch_json(w, &v->image.found, &j);
	json_number(&j, "frames", v->image.manifest.frames);
	json_number(&j, "pieces", v->image.manifest.pieces);
	json_number(&j, "data_bytes", v->image.manifest.data_bytes);
	json_end(&j);
}

static bool verify(struct verifying *v, struct error *e)
{
	const struct image_progress progress = { at, v };
	struct stream *s = NULL;
	bool ok = vouch_open(&v->vouch, v->trust, e) && (s = stream_open(v->name, NULL, e));
	const struct image_policy policy = { v->vouch.root, v->product, v->min_counter, false };

	ok = ok && image_open(&v->image, s, &policy, e) &&
	     (remember_check(&v->remember, &v->image, e) || error_prefix(e, "%s: ", v->name)) &&
	     image_fits(&v->image, s, e);
	if (ok) {
		v->progress = progress_begin(_("checking"), v->image.manifest.data_bytes);
		ok = image_check(&v->image, s, v->deep, (unsigned)v->jobs, &progress, e);
		progress_end(&v->progress);
	}
	ok = ok && remember_note(&v->remember, v->vouch.root, &v->image, e);
	if (ok && v->as_json)
		print_json(v);
	else if (ok)
		print_text(v);
	stream_close(s);
	image_release(&v->image);
	vouch_release(&v->vouch);
	return ok;
}

/* Who vouches must be said, one way or the other. */
static bool settle(struct verifying *v, struct error *e)
{
	if (!v->trust && !v->unsigned_)
		v->trust = vouch_kit(v->kit);
	if (!v->trust == !v->unsigned_)
		return error_set(e, ERROR_USAGE,
				 _("who vouches for it? Give --trust FOLDER with the "
				   "organisation's roots, or --unsigned to see only whether it is "
				   "whole"));
	if (v->unsigned_ && (v->remember.file || v->remember.journal))
		return error_set(e, ERROR_USAGE,
				 _("what nobody vouches for is not remembered: --seen and "
				   "--journal need --trust"));
	return true;
}

int sysimage_verify(int argc, char **argv)
{
	struct error e = { 0 };
	struct verifying v = { 0 };
	struct medium medium = MEDIUM_NONE;
	bool ok;
	const struct cli_option options[] = {
		{ "trust", CLI_TEXT, &v.trust, "FOLDER",
		  N_("the organisation's roots, by which signatures are counted; without it "
		     "those of the kit that runs here"),
		  0, 0 },
		{ "unsigned", CLI_FLAG, &v.unsigned_, NULL, N_("count no signatures: is it whole?"),
		  0, 0 },
		{ "deep", CLI_FLAG, &v.deep, NULL, N_("unpack everything and compare that, too"), 0,
		  0 },
		{ "jobs", CLI_NUMBER, &v.jobs, "N", N_("work on N frames at once"), 1,
		  PUMP_JOBS_MAX },
		{ "product", CLI_TEXT, &v.product, "NAME", N_("refuse images of other products"), 0,
		  0 },
		{ "min-counter", CLI_NUMBER, &v.min_counter, "N",
		  N_("refuse images with a smaller number"), 1, TRUST_COUNTER_MAX },
		{ "seen", CLI_TEXT, &v.remember.file, "FILE",
		  N_("refuse older images than FILE remembers, and remember this one"), 0, 0 },
		{ "journal", CLI_FLAG, &v.remember.journal, NULL,
		  N_("the same with the stick's journal"), 0, 0 },
		{ "medium", CLI_TEXT, &v.medium, "NAME",
		  N_("IMAGE is on this medium, which the broker opens: sdb1"), 0, 0 },
		{ "json", CLI_FLAG, &v.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"verify",
		"IMAGE",
		N_("Check every byte of an image and who signed it.\nIMAGE is a file, - for "
		   "standard input, or http://..."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !settle(&v, &e))
		return report("sysimage", &e);
	v.name = argv[0];
	ok = medium_enter(&medium, v.medium, ACCESS_READ, &e) && verify(&v, &e);
	ok = medium_leave(&medium, &e) && ok;
	return ok ? 0 : report("sysimage", &e);
}
