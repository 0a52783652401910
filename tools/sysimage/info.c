/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage info`: what is in an image, and who vouches for it so far? */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "sysimage/medium.h"
#include "sysimage/show.h"
#include "sysimage/sysimage.h"
#include "sysimage/vouch.h"

/* What the signatures are worth. */
struct judgement {
	struct trust_found found;
	bool enough;
	struct error why; /* if they are not */

	bool size_known;
	uint64_t file_bytes, wanted_bytes; /* of the file; of the whole image */
};

static void judge(struct judgement *g, const struct vouch *v, const struct image *i)
{
	g->enough = trust_verify(v->root, TRUST_IMAGE, i->manifest_bytes, i->manifest_len,
				 i->signature_text, i->signature_len, 0, &g->found, &g->why);
	if (g->enough && i->manifest.min_root > v->root->version)
		g->enough = error_set(&g->why, ERROR_UNTRUSTED,
				      _("it asks for version %llu of the organisation's root, and "
					"here is version %llu: bring the newer root"),
				      i->manifest.min_root + 0ULL, v->root->version + 0ULL);
}

/* Only the beginning is read here. Was the rest lost while it was copied? */
static void measure(struct judgement *g, const char *name, const struct image *i)
{
	struct stat st;

	g->wanted_bytes = i->manifest.data_at + i->manifest.data_bytes;
	g->size_known = (strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(name, &st)) ==
				0 &&
			S_ISREG(st.st_mode);
	g->file_bytes = g->size_known ? (uint64_t)st.st_size : 0;
}

static bool is_cut_off(const struct judgement *g)
{
	return g->size_known && g->file_bytes < g->wanted_bytes;
}

static void print_text(const struct judgement *g, const struct vouch *v, const struct image *i)
{
	struct text open_names = { 0 };
	char masked[sizeof(g->why.text)];

	show_title(stdout, i);
	if (is_cut_off(g))
		printf(_("NOT WHOLE: the file has %llu of %llu bytes; it was cut off. Copy it "
			 "again\n"),
		       g->file_bytes + 0ULL, g->wanted_bytes + 0ULL);
	if (!v->root) {
		printf(_("NOT VERIFIED: %u signatures that nobody judged; name the organisation's "
			 "keys with --trust\n"),
		       i->signatures);
	} else if (g->enough) {
		vouch_print(v, &g->found);
	} else {
		printf(_("NOT GOOD: %s\n"), text_mask(masked, sizeof(masked), g->why.text));
	}
	if (v->root && g->found.valid < g->found.wanted) {
		trust_open_names(v->root, TRUST_IMAGE, &g->found, &open_names);
		printf(_("%u of %u signatures; still to sign: %u more of %s\n"), g->found.valid,
		       g->found.wanted, g->found.wanted - g->found.valid, text_end(&open_names));
		text_release(&open_names);
	}
	show_warnings(stdout, &i->manifest);
	show_manifest(i);
}

static void print_json(const struct judgement *g, const struct vouch *v, const struct image *i)
{
	struct json j = json_to(stdout);
	struct text open_names = { 0 };

	json_object(&j, NULL);
	json_number(&j, "signatures", i->signatures);
	json_bool(&j, "verified", v->root && g->enough);
	json_string(&j, "trust_error", g->why.kind ? g->why.text : NULL);
	json_number(&j, "image_bytes", g->wanted_bytes);
	if (g->size_known)
		json_bool(&j, "cut_off", is_cut_off(g));
	else
		json_string(&j, "cut_off", NULL);
	if (v->root) {
		vouch_json(v, &g->found, &j);
		trust_open_names(v->root, TRUST_IMAGE, &g->found, &open_names);
		json_string(&j, "can_still_sign", text_end(&open_names));
		text_release(&open_names);
	}
	show_json(&j, i);
	json_end(&j);
}

static bool info(const char *name, const char *trust, bool as_json, struct judgement *g,
		 struct error *e)
{
	/* Nothing is refused here for its signatures: who has still to sign looks, too. */
	const struct image_policy policy = { 0 };
	struct stream *s = NULL;
	struct vouch v = { 0 };
	struct image i = { 0 };
	bool ok = vouch_open(&v, trust, e) && (s = stream_open(name, NULL, e)) &&
		  image_open(&i, s, &policy, e);

	if (ok && v.root)
		judge(g, &v, &i);
	if (ok)
		measure(g, name, &i);
	if (ok && as_json)
		print_json(g, &v, &i);
	else if (ok)
		print_text(g, &v, &i);
	image_release(&i);
	stream_close(s);
	vouch_release(&v);
	return ok;
}

int sysimage_info(int argc, char **argv)
{
	struct error e = { 0 };
	struct judgement g = { 0 };
	const char *trust = NULL, *name = NULL;
	char kit[VOUCH_FOLDER];
	struct medium medium = MEDIUM_NONE;
	bool as_json = false, ok;
	const struct cli_option options[] = {
		{ "trust", CLI_TEXT, &trust, "FOLDER",
		  N_("count the signatures with the organisation's roots in FOLDER"), 0, 0 },
		{ "medium", CLI_TEXT, &name, "NAME",
		  N_("IMAGE is on this medium, which the broker opens: sdb1"), 0, 0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"info",
		"IMAGE",
		N_("Say what is in an image, and who vouches for it so far.\nIMAGE is a file, - "
		   "for standard input, or http://..."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("sysimage", &e);
	if (!trust)
		trust = vouch_kit(kit);
	ok = medium_enter(&medium, name, ACCESS_READ, &e) && info(argv[0], trust, as_json, &g, &e);
	ok = medium_leave(&medium, &e) && ok;
	if (!ok)
		return report("sysimage", &e);
	if (is_cut_off(&g))
		return ERROR_UNTRUSTED;
	if (!g.why.kind)
		return 0;
	/* Signatures are still being collected: nothing is wrong with it. */
	return g.found.valid < g.found.wanted && g.found.passed_count == 0 ? ERROR_FINDINGS
									   : ERROR_UNTRUSTED;
}
