/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `trust keygen`: make a key pair. */
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "trust/keyfile.h"
#include "trust/trust.h"

static bool keygen(const char *name, const char *folder, const char *passphrase_file,
		   struct error *e)
{
	struct minisign_secret key;
	struct secret passphrase;

	if (!keyfile_name_fits(name, e) || !keyfile_is_new(folder, name, e) ||
	    !keyfile_new_passphrase(name, passphrase_file, &passphrase, e))
		return false;
	minisign_generate(&key);
	bool ok = keyfile_save(folder, name, &key, passphrase.s, e);
	minisign_secret_wipe(&key);
	secret_wipe(&passphrase);
	return ok;
}

int trust_keygen(int argc, char **argv)
{
	struct error e = { 0 };
	const char *folder = ".", *passphrase_file = NULL;
	const struct cli_option options[] = {
		{ "output", CLI_TEXT, &folder, "DIR", N_("where to put both files (here)"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &passphrase_file, "FILE",
		  N_("the passphrase is the first line of FILE; - is standard input"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"trust",
		"keygen",
		"NAME",
		N_("Make a key pair for signing: NAME.key, protected by a passphrase, and NAME.pub. "
		   "Both are in minisign's formats. NAME is an office or a place, never a person: "
		   "it is printed and published. Nothing is ever replaced."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !keygen(argv[0], folder, passphrase_file, &e))
		return report("trust", &e);
	return 0;
}
