/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one page beside the telephone of the control room. */
#include <string.h>

#include "kit/print.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

#define CARD "K1" /* the emergency card, if the kit has one */

/* The texts of the steps of a plan that are warnings, or the others. */
static const char *steps_of(const struct print *pr, const char *plan, bool warnings)
{
	const struct table *t = &pr->s->tables[STEPS];
	struct text out = { 0 };

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		bool warning = strcmp(table_get(t, r, "kind"), "warning") == 0;

		if (strcmp(table_get(t, r, "plan"), plan) == 0 && warning == warnings)
			text_addf(&out, "%s- %s", out.len ? "\n" : "",
				  print_words(pr, table_get(t, r, "text")));
	}
	return print_keep(pr, &out);
}

static void print_call(const struct print *pr, const struct record *r, const char *nr,
		       const char *usual_caller)
{
	const struct table *t = &pr->s->tables[NODES];
	const char *whom = table_get(t, r, "whom"), *colon = strchr(whom, ':');
	enum kit_kind kind = colon ? kit_kind_parse(whom, (size_t)(colon - whom)) : KIT_NONE;
	const char *id = colon ? colon + 1 : whom, *caller = table_get(t, r, "caller");
	const char *number = print_number(pr, kind, id);
	const char *cells[4];

	cells[0] = nr;
	cells[1] = print_format(
		pr, "**%s**\n" PAPER_BIG "**%s**%s%s", print_name(pr, kind, id),
		*number ? number : _("no number"),
		*caller && strcmp(caller, usual_caller) != 0 ? "\n" PAPER_SMALL : "",
		*caller && strcmp(caller, usual_caller) != 0
			? print_format(pr, _("called by: %s"), print_name(pr, KIT_ROLE, caller))
			: "");
	cells[2] = print_words(pr, table_get(t, r, "text"));
	cells[3] = NULL;
	paper_row(pr->p, cells, 0);
}

static void print_calls(const struct print *pr, const char *chain)
{
	const struct paper_column columns[] = {
		{ "", 26, PAPER_LARGE, PAPER_WORDS },
		{ _("Call, in this order"), 202, PAPER_BODY, PAPER_WORDS },
		{ _("Read out"), 205, PAPER_BODY, PAPER_WORDS },
		{ _("reached at"), 50, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[NODES];
	const char *caller = "";
	size_t nr = 0;

	paper_table(pr->p, columns, 4, PAPER_GRID);
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];

		if (strcmp(table_get(t, r, "chain"), chain) != 0)
			continue;
		if (nr == 0)
			caller = table_get(t, r, "caller");
		print_call(pr, r, print_format(pr, "**%zu**", ++nr), caller);
	}
	paper_table_end(pr->p);
}

static void print_notes(const struct print *pr)
{
	paper_heading(pr->p, 2, _("Write down"), NULL);
	paper_field(pr->p, _("Who reports, from where"), false);
	paper_field(pr->p, _("Number to call back"), false);
	paper_field(pr->p, _("What is to be seen, since when"), true);
	if (paper_tight(pr->p) < 4) {
		paper_field(pr->p, _("Alarm taken on, at"), false);
		paper_field(pr->p, _("by whom"), false);
	}
}

void print_control_room(struct paper *p, const void *with)
{
	struct print own = *(const struct print *)with;
	const struct print *pr = &own;
	const struct record *chain = &pr->s->tables[CHAINS].records[0];
	const char *first, *never, *occasion;

	own.p = p;
	first = steps_of(pr, CARD, false);
	never = steps_of(pr, CARD, true);
	occasion = print_words(pr, print_cell(pr, CHAINS, chain, "occasion"));
	paper_section(p, _("Alarm sheet for the control room"));
	paper_heading(p, 1, print_cell(pr, CHAINS, chain, "title"), NULL);
	paper_heading(p, 2, _("What has happened: how to recognise it"), NULL);
	paper_text(p, PAPER_BODY, occasion);
	print_calls(pr, print_cell(pr, CHAINS, chain, "id"));
	paper_text(p, PAPER_BODY,
		   _("**Nobody answers?** Try again once, then go on to the next: do not wait. "
		     "Fill in the words in brackets before you read out."));
	print_notes(pr);
	if (*first && paper_tight(p) < 3) {
		paper_heading(p, 2, _("Then"), NULL);
		paper_text(p, PAPER_BODY, first);
	}
	paper_heading(p, 2, _("Do not"), NULL);
	paper_text(p, PAPER_BODY,
		   print_format(pr, "%s%s%s", never, *never ? "\n" : "",
				_("- Do not have PCs switched off or started again.\n"
				  "- Do not use e-mail or the telephone system of the town hall.\n"
				  "- Say nothing to the press. Do not answer the attackers.")));
}
