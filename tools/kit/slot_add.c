/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit slot-add`: one more passphrase or envelope that opens a kit. */
#include <stdio.h>
#include <string.h>

#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/crypto/words.h"

struct slot_add {
	const char *file, *label, *keys, *passphrase_file, *new_file;
	bool envelope;
	uint64_t tier;
};

/* Numbered, one a line: so they are read out and typed without losing the place. */
static void print_words(const char *words)
{
	for (int number = 1; *words; number++) {
		size_t n = strcspn(words, " ");

		printf("     %d.  %.*s\n", number, (int)n, words);
		words += n + (words[n] == ' ');
	}
}

/* The sheet that goes into the envelope. It exists on paper only. */
static bool print_sheet(const struct slots *s, const struct slot *slot, const char *words,
			struct error *e)
{
	char masked[4 * SLOT_LABEL_MAX];

	printf(_("SEALED ENVELOPE: SEVEN WORDS THAT OPEN THE EMERGENCY KIT%s\n\n"),
	       s->exercise ? _(" - EXERCISE") : "");
	printf(_("Kit:    %s\n"), s->kit_id);
	printf(_("Label:  %s\n"), text_mask(masked, sizeof(masked), slot->label));
	printf(_("Opens:  %s\n"), slot_tiers_words(slot->tiers));
	fputs(_("Date:   ____________________   Sealed by: ____________________\n\n"), stdout);
	print_words(words);
	fputs(_("\nWhat for: the plans on the stick open without it. These words open the people\n"
		"and numbers in it, when nobody who knows a passphrase can be reached.\n\n"
		"How: start the stick and open the handbook. Where it asks what unlocks it, type\n"
		"the seven words in this order with spaces between them. Capitals, hyphens and\n"
		"the keyboard's language do not matter.\n\n"
		"Do not say the words by phone, write them in a mail or a chat, or photograph\n"
		"them. Who needs them comes and reads this sheet.\n\n"
		"Put this sheet into an envelope that nobody can see through, close it, sign\n"
		"across the flap, write kit and label on it, and lock it up. Make no copy.\n"
		"After it was opened: note who, when and why, make a new envelope with\n"
		"`kit slot-add`, and remove this one with `kit slot-remove`.\n"),
	      stdout);
	if (fflush(stdout) != 0 || ferror(stdout))
		return error_set(
			e, ERROR_FAILED,
			_("the sheet could not be printed, and its words are kept nowhere: "
			  "remove the slot \"%s\" with `kit slot-remove` and add it again"),
			slot->label);
	return true;
}

static bool draw_words(struct secret *entry)
{
	struct text words = { 0 };

	words_random(&words, WORDS_ENVELOPE);
	snprintf(entry->s, sizeof(entry->s), "%s", text_end(&words));
	explicit_bzero(words.s, words.len);
	text_release(&words);
	return true;
}

static bool add(const struct slot_add *o, struct error *e)
{
	struct slots slots;
	struct tier_keys keys = { 0 };
	struct secret entry = { 0 };
	enum slot_kind kind = o->envelope ? SLOT_ENVELOPE : SLOT_PASSPHRASE;
	uint8_t tiers = o->tier == 2 ? SLOTS_TIERS_BOTH : 2;
	bool ok = slotfile_open_by(o->file, o->keys, o->passphrase_file, &slots, &keys, e) &&
		  (o->envelope ? draw_words(&entry)
			       : slotfile_new_passphrase(&entry, o->new_file, e)) &&
		  slots_add(&slots, &keys, kind, o->label, tiers, entry.s, e) &&
		  slotfile_write(o->file, &slots, e);

	/* Only now: words are shown for a slot that is there. */
	if (ok && o->envelope)
		ok = print_sheet(&slots, &slots.slot[slots.count - 1], entry.s, e);
	secret_wipe(&entry);
	tier_keys_wipe(&keys);
	return ok;
}

static bool check(const struct slot_add *o, struct error *e)
{
	if (!o->label)
		return error_set(e, ERROR_USAGE,
				 _("give the slot a name with --label: where the envelope lies or "
				   "which function has it, never a person"));
	if (o->tier == 0)
		return error_set(
			e, ERROR_USAGE,
			_("what shall it open? --tier 1: protected (people); --tier 2: also "
			  "strict (contracts, private numbers)"));
	if (o->envelope && o->new_file)
		return error_set(e, ERROR_USAGE,
				 _("the words of an envelope are drawn; leave out "
				   "--new-passphrase-file"));
	return true;
}

int kit_slot_add(int argc, char **argv)
{
	struct error e = { 0 };
	struct slot_add o = { 0 };
	const struct cli_option options[] = {
		{ "label", CLI_TEXT, &o.label, "TEXT",
		  N_("name of the slot, readable by anyone: a place or function, never a person"),
		  0, 0 },
		{ "tier", CLI_NUMBER, &o.tier, "1|2",
		  N_("1: opens protected; 2: opens protected and strict"), 1, 2 },
		{ "envelope", CLI_FLAG, &o.envelope, NULL,
		  N_("draw seven words and print the sheet for the envelope, once"), 0, 0 },
		{ "keys", CLI_TEXT, &o.keys, "AUTHORFILE",
		  N_("open the author's key file instead of FILE; FILE is made if missing"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &o.passphrase_file, "F",
		  N_("what opens a slot that is there: first line of F"), 0, 0 },
		{ "new-passphrase-file", CLI_TEXT, &o.new_file, "F",
		  N_("the new passphrase: first line of F"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"slot-add",
		"FILE",
		N_("Add a passphrase or an envelope to a kit.slots or key file. Any slot that\n"
		   "can be opened may add one, for the tiers that it opens itself."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	o.file = argv[0];
	return check(&o, &e) && add(&o, &e) ? 0 : report("kit", &e);
}
