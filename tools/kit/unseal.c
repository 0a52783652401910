/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit unseal`: the plain file behind a sealed one. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/wholefile.h"
#include "lib/base/memory.h"

#define SUFFIX ".sealed"

/* Which tier a file is of, it does not say: all keys that were opened are tried. */
static bool open_any(const struct text *sealed, const struct tier_keys *k, struct text *plain,
		     struct error *e)
{
	struct sealed_pair pairs[KIT_TIERS];
	size_t count = 0;
	bool ok;

	for (size_t tier = 1; tier < KIT_TIERS; tier++)
		if (k->has[tier])
			pairs[count++] = k->pair[tier];
	ok = sealed_open_any(sealed->s, sealed->len, pairs, count, plain, e);
	explicit_bzero(pairs, sizeof(pairs));
	return ok;
}

/* Where to: what -o says, else the name without ".sealed". */
static char *output_name(const char *sealed, const char *out, struct error *e)
{
	size_t len = strlen(sealed), suffix = strlen(SUFFIX);

	if (out && strcmp(out, "-") == 0) {
		if (!isatty(STDOUT_FILENO))
			return mem_string(out);
		error_set(e, ERROR_USAGE,
			  _("what is sealed is not printed on a screen; name a file with -o"));
		return NULL;
	}
	if (out)
		return mem_string(out);
	if (len > suffix && sealed[len - suffix - 1] != '/' &&
	    strcmp(sealed + len - suffix, SUFFIX) == 0)
		return mem_string_n(sealed, len - suffix);
	error_set(e, ERROR_USAGE, _("where to? The name does not end in %s, so give -o OUT"),
		  SUFFIX);
	return NULL;
}

static bool put_out(const char *out, const struct text *plain, struct error *e)
{
	if (strcmp(out, "-") != 0)
		return file_must_be_new(out, e) && file_write_private(out, plain->s, plain->len, e);
	if (plain->len > 0 && fwrite(plain->s, plain->len, 1, stdout) != 1)
		return error_errno(e, _("cannot write to standard output"));
	return true;
}

static bool unseal(const char *path, const char *slots_path, const char *passphrase_file,
		   const char *out, struct error *e)
{
	struct text sealed = { 0 }, plain = { 0 };
	struct tier_keys keys = { 0 };
	struct slots slots;
	bool ok = (strcmp(out, "-") == 0 || file_must_be_new(out, e)) &&
		  wholefile_read(AT_FDCWD, path, 0, SEALED_OPEN_MAX, &sealed, e) &&
		  slotfile_open(slots_path, passphrase_file, &slots, &keys, e) &&
		  (open_any(&sealed, &keys, &plain, e) || error_prefix(e, "%s: ", path)) &&
		  put_out(out, &plain, e);

	tier_keys_wipe(&keys);
	if (plain.len > 0)
		explicit_bzero(plain.s, plain.len);
	text_release(&plain);
	text_release(&sealed);
	return ok;
}

int kit_unseal(int argc, char **argv)
{
	struct error e = { 0 };
	const char *slots = NULL, *passphrase_file = NULL, *out = NULL;
	const struct cli_option options[] = {
		{ "slots", CLI_TEXT, &slots, "FILE", N_("kit.slots or the author's key file"), 0,
		  0 },
		{ "passphrase-file", CLI_TEXT, &passphrase_file, "F",
		  N_("what opens a slot: first line of F"), 0, 0 },
		{ "o", CLI_TEXT, &out, "OUT", N_("the plain file to make; - is standard output"), 0,
		  0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"unseal",
		"SEALED",
		N_("Write the plain file behind a sealed one, readable by you only. It holds\n"
		   "people's data: delete it when it is no longer needed."),
		options,
		1,
		1,
	};
	char *name;
	bool ok;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (!slots)
		error_set(&e, ERROR_USAGE, _("what opens it? Give --slots FILE"));
	name = output_name(argv[0], out, &e);
	ok = !e.kind && unseal(argv[0], slots, passphrase_file, name, &e);
	free(name);
	return ok ? 0 : report("kit", &e);
}
