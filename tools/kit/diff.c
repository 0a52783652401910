/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit diff`: what changed between two kits, in words of people. */
#include "kit/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/kit.h"
#include "kit/slotfile.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

struct differing {
	struct diff_side old, new;
	size_t changed, added, gone; /* rows */
	bool as_json;
	struct json json; /* with as_json */
};

static const char *const tier_names[TIERS] = { N_("open"), N_("protected"), N_("strict") };

static void print_masked(const char *s)
{
	size_t size = 3 * strlen(s) + 1;
	char *masked = mem_alloc(size);

	/* A text over several lines stays one line here. */
	text_mask(masked, size, s);
	fputs(*masked ? masked : _("(nothing)"), stdout);
	free(masked);
}

static void print_title(const struct diff_row *r)
{
	/* Whose number it is says that it is one. */
	if (strcmp(r->table->name, "channel") != 0)
		printf("%s ", _(r->table->label));
	print_masked(*r->title ? r->title : r->key);
}

static void begin_json(struct differing *d, const char *what, const struct diff_row *r)
{
	json_object(&d->json, NULL);
	json_string(&d->json, "change", what);
	json_string(&d->json, "table", r->table->name);
	json_string(&d->json, "title", r->title);
	json_string(&d->json, "tier", tier_names[r->tier]);
}

/* A row that only one side has. */
static void tell_row(struct differing *d, const struct diff_row *r, bool added)
{
	if (d->as_json) {
		begin_json(d, added ? "new" : "gone", r);
		json_end(&d->json);
		return;
	}
	printf("%s: ", added ? _("new") : _("gone"));
	print_title(r);
	if (strcmp(r->table->name, "channel") == 0) {
		fputs(": ", stdout);
		print_masked(r->values[0]);
	}
	putchar('\n');
}

/* A recovery key opens a disk, and what is told here is kept in logs and mails: that it is
 * another says enough. */
static const char *shown(const struct diff_row *r, const char *column, const char *value)
{
	bool secret = strcmp(r->table->name, "recovery_key") == 0 && strcmp(column, "key") == 0;

	return secret && *value ? "••••" : value;
}

static void tell_value(struct differing *d, const char *column, const char *old, const char *new)
{
	if (d->as_json) {
		json_object(&d->json, NULL);
		json_string(&d->json, "column", column);
		json_string(&d->json, "old", old);
		json_string(&d->json, "new", new);
		json_end(&d->json);
		return;
	}
	if (strcmp(column, "value") != 0)
		printf(", %s", _(diff_column_label(column)));
	fputs(": ", stdout);
	print_masked(old);
	fputs(" → ", stdout);
	print_masked(new);
}

static const char *find_value(const struct diff_row *r, const char *column)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->columns[i], column) == 0)
			return r->values[i];
	return "";
}

/* A source has no keys of its tiers, which are made when it is compiled. */
static bool differs(const struct diff_row *old, const struct diff_row *new, size_t i)
{
	const char *column = new->columns[i], *before = find_value(old, column);
	const char *now = new->values[i];

	if ((!*before || !*now) &&
	    (strcmp(column, "protected_key") == 0 || strcmp(column, "strict_key") == 0))
		return false;
	return strcmp(now, before) != 0;
}

static bool is_equal(const struct diff_row *a, const struct diff_row *b)
{
	if (a->tier != b->tier || strcmp(a->title, b->title) != 0)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (differs(a, b, i))
			return false;
	return true;
}

static void tell_change(struct differing *d, const struct diff_row *old, const struct diff_row *new)
{
	if (is_equal(old, new))
		return;
	/* A title that differs only because its owner was renamed is told there. */
	bool values = old->tier != new->tier;

	for (size_t i = 0; i < new->count; i++)
		values = values || differs(old, new, i);
	if (!values)
		return;
	d->changed++;
	if (d->as_json) {
		begin_json(d, "changed", new);
		json_array(&d->json, "columns");
	} else {
		printf("%s: ", _("changed"));
		print_title(new);
	}
	if (old->tier != new->tier)
		tell_value(d, "tier", d->as_json ? tier_names[old->tier] : _(tier_names[old->tier]),
			   d->as_json ? tier_names[new->tier] : _(tier_names[new->tier]));
	for (size_t i = 0; i < new->count; i++)
		if (differs(old, new, i))
			tell_value(d, new->columns[i],
				   shown(old, new->columns[i], find_value(old, new->columns[i])),
				   shown(new, new->columns[i], new->values[i]));
	if (d->as_json) {
		json_end(&d->json);
		json_end(&d->json);
	} else {
		putchar('\n');
	}
}

/* Both sides must have a row's tier: what is sealed on one side cannot be told. */
static bool comparable(const struct differing *d, const struct diff_row *r)
{
	return d->old.tiers[r->tier] && d->new.tiers[r->tier];
}

static void walk(struct differing *d)
{
	size_t o = 0, n = 0;

	while (o < d->old.count || n < d->new.count) {
		const struct diff_row *old = o < d->old.count ? &d->old.rows[o] : NULL;
		const struct diff_row *new = n < d->new.count ? &d->new.rows[n] : NULL;
		int order = !old ? 1 : !new ? -1 : diff_order(old, new);

		if (order < 0 && comparable(d, old)) {
			d->gone++;
			tell_row(d, old, false);
		} else if (order > 0 && comparable(d, new)) {
			d->added++;
			tell_row(d, new, true);
		} else if (order == 0 && comparable(d, old) && comparable(d, new)) {
			tell_change(d, old, new);
		}
		o += order <= 0;
		n += order >= 0;
	}
}

static const char *sealed_state(const struct differing *d, int tier)
{
	const struct diff_side *o = &d->old, *n = &d->new;

	if (o->tiers[tier] && n->tiers[tier])
		return "compared";
	if (o->sealed_present[tier] && n->sealed_present[tier] &&
	    digest_equal(&o->sealed[tier], &n->sealed[tier]))
		return "equal";
	if (!o->sealed_present[tier] && !n->sealed_present[tier] && !o->tiers[tier] &&
	    !n->tiers[tier])
		return "absent";
	return "not_compared";
}

static void print_summary(const struct differing *d)
{
	for (int tier = 1; tier < TIERS; tier++) {
		const char *state = sealed_state(d, tier);

		if (strcmp(state, "not_compared") == 0)
			printf(_("The %s tier could not be compared: give --keys with the author's "
				 "key file, or compare two source folders.\n"),
			       _(tier_names[tier]));
		else if (strcmp(state, "equal") == 0)
			printf(_("The %s tier is equal, byte for byte.\n"), _(tier_names[tier]));
	}
	if (d->changed + d->added + d->gone == 0)
		puts(_("No difference in what was compared."));
	else
		printf(_("%zu changed, %zu new, %zu gone\n"), d->changed, d->added, d->gone);
}

static void tell(struct differing *d)
{
	if (!d->as_json) {
		walk(d);
		print_summary(d);
		return;
	}
	d->json = json_to(stdout);
	json_object(&d->json, NULL);
	json_array(&d->json, "changes");
	walk(d);
	json_end(&d->json);
	json_number(&d->json, "changed", d->changed);
	json_number(&d->json, "new", d->added);
	json_number(&d->json, "gone", d->gone);
	json_string(&d->json, "protected", sealed_state(d, 1));
	json_string(&d->json, "strict", sealed_state(d, 2));
	json_end(&d->json);
}

int kit_diff(int argc, char **argv)
{
	struct error e = { 0 };
	struct differing d = { 0 };
	struct tier_keys keys = { 0 };
	struct slots slots;
	const char *key_file = NULL, *passphrase_file = NULL;
	const struct cli_option options[] = {
		{ "keys", CLI_TEXT, &key_file, "FILE",
		  N_("open the sealed tiers of images with this key file or kit.slots"), 0, 0 },
		{ "passphrase-file", CLI_TEXT, &passphrase_file, "FILE",
		  N_("read its passphrase from the first line of FILE (- is stdin)"), 0, 0 },
		{ "json", CLI_FLAG, &d.as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"diff",
		"OLD NEW",
		N_("Say what changed from OLD to NEW. Each is a source folder or a kit.img."),
		options,
		2,
		2,
	};
	bool ok;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	ok = (!key_file || slotfile_open(key_file, passphrase_file, &slots, &keys, &e)) &&
	     diff_load(&d.old, argv[0], key_file ? &keys : NULL, &e) &&
	     diff_load(&d.new, argv[1], key_file ? &keys : NULL, &e);
	if (ok)
		tell(&d);
	tier_keys_wipe(&keys);
	diff_release(&d.old);
	diff_release(&d.new);
	return ok ? 0 : report("kit", &e);
}
