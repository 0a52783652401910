/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is filled in by hand: the kit's forms, and pages of the journal. */
#include <string.h>

#include "kit/print.h"
#include "lib/base/language.h"

#define JOURNAL_PAGES 4
#define JOURNAL_ROWS 11 /* on a page */

static void print_part(const struct print *pr, const struct record *r)
{
	const struct table *t = &pr->s->tables[FORM_PARTS];
	const char *kind = table_get(t, r, "kind"),
		   *text = print_words(pr, table_get(t, r, "text"));

	if (strcmp(kind, "heading") == 0)
		paper_heading(pr->p, 2, text, NULL);
	else if (strcmp(kind, "tick") == 0)
		paper_tick(pr->p, text);
	else if (strcmp(kind, "field") != 0)
		paper_text(pr->p, PAPER_BODY, text);
	else if (*text)
		paper_field(pr->p, text, *table_get(t, r, "full"));
	else
		paper_lines(pr->p, 1);
}

void print_forms(const struct print *pr, char tier)
{
	const struct table *t = &pr->s->tables[FORMS], *parts = &pr->s->tables[FORM_PARTS];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id");

		if (table_tier(t, r) != tier)
			continue;
		paper_page(pr->p);
		paper_section(pr->p,
			      print_format(pr, "%s %s \u00b7 %s %s", _("Form"), id, _("As of"),
					   print_date(pr, table_get(t, r, "data_date"))));
		paper_heading(pr->p, 1, table_get(t, r, "title"), print_format(pr, "form:%s", id));
		if (*table_get(t, r, "intro"))
			paper_text(pr->p, PAPER_BODY, print_words(pr, table_get(t, r, "intro")));
		for (size_t k = 0; k < parts->count; k++)
			if (strcmp(table_get(parts, &parts->records[k], "form"), id) == 0)
				print_part(pr, &parts->records[k]);
	}
}

void print_journal(const struct print *pr)
{
	const struct paper_column columns[] = {
		{ _("No."), 28, PAPER_BODY, PAPER_WORDS },
		{ _("Time"), 44, PAPER_BODY, PAPER_WORDS },
		{ _("Event, order"), 135, PAPER_BODY, PAPER_WORDS },
		{ _("Decision and reason"), 116, PAPER_BODY, PAPER_WORDS },
		{ _("Addressee"), 65, PAPER_BODY, PAPER_WORDS },
		{ _("Due"), 40, PAPER_BODY, PAPER_WORDS },
		{ _("Signature"), 55, PAPER_BODY, PAPER_WORDS },
	};
	static const char *const empty[7];

	paper_page(pr->p);
	paper_section(pr->p, _("Journal"));
	for (size_t page = 0; page < JOURNAL_PAGES; page++) {
		paper_page(pr->p);
		paper_keep(pr->p);
		paper_heading(pr->p, page ? 3 : 1, _("Journal"), page ? NULL : "journal");
		if (!page)
			paper_text(
				pr->p, PAPER_NOTE,
				_("Write with a pen, one entry after the other, and strike nothing "
				  "out: correct by a new entry. Every decision has its reason. Copy "
				  "this page before it is full."));
		paper_field(pr->p, _("Date"), false);
		paper_field(pr->p, _("Page of the journal"), false);
		paper_space(pr->p, 6);
		paper_table(pr->p, columns, 7, PAPER_GRID);
		for (size_t i = 0; i < JOURNAL_ROWS + (page > 0); i++)
			paper_row(pr->p, empty, 46);
		paper_loose(pr->p);
		paper_table_end(pr->p);
	}
}
