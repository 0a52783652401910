/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust init`: the draft of an organisation's first root. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "trust/folder.h"
#include "trust/trust.h"

/* Every key in every role; most signs alone, images and roots do not. */
static bool fill(struct folder *f, struct trust_root *root, int count, char **files,
		 struct error *e)
{
	unsigned n = (unsigned)count;

	if (count > TRUST_KEYS_MAX)
		return error_set(e, ERROR_USAGE, _("%d keys; a root holds at most 64"), count);
	root->keys = arena_alloc(&f->memory, n * sizeof(*root->keys));
	for (; root->key_count < n; root->key_count++) {
		struct trust_key *k = &root->keys[root->key_count];

		if (!folder_read_key(files[root->key_count], &f->memory, k, e))
			return false;
		k->roles = (1u << TRUST_ROLES) - 1;
	}
	for (unsigned r = 0; r < TRUST_ROLES; r++)
		root->threshold[r] = 1;
	root->threshold[TRUST_ROOT] = n / 2 + 1;
	root->threshold[TRUST_IMAGE] = n >= 2 ? 2 : 1;
	return true;
}

/* The folder may be there, but not with roots in it. */
static bool open_empty(struct folder *f, bool dry, struct error *e)
{
	const struct dirent *entry;
	DIR *d;

	if (!dry && mkdir(f->path, 0777) != 0 && errno != EEXIST)
		return error_errno(e, _("cannot make the folder %s"), f->path);
	d = opendir(f->path);
	if (!d && dry && errno == ENOENT)
		return true;
	if (!d)
		return error_errno(e, _("cannot open the folder %s"), f->path);
	while ((entry = readdir(d))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (dot && strcmp(dot, ".root") == 0)
			error_set(e, ERROR_USAGE,
				  _("%s holds %s already; 'trust rotate %s' makes its successor"),
				  f->path, entry->d_name, f->path);
	}
	closedir(d);
	return !e->kind;
}

static bool init(const char *path, struct trust_root *root, const struct role_numbers *n, int count,
		 char **files, bool dry, struct error *e)
{
	struct folder f = FOLDER_NONE;
	bool ok;

	f.path = path;
	ok = fill(&f, root, count, files, e) && role_numbers_apply(n, root, e) &&
	     open_empty(&f, dry, e) && folder_write(&f, root, dry, e);
	if (ok && !dry) {
		printf(_("Who may sign for what stands in it, in the lines that begin with "
			 "'role'. Change that now, with an editor or\n'trust rotate %s': after "
			 "the first signature it must stay as it is.\n"),
		       path);
		printf(_("When all have signed: 'trust show %s', and write its eight words on "
			 "paper.\n"),
		       path);
	}
	folder_close(&f);
	return ok;
}

int trust_init(int argc, char **argv)
{
	struct error e = { 0 };
	struct role_numbers numbers;
	struct trust_root root = { .version = 1 };
	bool dry = false;
	struct cli_option options[2 + ROLE_OPTIONS + 1] = {
		{ "exercise", CLI_FLAG, &root.exercise, NULL,
		  N_("for drills: vouches for nothing real"), 0, 0 },
		{ "n", CLI_FLAG, &dry, NULL, N_("print the root, write nothing"), 0, 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"init",
		"TRUST ORGANISATION KEY.pub...",
		N_("Write the draft of an organisation's first root into the folder TRUST. Each key "
		   "is called\nwhat its file is called, and may sign for every role. Without "
		   "thresholds: more than half of\nthe keys for roots, two for images, one for "
		   "all else."),
		options,
		3,
		2 + TRUST_KEYS_MAX,
	};

	role_numbers_init(&numbers);
	role_options(&numbers, false, options + 2);
	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("trust", &e);
	root.organisation = argv[1];
	if (!init(argv[0], &root, &numbers, argc - 2, argv + 2, dry, &e))
		return report("trust", &e);
	return 0;
}
