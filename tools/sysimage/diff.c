/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage diff`: what differs between two images? */
#include "sysimage/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "sysimage/medium.h"
#include "sysimage/sysimage.h"

static bool same_time(const struct filesystem_time *a, const struct filesystem_time *b)
{
	return a->s == b->s && a->ns == b->ns && a->digits == b->digits;
}

static bool same_content(const struct catalogue_line *a, const struct catalogue_line *b)
{
	return a->type == b->type && a->size_bytes == b->size_bytes && a->flags == b->flags &&
	       strcmp(a->sha256, b->sha256) == 0;
}

static void side(struct diff *d, const char *key, const struct catalogue_line *c)
{
	if (!c)
		return;
	json_object(&d->json, key);
	listed_json(&d->json, c);
	json_end(&d->json);
}

/* One file that differs; a or b is NULL where it is missing. */
static void differs(struct diff *d, const struct catalogue_line *a, const struct catalogue_line *b)
{
	const struct catalogue_line *c = b ? b : a;
	bool only_times = a && b && same_content(a, b);
	const char *words = !a ? "added" : !b ? "removed" : only_times ? "times" : "changed";
	char *path = listed_path(c), *masked = mem_alloc(3 * c->path_len + 1);

	if (c->partition < DIFF_PARTITIONS)
		d->files_differ[c->partition] = true;
	d->differences++;
	if (d->as_json) {
		json_object(&d->json, NULL);
		json_string(&d->json, "change", words);
		json_number(&d->json, "partition", c->partition);
		json_string(&d->json, "path", path);
		side(d, "a", a);
		side(d, "b", b);
		json_end(&d->json);
	} else {
		printf("%c %u %s\n",
		       !a           ? '+'
		       : !b         ? '-'
		       : only_times ? 't'
				    : 'M',
		       c->partition, text_mask(masked, 3 * c->path_len + 1, path));
	}
	free(masked);
	free(path);
}

/* A file that both have. */
static void compare(struct diff *d, const struct catalogue_line *a, const struct catalogue_line *b)
{
	bool has_content = a->type != 'd' && a->type != 'o';
	bool same_times = same_time(&a->modified, &b->modified) &&
			  same_time(&a->created, &b->created) &&
			  same_time(&a->changed, &b->changed);

	if (!same_content(a, b) || (d->times && !same_times))
		differs(d, a, b);
	else
		d->unread += has_content && !a->has_hash;
}

/* Both lists are sorted: step by step. */
static bool diff_files(struct diff *d, struct error *e)
{
	struct catalogue_line a, b;
	bool more_a, more_b;

	if (!catalogue_next(&d->a.catalogue, &a, &more_a, e) ||
	    !catalogue_next(&d->b.catalogue, &b, &more_b, e))
		return false;
	while (more_a || more_b) {
		int order = !more_a ? 1 : !more_b ? -1 : catalogue_order(&a, &b);

		if (order < 0)
			differs(d, &a, NULL);
		else if (order > 0)
			differs(d, NULL, &b);
		else
			compare(d, &a, &b);
		if ((order <= 0 && !catalogue_next(&d->a.catalogue, &a, &more_a, e)) ||
		    (order >= 0 && !catalogue_next(&d->b.catalogue, &b, &more_b, e)))
			return false;
	}
	return true;
}

static bool diff_all(struct diff *d, bool verified, struct error *e)
{
	bool listed = d->a.catalogue.bytes && d->b.catalogue.bytes, ok = true;

	if (d->as_json) {
		d->json = json_to(stdout);
		json_object(&d->json, NULL);
		json_bool(&d->json, "verified", verified);
		json_bool(&d->json, "by_files", listed);
		json_array(&d->json, "manifest");
	}
	diff_manifest(d);
	if (d->as_json) {
		json_end(&d->json);
		json_array(&d->json, "files");
	}
	if (listed)
		ok = diff_files(d, e);
	if (ok && d->as_json) {
		json_end(&d->json);
		json_array(&d->json, "chunks");
	}
	if (ok)
		diff_chunks(d);
	if (ok && d->as_json) {
		json_end(&d->json);
		json_number(&d->json, "not_read", d->unread);
		json_number(&d->json, "differences", d->differences);
		json_end(&d->json);
	} else if (ok && d->unread) {
		fprintf(stderr,
			ngettext("%llu file was compared by size and flags only: its content was "
				 "not read when the images were made\n",
				 "%llu files were compared by size and flags only: their content "
				 "was not read when the images were made\n",
				 d->unread),
			d->unread + 0ULL);
	}
	return ok;
}

static bool diff(struct diff *d, const char *a, const char *b, const char *trust, struct error *e)
{
	struct vouch v = { 0 };

	if (strcmp(a, "-") == 0 && strcmp(b, "-") == 0)
		return error_set(e, ERROR_USAGE, _("only one image can come from standard input"));
	bool ok = vouch_open(&v, trust, e) && listed_open(&d->a, a, &v, false, e) &&
		  listed_open(&d->b, b, &v, false, e) && diff_all(d, v.root, e);

	listed_close(&d->a);
	listed_close(&d->b);
	vouch_release(&v);
	return ok;
}

int sysimage_diff(int argc, char **argv)
{
	struct error e = { 0 };
	struct diff d = { 0 };
	const char *trust = NULL, *name = NULL;
	struct medium medium = MEDIUM_NONE;
	bool ok;
	const struct cli_option options[] = {
		{ "trust", CLI_TEXT, &trust, "FOLDER",
		  N_("refuse images that too few of the organisation's key holders signed"), 0, 0 },
		{ "times", CLI_FLAG, &d.times, NULL, N_("name files of which only a time differs"),
		  0, 0 },
		{ "medium", CLI_TEXT, &name, "NAME",
		  N_("both images are on this medium, which the broker opens: sdb1"), 0, 0 },
		{ "json", CLI_FLAG, &d.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"diff",
		"IMAGE OTHER",
		N_("Say what differs between two images: what their manifests say (!), files that "
		   "OTHER has\nbesides (+), that it lacks (-), that changed (M). Where there is no "
		   "list of files, the content\nis compared in pieces of 1 MiB. Exit status 4 if "
		   "anything differs."),
		options,
		2,
		2,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("sysimage", &e);
	ok = medium_enter(&medium, name, ACCESS_READ, &e) && diff(&d, argv[0], argv[1], trust, &e);
	ok = medium_leave(&medium, &e) && ok;
	if (!ok)
		return report("sysimage", &e);
	return d.differences ? ERROR_FINDINGS : 0;
}
