/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Outlook, Thunderbird and spreadsheets save as CSV, into people. */
#include <string.h>

#include "kit/import.h"
#include "lib/base/language.h"
#include "lib/data/charset.h"
#include "lib/data/namefold.h"

/* What a column is for. */
enum column_use {
	USE_UNKNOWN,
	USE_LAST,
	USE_FIRST,
	USE_MIDDLE,
	USE_SALUTATION,
	USE_FULL,
	USE_COMPANY,
	USE_TITLE,
	USE_DEPARTMENT,
	USE_MAIL,
	USE_NOTE,
	USE_MOBILE,
	USE_MOBILE_PRIVATE,
	USE_WORK,
	USE_HOME,
	USE_SWITCHBOARD,
	USE_TECHNICAL,
};

/* Folded headers (namefold.h, German) of Outlook, Thunderbird and this kit. */
static const struct {
	enum column_use use;
	const char *headers;
} uses[] = {
	{ USE_LAST, "|nachname|last name|familienname|surname|" },
	{ USE_FIRST, "|vorname|first name|given name|" },
	{ USE_MIDDLE, "|weitere vornamen|zweiter vorname|middle name|" },
	{ USE_SALUTATION, "|anrede|title|" },
	{ USE_FULL, "|anzeigename|display name|name|" },
	{ USE_COMPANY, "|firma|company|organisation|organization|org|" },
	{ USE_TITLE, "|position|job title|arbeitstitel|funktion|function|" },
	{ USE_DEPARTMENT, "|abteilung|department|" },
	{ USE_MAIL, "|e mail adresse|e mail address|primaere e mail adresse|primary email|email|"
		    "e mail|" },
	{ USE_NOTE, "|notizen|notes|notiz|" },
	{ USE_MOBILE, "|mobiltelefon|mobile phone|mobil tel nr|mobile number|mobil|mobil dienst|"
		      "mobile work|diensthandy|" },
	{ USE_MOBILE_PRIVATE, "|mobil privat|mobile private|" },
	{ USE_WORK, "|telefon geschaeftlich|business phone|tel dienstlich|work phone|telefon|"
		    "fest dienst|landline work|haupttelefon|primary phone|" },
	{ USE_HOME, "|telefon privat|home phone|tel privat|fest privat|landline private|" },
	{ USE_SWITCHBOARD, "|telefon firma|company main phone|" },
	{ USE_TECHNICAL, "|prioritaet|priority|vertraulichkeit|sensitivity|privat|private|"
			 "geschlecht|gender|e mail typ|e mail type|e mail angezeigter name|"
			 "e mail display name|initialen|initials|konto|account|" },
};

struct sheet_reader {
	struct import *im;
	const char *file;
	const struct csv *csv;
	enum column_use use[CSV_COLUMNS_MAX];
};

static enum column_use use_of(const char *header)
{
	char key[128], folded[124];

	name_fold(folded, sizeof(folded), header, FOLD_GERMAN);
	snprintf(key, sizeof(key), "|%s|", folded);
	if (*folded)
		for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
			if (strstr(uses[i].headers, key))
				return uses[i].use;
	return USE_UNKNOWN;
}

/* The first filled cell for this use, or "". */
static const char *cell_for(const struct sheet_reader *s, const struct csv_row *row,
			    enum column_use use)
{
	for (size_t i = 0; i < s->csv->columns; i++)
		if (s->use[i] == use && *row->cells[i])
			return row->cells[i];
	return "";
}

static bool take_names(struct sheet_reader *s, const struct csv_row *row, struct import_item *item,
		       struct error *e)
{
	const char *last = cell_for(s, row, USE_LAST), *first = cell_for(s, row, USE_FIRST);
	const char *middle = cell_for(s, row, USE_MIDDLE), *full = cell_for(s, row, USE_FULL);
	struct text both = { 0 };
	bool ok;

	if (!*last && !*first && *full && *cell_for(s, row, USE_MAIL) && strchr(full, ' '))
		return import_split_name(s->im, item, "name", row->line, full, e);
	text_addf(&both, "%s%s%s", first, *first && *middle ? " " : "", middle);
	ok = import_set(s->im, item, PERSON_LAST, "last_name", row->line, last, e) &&
	     import_set(s->im, item, PERSON_FIRST, "first_name", row->line, text_end(&both), e);
	text_release(&both);
	return ok;
}

/* The columns with numbers and mail; `round` 1 is for switchboards. */
static bool take_ways(struct sheet_reader *s, const struct csv_row *row, struct import_item *item,
		      int round, struct error *e)
{
	for (size_t i = 0; i < s->csv->columns; i++) {
		const char *header = s->csv->head.cells[i], *value = row->cells[i];
		struct import_number kind = { 0 };

		if (!*value || (s->use[i] == USE_SWITCHBOARD) != (round == 1))
			continue;
		switch (s->use[i]) {
		case USE_MAIL:
			if (!import_mail(s->im, item, header, row->line, value, false, e))
				return false;
			continue;
		case USE_MOBILE_PRIVATE:
		case USE_MOBILE:
			kind.mobile = true;
			kind.private = s->use[i] == USE_MOBILE_PRIVATE;
			break;
		case USE_HOME:
			kind.private = true;
			break;
		case USE_WORK:
		case USE_SWITCHBOARD:
			kind.work = true;
			break;
		default:
			continue;
		}
		import_phone(s->im, item, header, row->line, value, kind);
	}
	return true;
}

/* What found no place: other columns, and second ones of the same use. */
static void list_rest(struct sheet_reader *s, const struct csv_row *row)
{
	for (size_t i = 0; i < s->csv->columns; i++) {
		const char *value = row->cells[i], *header = s->csv->head.cells[i];

		/* "0.0.00" is how Outlook writes no date. */
		if (!*value || strcmp(value, "0.0.00") == 0 || strcmp(value, "00.00.00") == 0)
			continue;
		if (s->use[i] == USE_TECHNICAL)
			import_tally(s->im, s->file, row->line, header,
				     _("says nothing about a person"));
		else if (s->use[i] == USE_UNKNOWN)
			import_unmapped(s->im, s->file, row->line,
					*header ? header : _("(no header)"), value,
					_("there is no column for it"));
		else if (s->use[i] < USE_MAIL && s->use[i] != USE_FULL &&
			 cell_for(s, row, s->use[i]) != value)
			import_unmapped(s->im, s->file, row->line, header, value,
					_("there is one already, and only one column for it"));
	}
}

static bool take_row(struct sheet_reader *s, const struct csv_row *row, struct error *e)
{
	struct import_item item = { .file = s->file, .note = cell_for(s, row, USE_NOTE) };

	for (size_t i = 0; i < IMPORT_FIELDS; i++)
		item.values[i] = "";
	if (!take_names(s, row, &item, e))
		return false;
	if (!*item.values[PERSON_LAST]) {
		for (size_t i = 0; i < s->csv->columns; i++)
			if (*row->cells[i]) {
				import_unmapped(
					s->im, s->file, row->line, s->csv->head.cells[i],
					row->cells[i],
					_("the row has no last name; nothing of it is taken"));
				break;
			}
		return true;
	}
	if (!import_set(s->im, &item, PERSON_SALUTATION, "salutation", row->line,
			cell_for(s, row, USE_SALUTATION), e) ||
	    !import_set(s->im, &item, PERSON_ORGANISATION, "company", row->line,
			cell_for(s, row, USE_COMPANY), e) ||
	    !import_function(s->im, &item, row->line, cell_for(s, row, USE_TITLE),
			     cell_for(s, row, USE_DEPARTMENT), e) ||
	    !take_ways(s, row, &item, 0, e) || !take_ways(s, row, &item, 1, e))
		return false;
	list_rest(s, row);
	return import_add(s->im, IMPORT_PEOPLE, s->file, row->line, &item, e);
}

bool import_csv(struct import *im, const char *file, const char *bytes, size_t len, size_t *line,
		struct error *e)
{
	struct sheet_reader s = { .im = im, .file = file };
	struct text text = { 0 };
	struct csv csv;
	bool known = false, ok;

	ok = charset_to_utf8(bytes, len, &text, line, e) &&
	     csv_parse(text_end(&text), text.len, &im->memory, &csv, line, e);
	s.csv = &csv;
	for (size_t i = 0; ok && i < csv.columns; i++) {
		s.use[i] = use_of(csv.head.cells[i]);
		known |= s.use[i] == USE_LAST || s.use[i] == USE_FULL;
	}
	if (ok && !known) {
		*line = csv.columns ? csv.head.line : 1;
		ok = error_set(e, ERROR_UNTRUSTED,
			       _("is neither vCard nor LDIF, nor CSV with a column for the last "
				 "name ('Nachname', 'Last Name') in its first line"));
	}
	for (size_t i = 0; ok && i < csv.count; i++) {
		*line = csv.rows[i].line;
		ok = take_row(&s, &csv.rows[i], e);
	}
	text_release(&text);
	return ok;
}
