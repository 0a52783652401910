/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit slot-remove`: take a passphrase or an envelope out of use. */
#include <stdio.h>
#include <sys/stat.h>

#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

struct slot_remove {
	const char *file, *label, *keys, *passphrase_file;
};

static bool same_file(const char *a, const char *b)
{
	struct stat one, two;

	return stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev &&
	       one.st_ino == two.st_ino;
}

static bool remove_slot(const struct slot_remove *o, struct error *e)
{
	/* Opened by the author's file, the keys are safe there, whatever goes here. */
	bool elsewhere = o->keys && !same_file(o->keys, o->file);
	struct slots slots;
	struct tier_keys keys = { 0 };
	bool ok = slotfile_open_by(o->file, o->keys, o->passphrase_file, &slots, &keys, e) &&
		  ((elsewhere ? slots_remove_any(&slots, o->label, e)
			      : slots_remove(&slots, o->label, e)) ||
		   error_prefix(e, "%s: ", o->file)) &&
		  slotfile_write(o->file, &slots, e);

	tier_keys_wipe(&keys);
	if (ok)
		fprintf(stderr,
			_("Removed from this file. Older copies of it, on other sticks too, can still "
			  "be opened with it; after a loss make new keys with `kit keygen`.\n"));
	return ok;
}

int kit_slot_remove(int argc, char **argv)
{
	struct error e = { 0 };
	struct slot_remove o = { 0 };
	const struct cli_option options[] = {
		{ "label", CLI_TEXT, &o.label, "TEXT", N_("which slot: see `kit slots`"), 0, 0 },
		{ "keys", CLI_TEXT, &o.keys, "AUTHORFILE",
		  N_("open the author's key file instead of FILE"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &o.passphrase_file, "F",
		  N_("what opens any slot: first line of F"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"slot-remove",
		"FILE",
		N_("Remove a slot. Any slot that can be opened may remove any. The last one of a\n"
		   "tier stays, unless the author's key file has the keys, too."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	o.file = argv[0];
	if (!o.label)
		error_set(&e, ERROR_USAGE,
			  _("which slot? Give its --label; `kit slots` lists them"));
	return !e.kind && remove_slot(&o, &e) ? 0 : report("kit", &e);
}
