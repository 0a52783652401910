/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans and cards on paper: the steps with their numbers, to be ticked off. */
#include <stdio.h>
#include <string.h>

#include "kit/print.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

/* A word and a shape for each kind of step: no colour is needed to tell them apart. */
static const char *step_kind(const struct print *pr, const char *kind)
{
	static const struct {
		const char *kind, *shape, *label;
	} kinds[] = {
		{ "task", "\u25a0", N_("TASK") },       { "decision", "\u25c6", N_("DECISION") },
		{ "call", "\u260e", N_("CALL") },       { "report", "\u2709", N_("REPORT") },
		{ "warning", "\u26a0", N_("WARNING") }, { "evidence", "\u270e", N_("EVIDENCE") },
	};

	if (!*kind)
		kind = "task";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return print_format(pr, "**%s\u00a0%s:** ", kinds[i].shape,
					    _(kinds[i].label));
	return "";
}

static void add_fact(struct text *out, const char *label, const char *value)
{
	if (*value)
		text_addf(out, "%s%s: %s", out->len ? " \u00b7 " : PAPER_SMALL, label, value);
}

/* Who does something stands out; who else is concerned does not. */
static void add_roles(const struct print *pr, struct text *out, const char *label, const char *ids,
		      bool strong)
{
	const char *names = print_names(pr, KIT_ROLE, ids);

	add_fact(out, label, strong && *names ? print_format(pr, "**%s**", names) : names);
}

/* The lines of an explanation, each in small type. */
static void add_detail(const struct print *pr, struct text *out, const char *detail)
{
	const char *line = print_words(pr, detail);

	while (*line) {
		size_t n = strcspn(line, "\n");

		text_add(out, "\n");
		if (n)
			text_add(out, PAPER_SMALL);
		text_add_n(out, line, n);
		line += n + (line[n] == '\n');
	}
}

static const char *link_of(const struct print *pr, enum kit_kind kind, const char *id)
{
	return *id ? print_format(pr, "%s%s", print_name(pr, kind, id), print_page(pr, kind, id))
		   : "";
}

static void print_step(const struct print *pr, const struct record *r)
{
	const struct table *t = &pr->s->tables[STEPS];
	struct text words = { 0 }, facts = { 0 };
	const char *cells[5], *form = table_get(t, r, "form");

	text_add(&words, step_kind(pr, table_get(t, r, "kind")));
	text_add(&words, print_words(pr, table_get(t, r, "text")));
	if (*table_get(t, r, "detail"))
		add_detail(pr, &words, table_get(t, r, "detail"));
	add_roles(pr, &facts, _("Who"), table_get(t, r, "r"), true);
	add_roles(pr, &facts, _("Accountable"), table_get(t, r, "a"), true);
	add_roles(pr, &facts, _("Ask"), table_get(t, r, "c"), false);
	add_roles(pr, &facts, _("Tell"), table_get(t, r, "i"), false);
	add_fact(&facts, _("Needed"), print_words(pr, table_get(t, r, "needs")));
	add_fact(&facts, _("Deadline"), link_of(pr, KIT_DEADLINE, table_get(t, r, "deadline")));
	add_fact(&facts, _("Call chain"), link_of(pr, KIT_CHAIN, table_get(t, r, "chain")));
	add_fact(&facts, _("Form"), link_of(pr, KIT_FORM, form));
	if (facts.len)
		text_addf(&words, "\n%s", facts.s);
	text_release(&facts);
	cells[0] = "x";
	cells[1] = print_format(pr, "%s/%s", table_get(t, r, "plan"), table_get(t, r, "nr"));
	cells[2] = print_keep(pr, &words);
	cells[3] = print_minutes(pr, table_get(t, r, "by"));
	cells[4] = NULL;
	paper_row(pr->p, cells, 34);
}

static const struct record *phase_of(const struct print *pr, const char *plan, const char *nr)
{
	const struct table *t = &pr->s->tables[PHASES];

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(table_get(t, &t->records[i], "plan"), plan) == 0 &&
		    strcmp(table_get(t, &t->records[i], "nr"), nr) == 0)
			return &t->records[i];
	return NULL;
}

/* A phase with its introduction. */
static void begin_phase(const struct print *pr, const char *plan, const char *nr)
{
	const struct record *r = phase_of(pr, plan, nr);

	if (!r)
		return;
	if (*print_cell(pr, PHASES, r, "title"))
		paper_heading(pr->p, 2, print_words(pr, print_cell(pr, PHASES, r, "title")), NULL);
	if (*print_cell(pr, PHASES, r, "intro"))
		paper_text(pr->p, PAPER_BODY, print_words(pr, print_cell(pr, PHASES, r, "intro")));
}

static void print_steps(const struct print *pr, const char *plan)
{
	const struct paper_column columns[] = {
		{ "", 20, PAPER_BODY, PAPER_TICK },
		{ _("Step"), 48, PAPER_STRONG, PAPER_WORDS },
		{ _("What is to be done"), 305, PAPER_BODY, PAPER_WORDS },
		{ _("Within"), 47, PAPER_STRONG, PAPER_WORDS },
		{ _("Done: time, initials"), 63, PAPER_BODY, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[STEPS];
	const char *phase = "";
	bool open = false;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];

		if (strcmp(table_get(t, r, "plan"), plan) != 0)
			continue;
		if (!open || strcmp(table_get(t, r, "phase"), phase) != 0) {
			phase = table_get(t, r, "phase");
			if (open)
				paper_table_end(pr->p);
			paper_keep(pr->p);
			if (strcmp(phase, "0") != 0)
				begin_phase(pr, plan, phase);
			paper_table(pr->p, columns, 5, PAPER_RULED);
			open = true;
		}
		print_step(pr, r);
		paper_loose(pr->p);
	}
	if (open)
		paper_table_end(pr->p);
}

static void add_row(const struct print *pr, const char *label, const char *value)
{
	const char *const cells[] = { label, value };

	if (*value)
		paper_row(pr->p, cells, 0);
}

void print_plan(const struct print *pr, const struct record *r)
{
	static const struct paper_column facts[] = {
		{ NULL, 82, PAPER_NOTE, PAPER_WORDS },
		{ NULL, 401, PAPER_BODY, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[PLANS];
	const char *id = table_get(t, r, "id"), *exercised = table_get(t, r, "last_exercised");
	const char *role = table_get(t, r, "responsible");
	const char *name = print_format(pr, "%s  %s", id, table_get(t, r, "title"));
	struct text about = { 0 };

	paper_page(pr->p);
	paper_section(pr->p, name);
	paper_heading(pr->p, 1, name, print_format(pr, "plan:%s", id));
	paper_table(pr->p, facts, 2, PAPER_RULED);
	add_row(pr, _("When"), print_words(pr, table_get(t, r, "occasion")));
	add_row(pr, _("Goal"), print_words(pr, table_get(t, r, "goal")));
	add_row(pr, _("For"), print_words(pr, table_get(t, r, "audience")));
	add_row(pr, _("Responsible"), print_words(pr, print_format(pr, "[[role:%s]]", role)));
	if (*table_get(t, r, "version"))
		text_addf(&about, "%s %s \u00b7 ", _("Version"), table_get(t, r, "version"));
	text_addf(&about, "%s %s \u00b7 %s %s \u00b7 ", _("As of"),
		  print_date(pr, table_get(t, r, "data_date")), _("Review by"),
		  print_date(pr, table_get(t, r, "review_by")));
	if (*exercised)
		text_addf(&about, "%s %s", _("Last exercised"), print_date(pr, exercised));
	else
		text_add(&about, _("This plan was never exercised."));
	add_row(pr, _("Edition"), print_format(pr, PAPER_SMALL "%s", about.s));
	text_release(&about);
	paper_table_end(pr->p);
	begin_phase(pr, id, "0");
	print_steps(pr, id);
}
