/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit export`: the people of a source folder as vCards. */
#include <stdio.h>
#include <string.h>

#include "kit/kit.h"
#include "kit/source.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/data/vcard.h"

/* Which numbers go out, and as what. Private ones are strict whoever they belong to. */
static const struct {
	const char *key, *property;
	bool private;
} ways[] = {
	{ "mobile_work", "TEL;TYPE=CELL,WORK", false },
	{ "landline_work", "TEL;TYPE=WORK,VOICE", false },
	{ "mobile_private", "TEL;TYPE=CELL,HOME", true },
	{ "landline_private", "TEL;TYPE=HOME,VOICE", true },
	{ "email", "EMAIL;TYPE=INTERNET,WORK", false },
	{ "email_emergency", "EMAIL;TYPE=INTERNET", false },
};

static void write_text(struct text *out, const char *property, const char *value)
{
	if (*value)
		vcard_write(out, property, (const char *const[]){ value, NULL });
}

static const char *organisation_name(const struct source *s, const char *id)
{
	const struct table *t = &s->tables[ORGANISATIONS];

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(table_get(t, &t->records[i], "id"), id) == 0)
			return table_get(t, &t->records[i], "name");
	return "";
}

static void write_person(const struct source *s, const struct record *r, bool strict,
			 struct text *out)
{
	const struct table *t = &s->tables[PEOPLE];
	const char *last = table_get(t, r, "last_name"), *first = table_get(t, r, "first_name");
	const char *salutation = table_get(t, r, "salutation");
	const char *n[] = { last, first, "", salutation, "", NULL };
	struct text words = { 0 };

	write_text(out, "BEGIN", "VCARD");
	write_text(out, "VERSION", "3.0");
	vcard_write(out, "N", n);
	text_addf(&words, "%s%s%s", first, *first ? " " : "", last);
	write_text(out, "FN", text_end(&words));
	if (*table_get(t, r, "organisation"))
		write_text(out, "ORG", organisation_name(s, table_get(t, r, "organisation")));
	write_text(out, "TITLE", table_get(t, r, "function"));
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strict || !ways[i].private)
			write_text(out, ways[i].property, table_get(t, r, ways[i].key));
	text_clear(&words);
	text_addf(&words,
		  _("Personal data out of the emergency kit of %s, version %s. Delete it "
		    "when the next version comes."),
		  s->conf.organisation, s->conf.version);
	write_text(out, "NOTE", text_end(&words));
	write_text(out, "END", "VCARD");
	text_release(&words);
}

static bool put(const struct text *cards, const char *path, struct error *e)
{
	if (!path) {
		fwrite(cards->s, 1, cards->len, stdout); /* cli_main() looks for errors */
		return true;
	}
	return newfile_whole(path, cards->s, cards->len, e);
}

static bool export(const char *folder, bool strict, const char *path, struct error *e)
{
	struct source s;
	struct text cards = { 0 };
	const struct table *t;
	bool ok;

	source_init(&s);
	ok = source_load(&s, folder, e);
	if (ok && s.findings.faults) {
		findings_print(&s.findings, folder, stderr);
		ok = error_set(e, ERROR_UNTRUSTED,
			       _("%s has errors; nothing was exported, correct them first"),
			       folder);
	}
	t = &s.tables[PEOPLE];
	text_end(&cards);
	for (size_t i = 0; ok && i < t->count; i++)
		if (strict || table_tier(t, &t->records[i]) != '2')
			write_person(&s, &t->records[i], strict, &cards);
	if (ok && !cards.len)
		ok = error_set(e, ERROR_FAILED, _("%s holds no people for this tier"), folder);
	ok = ok && put(&cards, path, e);
	text_release(&cards);
	source_release(&s);
	return ok;
}

int kit_export(int argc, char **argv)
{
	struct error e = { 0 };
	const char *format = NULL, *path = NULL;
	uint64_t tier = 1;
	const struct cli_option options[] = {
		{ "format", CLI_TEXT, &format, "FORMAT", N_("vcard, the only one so far"), 0, 0 },
		{ "tier", CLI_NUMBER, &tier, N_("1|2"),
		  N_("1: without private numbers and people of tier 2 (default); 2: all"), 1, 2 },
		{ "o", CLI_TEXT, &path, "FILE", N_("write there instead of to stdout"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"export",
		"SOURCE",
		N_("Write the people of a source folder as vCards for telephones. They are personal "
		   "data and not encrypted."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (!format || strcmp(format, "vcard") != 0)
		error_set(&e, ERROR_USAGE, _("--format vcard is missing: say what to write"));
	else if (export(argv[0], tier == 2, path, &e))
		return 0;
	return report("kit", &e);
}
