/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Says what an import brings, and what it does not. */
#include <stdio.h>

#include "kit/import.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

static const struct {
	const char *id, *label, *file;
} tables[IMPORT_TABLES] = {
	{ "people", N_("people"), "people.csv" },
	{ "devices", N_("devices"), "devices.csv" },
	{ "recovery_keys", N_("recovery keys"), "recovery_keys.csv" },
};
static const struct {
	const char *id, *label;
} results[IMPORT_RESULTS] = {
	{ "new", N_("new") },
	{ "changed", N_("changed") },
	{ "equal", N_("equal") },
	{ "ambiguous", N_("ambiguous") },
};

static bool anything_changed(const struct import *im)
{
	for (enum import_table t = 0; t < IMPORT_TABLES; t++)
		if (im->results[t][IMPORT_NEW] || im->results[t][IMPORT_CHANGED])
			return true;
	return false;
}

static void show_changes(const struct import *im)
{
	char id[160], name[300], before[300], after[300];

	for (size_t i = 0; i < im->change_count; i++) {
		const struct import_change *c = &im->changes[i];

		text_mask(id, sizeof(id), c->id);
		text_mask(name, sizeof(name), c->name);
		if (!c->column)
			printf(_("new: %s (%s) %s\n"), id, name, tables[c->table].file);
		else
			printf(_("changed: %s (%s) %s: '%s' -> '%s'\n"), id, name, c->column,
			       text_mask(before, sizeof(before), c->before),
			       text_mask(after, sizeof(after), c->after));
	}
}

/* Everything that does not get into the kit, each with its place. */
static void show_unmapped(const struct import *im)
{
	char file[512];

	for (size_t i = 0; i < im->unmapped_count; i++) {
		const struct import_unmapped *u = &im->unmapped[i];

		printf(_("not taken: %s:%zu: %s '%s': %s\n"),
		       text_mask(file, sizeof(file), u->file), u->line, u->field, u->value, u->why);
	}
	for (size_t i = 0; i < im->tally_count; i++) {
		const struct import_tally *t = &im->tallies[i];

		printf(_("not taken: %s: %s, %zu times (first in line %zu): %s\n"),
		       text_mask(file, sizeof(file), t->file), t->what, t->count, t->line, t->why);
	}
}

static size_t tallied(const struct import *im)
{
	size_t n = 0;

	for (size_t i = 0; i < im->tally_count; i++)
		n += im->tallies[i].count;
	return n;
}

void import_show(const struct import *im, const char *source, bool dry)
{
	char folder[512];

	show_changes(im);
	show_unmapped(im);
	for (enum import_table t = 0; t < IMPORT_TABLES; t++) {
		const size_t *n = im->results[t];

		if (t == IMPORT_PEOPLE || n[IMPORT_NEW] + n[IMPORT_CHANGED] + n[IMPORT_EQUAL])
			printf(_("%s: %zu new, %zu changed, %zu equal, %zu ambiguous\n"),
			       _(tables[t].label), n[IMPORT_NEW], n[IMPORT_CHANGED],
			       n[IMPORT_EQUAL], n[IMPORT_AMBIGUOUS]);
	}
	printf(_("not taken: %zu fields one by one, %zu counted\n"), im->unmapped_count,
	       tallied(im));
	text_mask(folder, sizeof(folder), source);
	if (!anything_changed(im)) {
		printf(_("nothing to change in %s\n"), folder);
		return;
	}
	if (im->unchecked)
		printf(ngettext(
			       "%zu changed row is no longer marked as checked: an import is no check\n",
			       "%zu changed rows are no longer marked as checked: an import is no check\n",
			       im->unchecked),
		       im->unchecked);
	if (dry)
		printf(_("nothing was written (-n)\n"));
	else
		printf(_("written to %s; look through it, then run kit check\n"), folder);
}

void import_show_json(const struct import *im, bool dry)
{
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_bool(&j, "written", !dry && anything_changed(im));
	for (enum import_table t = 0; t < IMPORT_TABLES; t++) {
		json_object(&j, tables[t].id);
		for (enum import_result r = 0; r < IMPORT_RESULTS; r++)
			json_number(&j, results[r].id, im->results[t][r]);
		json_end(&j);
	}
	json_number(&j, "unchecked", im->unchecked);
	json_array(&j, "changes");
	for (size_t i = 0; i < im->change_count; i++) {
		const struct import_change *c = &im->changes[i];

		json_object(&j, NULL);
		json_string(&j, "table", tables[c->table].id);
		json_string(&j, "result", results[c->result].id);
		json_string(&j, "id", c->id);
		json_string(&j, "name", c->name);
		if (c->column) {
			json_string(&j, "column", c->column);
			json_string(&j, "before", c->before);
			json_string(&j, "after", c->after);
		}
		json_end(&j);
	}
	json_end(&j);
	json_array(&j, "not_taken");
	for (size_t i = 0; i < im->unmapped_count; i++) {
		const struct import_unmapped *u = &im->unmapped[i];

		json_object(&j, NULL);
		json_string(&j, "file", u->file);
		json_number(&j, "line", u->line);
		json_string(&j, "field", u->field);
		json_string(&j, "value", u->value);
		json_string(&j, "why", u->why);
		json_end(&j);
	}
	json_end(&j);
	json_array(&j, "counted");
	for (size_t i = 0; i < im->tally_count; i++) {
		const struct import_tally *t = &im->tallies[i];

		json_object(&j, NULL);
		json_string(&j, "file", t->file);
		json_number(&j, "line", t->line);
		json_string(&j, "field", t->what);
		json_number(&j, "count", t->count);
		json_string(&j, "why", t->why);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}
