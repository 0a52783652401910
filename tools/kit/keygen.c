/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit keygen`: new keys for a kit's protected tiers, in the author's key file. */
#include <stdio.h>
#include <string.h>

#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/kitkind.h"

struct keygen {
	const char *kit_id, *label, *passphrase_file;
	bool exercise;
};

static bool make(const char *path, const struct keygen *o, struct error *e)
{
	struct tier_keys keys;
	struct secret entry = { 0 };
	struct slots slots;
	bool ok;

	if (!kit_id_valid(o->kit_id, strlen(o->kit_id)))
		return error_set(
			e, ERROR_USAGE,
			_("a kit_id has 1 to 40 letters, digits, \"-\", \"_\" or \".\", as in "
			  "kit.conf"));
	if (!file_must_be_new(path, e))
		return false;
	tier_keys_random(&keys, o->kit_id, o->exercise);
	slots_init(&slots, &keys);
	ok = tier_keys_allowed(&keys, o->kit_id, o->exercise, e) &&
	     slotfile_new_passphrase(&entry, o->passphrase_file, e) &&
	     slots_add(&slots, &keys, SLOT_PASSPHRASE, o->label, SLOTS_TIERS_BOTH, entry.s, e) &&
	     file_must_be_new(path, e) && slotfile_write(path, &slots, e);
	if (ok)
		fprintf(stderr,
			_("%s holds the keys of the kit %s%s. Keep a copy at another place: without "
			  "it and without its passphrase nothing that is sealed can be opened, and it "
			  "never goes onto a stick.\n"),
			path, o->kit_id, o->exercise ? _(", EXERCISE") : "");
	secret_wipe(&entry);
	tier_keys_wipe(&keys);
	return ok;
}

int kit_keygen(int argc, char **argv)
{
	struct error e = { 0 };
	struct keygen o = { .label = "author" };
	const struct cli_option options[] = {
		{ "kit-id", CLI_TEXT, &o.kit_id, "ID", N_("the kit's kit_id, as in kit.conf"), 0,
		  0 },
		{ "exercise", CLI_FLAG, &o.exercise, NULL,
		  N_("keys of an exercise: they open nothing real"), 0, 0 },
		{ "label", CLI_TEXT, &o.label, "TEXT",
		  N_("name of the first slot: a function, never a person (author)"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &o.passphrase_file, "F",
		  N_("read the passphrase from the first line of F"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"keygen",
		"FILE",
		N_("Make new keys for the protected tiers of a kit. They stay the same over its\n"
		   "versions. Asks twice for the passphrase that opens FILE."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (!o.kit_id)
		error_set(&e, ERROR_USAGE, _("for which kit? Give --kit-id ID"));
	return !e.kind && make(argv[0], &o, &e) ? 0 : report("kit", &e);
}
