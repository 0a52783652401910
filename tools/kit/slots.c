/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit slots`: what can open a kit, by label; needs no secret. */
#include <stdio.h>

#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

static const char *kind_word(enum slot_kind kind)
{
	return kind == SLOT_ENVELOPE ? N_("envelope") : N_("passphrase");
}

static void print_text(const struct slots *s)
{
	char masked[4 * SLOT_LABEL_MAX];

	printf(_("kit %s%s%s: %zu of %d slots\n"), s->kit_id, s->exercise ? _(", EXERCISE") : "",
	       slots_are_demo(s) ? _(", DEMONSTRATION, not secret") : "", s->count, SLOTS_MAX);
	printf(_("one try takes %u MiB of memory and %u passes of Argon2id\n"),
	       s->memory_kib / 1024, s->passes);
	for (size_t i = 0; i < s->count; i++)
		printf("%2zu  %s: %s, %s\n", i + 1,
		       text_mask(masked, sizeof(masked), s->slot[i].label),
		       _(kind_word(s->slot[i].kind)), slot_tiers_words(s->slot[i].tiers));
}

static void print_json(const struct slots *s)
{
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_string(&j, "kit_id", s->kit_id);
	json_bool(&j, "exercise", s->exercise);
	json_bool(&j, "demonstration", slots_are_demo(s));
	json_number(&j, "memory_kib", s->memory_kib);
	json_number(&j, "passes", s->passes);
	json_array(&j, "slots");
	for (size_t i = 0; i < s->count; i++) {
		json_object(&j, NULL);
		json_string(&j, "label", s->slot[i].label);
		json_string(&j, "kind", kind_word(s->slot[i].kind));
		json_array(&j, "tiers");
		for (size_t tier = 1; tier < KIT_TIERS; tier++)
			if (s->slot[i].tiers & 1u << tier)
				json_number(&j, NULL, tier);
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

int kit_slots(int argc, char **argv)
{
	struct error e = { 0 };
	struct slots slots;
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"slots",
		"FILE",
		N_("Say which passphrases and envelopes a kit.slots or key file has, by label."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !slotfile_read(argv[0], &slots, &e))
		return report("kit", &e);
	if (as_json)
		print_json(&slots);
	else
		print_text(&slots);
	return 0;
}
