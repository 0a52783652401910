/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a verification found, in words and as JSON. */
#include <stdio.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/json.h"
#include "lib/ui/progress.h"
#include "stick/stick.h"

static void print_masked(const char *fmt, const char *s)
{
	char masked[1024];

	printf(fmt, text_mask(masked, sizeof(masked), s));
}

static void print_kit(const struct stick_slot *s, bool expected)
{
	const struct kittrust *k = &s->kit;

	if (k->trust == KIT_UNSIGNED)
		puts(_("  kit: not signed by anybody"));
	if (k->trust != KIT_SIGNED)
		return;
	printf(_("  kit: version %llu, signed with %u of %u keys of %s\n"), k->counter + 0ULL,
	       k->valid, k->wanted, k->organisation);
	printf(_("  words of root %llu: %s\n"), k->root_version + 0ULL, k->words);
	if (!expected)
		puts(_("  Compare these words with those on paper: nothing else tells whose "
		       "stick this is."));
}

static void print_signature(const struct stick_signature *s)
{
	if (s->present)
		printf(_("  system and kernel: signed with %u of %u keys of the role %s\n"),
		       s->valid, s->wanted, trust_role_name(s->role));
	else
		puts(_("  system and kernel: not signed; only the manifest beside them vouches for "
		       "them"));
}

static void print_slot(const struct verdict *v, unsigned number)
{
	const struct stick_slot *s = &v->report->slot[number];
	const char *name = stick_slot_name(number);

	switch (s->state) {
	case STICK_SLOT_EMPTY:
		printf(_("slot %s: empty\n"), name);
		return;
	case STICK_SLOT_REFUSED:
		printf(_("slot %s: REFUSED\n"), name);
		print_masked("  %s\n", s->why.text);
		return;
	case STICK_SLOT_PROVED:
		printf(_("slot %s: %u files with %llu bytes are as their manifests say\n"), name,
		       s->files, s->bytes + 0ULL);
		print_kit(s, v->expected);
		print_signature(&s->signature);
		return;
	}
}

static void print_uncovered(const struct verdict *v)
{
	char masked[STICK_PATH_MAX];

	puts(_("What was not looked at:"));
	puts(_("  the settings, the data partition, and kit.slots (who can open the kit)"));
	if (!v->differs)
		puts(_("  the boot code, GRUB and its configuration, README.txt: give --image IMAGE "
		       "to compare them with an image that is known to be good"));
	if (v->report->strange)
		printf(_("  %u files or folders that are not ours, the first one is \"%s\"\n"),
		       v->report->strange,
		       text_mask(masked, sizeof(masked), v->report->strange_first));
}

void report_text(const struct verdict *v)
{
	const struct stick_report *r = v->report;
	bool looked = false;

	for (unsigned i = 0; i < STICK_SLOTS; i++)
		looked = looked || r->slot[i].state != STICK_SLOT_EMPTY;
	/* What counts comes first: who reads this is tired. */
	if (v->why->kind)
		puts(_("REFUSED: do not start a PC from it, and keep it for whoever looks into "
		       "this."));
	else
		puts(_("Kernel, system and kit on this stick are as their manifests say."));
	for (unsigned i = 0; looked && i < STICK_SLOTS; i++)
		print_slot(v, i);
	if (r->backup_used)
		puts(_("the first partition table is damaged, the second one was used: write this "
		       "stick anew when there is time"));
	if (v->differs && *v->differs)
		print_masked("%s\n", v->differs);
	else if (v->differs)
		puts(_("boot code, GRUB and partition 2 are the same as in the image"));
	if (looked)
		print_uncovered(v);
}

static void json_kit(struct json *j, const struct kittrust *k)
{
	json_object(j, "kit");
	json_string(j, "trust", kit_trust_name(k->trust));
	if (k->trust == KIT_SIGNED) {
		json_string(j, "organisation", k->organisation);
		json_string(j, "root_words", k->words);
		json_number(j, "root_version", k->root_version);
		json_number(j, "version", k->counter);
		json_number(j, "signatures", k->valid);
		json_number(j, "signatures_needed", k->wanted);
		json_bool(j, "exercise", k->exercise);
	}
	json_end(j);
}

static void json_slot(struct json *j, unsigned number, const struct stick_slot *s)
{
	static const char *const states[] = {
		[STICK_SLOT_EMPTY] = "empty",
		[STICK_SLOT_PROVED] = "proved",
		[STICK_SLOT_REFUSED] = "refused",
	};

	json_object(j, NULL);
	json_string(j, "slot", stick_slot_name(number));
	json_string(j, "state", states[s->state]);
	if (s->state == STICK_SLOT_REFUSED) {
		json_string(j, "file", s->file);
		json_string(j, "error", s->why.text);
	}
	if (s->state == STICK_SLOT_PROVED) {
		json_number(j, "files", s->files);
		json_number(j, "bytes", s->bytes);
		json_kit(j, &s->kit);
		json_bool(j, "signed", s->signature.present);
		if (s->signature.present) {
			json_string(j, "role", trust_role_name(s->signature.role));
			json_number(j, "counter", s->signature.counter);
			json_number(j, "signatures", s->signature.valid);
			json_number(j, "signatures_needed", s->signature.wanted);
		}
	}
	json_end(j);
}

void report_json(const struct verdict *v)
{
	struct json j = json_to(stdout);
	const struct stick_report *r = v->report;

	json_object(&j, NULL);
	json_string(&j, "stick", v->name);
	json_bool(&j, "proved", !v->why->kind);
	json_string(&j, "error", v->why->kind ? v->why->text : NULL);
	json_number(&j, "disk_bytes", r->disk_bytes);
	json_number(&j, "data_bytes", r->data_bytes);
	json_bool(&j, "backup_table_used", r->backup_used);
	json_array(&j, "slots");
	for (unsigned i = 0; i < STICK_SLOTS; i++)
		json_slot(&j, i, &r->slot[i]);
	json_end(&j);
	json_number(&j, "strange", r->strange);
	json_string(&j, "strange_first", r->strange ? r->strange_first : NULL);
	json_string(&j, "image", !v->differs ? NULL : *v->differs ? "differs" : "same");
	json_end(&j);
}
