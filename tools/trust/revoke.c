/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust revoke`: the draft of the next root, with a key that counts no more. */
#include <string.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "trust/folder.h"
#include "trust/trust.h"

static bool mark(struct folder *f, struct trust_root *root, const char *name, struct error *e)
{
	const struct trust_root *newest = folder_newest(f);
	struct trust_key *k = trust_root_find(root, name, strlen(name));

	if (!newest)
		return error_set(e, ERROR_USAGE,
				 _("no root is signed yet: 'trust rotate %s --remove %s' takes the "
				   "key out of the draft"),
				 f->path, name);
	if (!k)
		return error_set(e, ERROR_USAGE, _("there is no key %s in it"), name);
	if (k->revoked)
		return error_set(e, ERROR_USAGE, _("%s is revoked already"), name);
	k->revoked = true;
	k->roles = 0;
	root->serial = newest->serial + 1;
	return true;
}

static bool revoke(const char *path, const char *name, const struct role_numbers *n, bool dry,
		   struct error *e)
{
	struct folder f = FOLDER_NONE;
	struct trust_root root;
	bool ok = folder_open(&f, path, e) && folder_edit(&f, &root, e) &&
		  mark(&f, &root, name, e) && role_numbers_apply(n, &root, e) &&
		  folder_write(&f, &root, dry, e);

	folder_close(&f);
	return ok;
}

int trust_revoke(int argc, char **argv)
{
	struct error e = { 0 };
	struct role_numbers numbers;
	bool dry = false;
	struct cli_option options[1 + ROLE_OPTIONS + 1] = {
		{ "n", CLI_FLAG, &dry, NULL, N_("print the root, write nothing"), 0, 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"revoke",
		"TRUST NAME",
		N_("Draft the next version of the root, in which the key NAME is revoked for ever: "
		   "what it\nsigned counts no more, old or new. Holds once enough holders have "
		   "signed, as with rotate."),
		options,
		2,
		2,
	};

	role_numbers_init(&numbers);
	role_options(&numbers, false, options + 1);
	if (!cli_parse(&usage, &argc, &argv, &e) || !revoke(argv[0], argv[1], &numbers, dry, &e))
		return report("trust", &e);
	return 0;
}
