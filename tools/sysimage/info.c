/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage info`: what is in an image, and who vouches for it so far? */
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
	bool mendable;    /* they are too few, and nothing is wrong that more would not mend */
	struct error why; /* if they are not enough */

	uint64_t file_bytes, wanted_bytes; /* of the file, if that is known; of the whole image */
};

/* What no further signature would mend. */
static bool may_count(struct judgement *g, const struct trust_root *root, const struct image *i)
{
	const struct kimg_manifest *m = &i->manifest;

	if (!trust_count(root, TRUST_IMAGE, i->manifest_bytes, i->manifest_len, i->signature_text,
			 i->signature_len, &g->found, &g->why))
		return false;
	if (m->min_root > root->version)
		return error_set(&g->why, ERROR_UNTRUSTED,
				 _("it asks for version %llu of the organisation's root, and here "
				   "is version %llu: bring the newer root"),
				 m->min_root + 0ULL, root->version + 0ULL);
	return m->counter >= root->minimum[TRUST_IMAGE] ||
	       error_set(&g->why, ERROR_UNTRUSTED,
			 _("too old: its counter is %llu, and version %llu of the root accepts "
			   "%llu and later for the role %s"),
			 m->counter + 0ULL, root->version + 0ULL, root->minimum[TRUST_IMAGE] + 0ULL,
			 trust_role_name(TRUST_IMAGE));
}

static void judge(struct judgement *g, const struct vouch *v, const struct image *i)
{
	const bool may = may_count(g, v->root, i);

	g->enough = may && trust_enough(v->root, TRUST_IMAGE, &g->found, &g->why);
	g->mendable = may && !g->enough && g->found.wanted;
}

/* Only the beginning is read here. Was the rest lost while it was copied? */
static bool is_cut_off(const struct judgement *g)
{
	return g->file_bytes < g->wanted_bytes;
}

static bool size_is_known(const struct judgement *g)
{
	return g->file_bytes != STREAM_END_UNKNOWN;
}

static bool is_too_long(const struct judgement *g)
{
	return size_is_known(g) && g->file_bytes > g->wanted_bytes;
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
	if (is_too_long(g))
		printf(_("TOO LONG: the file has %llu bytes, the image %llu; nobody signed what "
			 "follows. Copy it again\n"),
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
	if (g->mendable) {
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
	if (size_is_known(g)) {
		json_bool(&j, "cut_off", is_cut_off(g));
		json_bool(&j, "too_long", is_too_long(g));
	} else {
		json_string(&j, "cut_off", NULL);
		json_string(&j, "too_long", NULL);
	}
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
	if (ok) {
		g->file_bytes = s->end;
		g->wanted_bytes = image_bytes(&i);
	}
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
	if (is_cut_off(&g) || is_too_long(&g))
		return ERROR_UNTRUSTED;
	if (!g.why.kind)
		return 0;
	return g.mendable && g.found.passed_count == 0 ? ERROR_FINDINGS : ERROR_UNTRUSTED;
}
