/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage files`: which files are in an image? */
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "sysimage/listed.h"
#include "sysimage/medium.h"
#include "sysimage/sysimage.h"

struct wanted {
	const char *name, *pattern, *trust, *medium;
	uint64_t partition; /* 0: all */
	bool as_json;
};

static void print_text(const struct catalogue_line *c)
{
	char time[CATALOGUE_TIME], *path = listed_path(c), *masked = mem_alloc(3 * c->path_len + 1);

	catalogue_time_put(time, &c->modified);
	printf("%3u %c %14llu %-64s %-30s %s\n", c->partition, c->type, c->size_bytes + 0ULL,
	       c->has_hash ? c->sha256 : "-", time, text_mask(masked, 3 * c->path_len + 1, path));
	free(masked);
	free(path);
}

static void print_json(struct json *j, const struct catalogue_line *c)
{
	char *path = listed_path(c);

	json_object(j, NULL);
	json_number(j, "partition", c->partition);
	json_string(j, "path", path);
	listed_json(j, c);
	json_end(j);
	free(path);
}

/* The lines that are wanted, as they come. */
static bool print(const struct wanted *w, struct catalogue *c, struct json *j, uint64_t *count,
		  struct error *e)
{
	struct catalogue_line line;
	bool more;

	for (;;) {
		if (!catalogue_next(c, &line, &more, e))
			return false;
		if (!more)
			return true;
		if ((w->partition && line.partition != w->partition) ||
		    (w->pattern && !catalogue_matches(w->pattern, line.path, line.path_len)))
			continue;
		++*count;
		if (w->as_json)
			print_json(j, &line);
		else
			print_text(&line);
	}
}

static bool files(const struct wanted *w, struct error *e)
{
	struct vouch v = { 0 };
	struct listed l = { 0 };
	struct json j = json_to(stdout);
	uint64_t count = 0;
	bool ok = vouch_open(&v, w->trust, e) && listed_open(&l, w->name, &v, true, e);

	if (ok && w->as_json) {
		json_object(&j, NULL);
		json_bool(&j, "verified", v.root);
		json_array(&j, "files");
	}
	if (ok)
		ok = print(w, &l.catalogue, &j, &count, e);
	if (ok && w->as_json) {
		json_end(&j);
		json_end(&j);
	} else if (ok && !count) {
		fputs(_("no file matches\n"), stderr);
	}
	listed_close(&l);
	vouch_release(&v);
	return ok;
}

int sysimage_files(int argc, char **argv)
{
	struct error e = { 0 };
	struct wanted w = { 0 };
	struct medium medium = MEDIUM_NONE;
	bool ok;
	const struct cli_option options[] = {
		{ "trust", CLI_TEXT, &w.trust, "FOLDER",
		  N_("refuse images that too few of the organisation's key holders signed"), 0, 0 },
		{ "partition", CLI_NUMBER, &w.partition, "N", N_("only files of partition N"), 1,
		  UINT32_MAX },
		{ "medium", CLI_TEXT, &w.medium, "NAME",
		  N_("IMAGE is on this medium, which the broker opens: sdb1"), 0, 0 },
		{ "json", CLI_FLAG, &w.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage",
		"files",
		"IMAGE [PATTERN]",
		N_("Say which files are in an image: partition, type, size, SHA-256, time of last "
		   "change, path.\nOnly the list is unpacked. In PATTERN, * stands for any "
		   "characters, / too.\nIMAGE is a file, - for standard input, or http://..."),
		options,
		1,
		2,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("sysimage", &e);
	w.name = argv[0];
	w.pattern = argc > 1 ? argv[1] : NULL;
	ok = medium_enter(&medium, w.medium, ACCESS_READ, &e) && files(&w, &e);
	ok = medium_leave(&medium, &e) && ok;
	return ok ? 0 : report("sysimage", &e);
}
