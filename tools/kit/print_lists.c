/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Call chains, deadlines, functions and organisations on paper: what anyone may read. */
#include <stdlib.h>
#include <string.h>

#include "kit/print.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

/* How a call goes on if nobody answers. */
static const char *node_rule(const struct print *pr, const struct record *r)
{
	const struct table *t = &pr->s->tables[NODES];
	const char *attempts = table_get(t, r, "attempts");
	const char *minutes = table_get(t, r, "acknowledge_min");
	const char *other = table_get(t, r, "otherwise"), *caller = table_get(t, r, "caller");
	struct text out = { 0 };

	if (*caller)
		text_addf(&out, PAPER_SMALL "%s: %s\n", _("Who calls"),
			  print_name(pr, KIT_ROLE, caller));
	text_add(&out, PAPER_SMALL);
	/* TRANSLATORS: attempts to call, minutes to wait for an answer, the next call */
	text_addf(&out, _("%lld attempts, %lld min, then %s"),
		  *attempts ? strtoll(attempts, NULL, 10) : 2,
		  *minutes ? strtoll(minutes, NULL, 10) : 10, *other ? other : _("the next"));
	if (table_yes(t, r, "parallel"))
		text_addf(&out, "\n" PAPER_SMALL "%s", _("at the same time as the one before"));
	return print_keep(pr, &out);
}

static void print_node(const struct print *pr, const struct record *r)
{
	const struct table *t = &pr->s->tables[NODES];
	const char *whom = table_get(t, r, "whom"), *colon = strchr(whom, ':');
	enum kit_kind kind = colon ? kit_kind_parse(whom, (size_t)(colon - whom)) : KIT_NONE;
	const char *id = colon ? colon + 1 : whom, *deadline = table_get(t, r, "deadline");
	const char *numbers = print_channels(pr, kind, id, '0', '0', true), *cells[4];

	cells[0] = table_get(t, r, "id");
	cells[1] = print_format(pr, "**%s**\n%s\n%s", print_name(pr, kind, id), numbers,
				node_rule(pr, r));
	cells[2] = print_format(pr, "%s%s%s%s%s", print_words(pr, table_get(t, r, "text")),
				*deadline ? "\n" PAPER_SMALL : "", *deadline ? _("Deadline") : "",
				*deadline ? ": " : "",
				*deadline ? print_format(pr, "**%s**%s",
							 print_name(pr, KIT_DEADLINE, deadline),
							 print_page(pr, KIT_DEADLINE, deadline))
					  : "");
	cells[3] = print_format(pr,
				PAPER_SMALL "\u2610\u00a0%s, %s:\n" PAPER_SMALL
					    "\u2610\u00a0%s\n" PAPER_SMALL
					    "\u2610\u00a0%s\n" PAPER_SMALL "\u2610\u00a0%s",
				_("reached"), _("at"), _("mailbox"), _("busy"), _("no answer"));
	paper_row(pr->p, cells, 0);
}

void print_chains(const struct print *pr)
{
	const struct paper_column columns[] = {
		{ _("Call"), 38, PAPER_STRONG, PAPER_WORDS },
		{ _("Whom"), 165, PAPER_BODY, PAPER_WORDS },
		{ _("Read out"), 192, PAPER_BODY, PAPER_WORDS },
		{ _("Result"), 88, PAPER_BODY, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[CHAINS], *n = &pr->s->tables[NODES];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id");

		paper_page(pr->p);
		paper_section(pr->p, _("Call chain"));
		paper_heading(pr->p, 1, table_get(t, r, "title"), print_format(pr, "chain:%s", id));
		paper_text(pr->p, PAPER_BODY,
			   print_format(pr, "**%s:** %s", _("When"),
					print_words(pr, table_get(t, r, "occasion"))));
		paper_text(pr->p, PAPER_BODY,
			   _("Call in this order. Read the text out word for word, with the words "
			     "in brackets filled in. Note the time and the result of each call. If "
			     "nobody answers, go on: do not wait."));
		paper_table(pr->p, columns, 4, PAPER_GRID);
		for (size_t k = 0; k < n->count; k++)
			if (strcmp(table_get(n, &n->records[k], "chain"), id) == 0)
				print_node(pr, &n->records[k]);
		paper_table_end(pr->p);
	}
}

static const char *clock_starts(const char *event)
{
	static const struct {
		const char *event, *words;
	} events[] = {
		{ "awareness", N_("when it became known") },
		{ "occurrence", N_("when it happened") },
		{ "first_report", N_("with the first report") },
		{ "report_72h", N_("with the report after 72 hours") },
		{ "decision", N_("with the decision") },
		{ "release", N_("with the release") },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(events[i].event, event) == 0)
			return _(events[i].words);
	return event;
}

static void add_row(const struct print *pr, const char *label, const char *value)
{
	const char *const cells[] = { label, value };

	if (*value)
		paper_row(pr->p, cells, 0);
}

static void print_deadline(const struct print *pr, const struct record *r)
{
	static const struct paper_column facts[] = {
		{ NULL, 110, PAPER_NOTE, PAPER_WORDS },
		{ NULL, 373, PAPER_BODY, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[DEADLINES];
	const char *id = table_get(t, r, "id"), *to = table_get(t, r, "recipient");
	const char *form = table_get(t, r, "form");

	paper_keep(pr->p);
	paper_heading(pr->p, 2, table_get(t, r, "title"), print_format(pr, "deadline:%s", id));
	paper_table(pr->p, facts, 2, PAPER_RULED);
	add_row(pr, _("Time limit"), print_format(pr, "**%s**", print_limit(pr, r)));
	add_row(pr, _("The clock starts"), clock_starts(table_get(t, r, "starts_at")));
	add_row(pr, _("Applies if"), print_words(pr, table_get(t, r, "applies_if")));
	if (*to)
		add_row(pr, _("Report to"),
			print_format(pr, "**%s**\n%s", print_name(pr, KIT_ORGANISATION, to),
				     print_channels(pr, KIT_ORGANISATION, to, '0', '0', false)));
	add_row(pr, _("Contents"), print_words(pr, table_get(t, r, "contents")));
	if (*form)
		add_row(pr, _("Form"),
			print_format(pr, "%s%s", print_name(pr, KIT_FORM, form),
				     print_page(pr, KIT_FORM, form)));
	add_row(pr, _("Legal basis"),
		print_format(pr, "%s\n" PAPER_SMALL "%s: %s \u00b7 %s %s, %s",
			     table_get(t, r, "legal_basis"), _("Source"), table_get(t, r, "source"),
			     _("checked on"), print_date(pr, table_get(t, r, "checked_on")),
			     table_get(t, r, "checked_by")));
	paper_table_end(pr->p);
	paper_field(pr->p, _("The clock started on, at"), false);
	paper_field(pr->p, _("Due on, at"), false);
	paper_field(pr->p, _("Reported on, at, by whom"), false);
	paper_field(pr->p, _("File number"), false);
	paper_field(pr->p, _("Does not apply, because (decided by)"), true);
	paper_space(pr->p, 6);
	paper_loose(pr->p);
}

void print_deadlines(const struct print *pr)
{
	const struct table *t = &pr->s->tables[DEADLINES];

	if (!t->count)
		return;
	paper_page(pr->p);
	paper_section(pr->p, _("Deadlines"));
	paper_heading(pr->p, 1, _("Deadlines"), "deadlines");
	paper_text(
		pr->p, PAPER_BODY,
		_("Hours run through nights, weekends and the change of the clocks. In doubt the "
		  "earlier end counts. Whether a deadline applies is decided by a person and "
		  "written down with the reason."));
	for (size_t i = 0; i < t->count; i++)
		print_deadline(pr, &t->records[i]);
}

void print_functions(const struct print *pr)
{
	const struct paper_column columns[] = {
		{ _("Function"), 128, PAPER_BODY, PAPER_WORDS },
		{ _("How to reach it"), 200, PAPER_NOTE, PAPER_WORDS },
		{ _("What it does"), 155, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[ROLES];

	paper_page(pr->p);
	paper_section(pr->p, _("Functions"));
	paper_heading(pr->p, 1, _("Functions and their numbers"), "functions");
	paper_text(
		pr->p, PAPER_BODY,
		_("These are the numbers of functions: the telephone is handed on with the duty. "
		  "Who holds a function is not said here."));
	paper_table(pr->p, columns, 3, PAPER_RULED);
	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id"), *hours = table_get(t, r, "hours");
		const char *cells[3];

		cells[0] = print_format(pr, "**%s**%s%s", print_name(pr, KIT_ROLE, id),
					*hours ? "\n" PAPER_SMALL : "", hours);
		cells[1] = print_channels(pr, KIT_ROLE, id, '0', '0', false);
		cells[2] = print_words(pr, table_get(t, r, "task"));
		paper_row(pr->p, cells, 0);
	}
	paper_table_end(pr->p);
}

static const struct {
	const char *type, *heading;
} groups[] = {
	{ "internal", N_("Own units") },    { "police", N_("Police") },
	{ "authority", N_("Authorities") }, { "supervisory", N_("Supervisory authorities") },
	{ "provider", N_("Suppliers") },    { "insurer", N_("Insurers") },
	{ "utility", N_("Utilities") },     { "partner_town", N_("Partner towns") },
	{ "press", N_("Press") },
};

static void print_organisation(const struct print *pr, const struct record *r, char tier)
{
	const struct table *t = &pr->s->tables[ORGANISATIONS];
	const char *id = table_get(t, r, "id"), *checked = table_get(t, r, "checked_on");
	struct text about = { 0 };
	const char *cells[3];

	if (*table_get(t, r, "hours"))
		text_addf(&about, "%s\n", table_get(t, r, "hours"));
	if (*table_get(t, r, "note"))
		text_addf(&about, "%s\n", print_words(pr, table_get(t, r, "note")));
	if (*checked)
		text_addf(&about, "%s %s", _("checked on"), print_date(pr, checked));
	cells[0] = print_format(pr, "**%s**", table_get(t, r, "name"));
	cells[1] = print_channels(pr, KIT_ORGANISATION, id, '0', tier, false);
	cells[2] = print_keep(pr, &about);
	paper_row(pr->p, cells, 0);
}

void print_organisations(const struct print *pr, char tier)
{
	const struct paper_column columns[] = {
		{ _("Organisation"), 138, PAPER_BODY, PAPER_WORDS },
		{ _("How to reach it"), 200, PAPER_NOTE, PAPER_WORDS },
		{ _("Hours, hints"), 145, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[ORGANISATIONS];
	bool any = false;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		bool open = false;

		for (size_t i = 0; i < t->count; i++) {
			const struct record *r = &t->records[i];

			if (table_tier(t, r) != tier ||
			    strcmp(table_get(t, r, "type"), groups[g].type) != 0)
				continue;
			if (!any) {
				paper_page(pr->p);
				paper_section(pr->p, _("Organisations"));
				paper_heading(pr->p, 1, _("Authorities, helpers, partners"),
					      print_format(pr, "organisations%c", tier));
			}
			if (!open) {
				paper_keep(pr->p);
				paper_heading(pr->p, 2, _(groups[g].heading), NULL);
				paper_table(pr->p, columns, 3, PAPER_RULED);
			}
			any = open = true;
			print_organisation(pr, r, tier);
			paper_loose(pr->p);
		}
		if (open)
			paper_table_end(pr->p);
	}
}
