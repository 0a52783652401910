/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit print: the paper folder, from the same source as the stick. */
#include "kit/print.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"

struct print_options {
	const char *output, *plan, *tier;
	bool control_room;
};

static void add_row(const struct print *pr, const char *label, const char *value)
{
	const char *const cells[] = { label, value };

	if (*value)
		paper_row(pr->p, cells, 0);
}

static void print_cover(const struct print *pr)
{
	static const struct paper_column facts[] = {
		{ NULL, 130, PAPER_NOTE, PAPER_WORDS },
		{ NULL, 353, PAPER_BODY, PAPER_WORDS },
	};
	const struct conf *c = &pr->s->conf;

	paper_section(pr->p, NULL);
	paper_space(pr->p, 1);
	paper_text(pr->p, PAPER_BODY, "\n\u00a0\n\u00a0\n\u00a0\n\u00a0");
	paper_text(pr->p, PAPER_HUGE, c->organisation);
	paper_text(pr->p, PAPER_LARGE, _("Emergency handbook for a cyber attack"));
	paper_text(pr->p, PAPER_BODY, "\u00a0\n\u00a0");
	paper_table(pr->p, facts, 2, PAPER_RULED);
	add_row(pr, _("Kit"), print_format(pr, _("**%s**, version **%s**"), c->kit_id, c->version));
	add_row(pr, _("Data of"), print_date(pr, c->data_date));
	add_row(pr, _("Review by"), print_date(pr, c->review_by));
	add_row(pr, _("Valid until"), print_date(pr, c->valid_until));
	add_row(pr, _("Kept by"), c->publisher);
	add_row(pr, _("This folder holds"),
		pr->tier == '0'   ? _("what anyone may read: no people, no private numbers")
		: pr->tier == '1' ? _("also the protected part: people and work numbers")
				  : _("also the protected and the strict part: people, private "
				      "numbers, contracts"));
	paper_table_end(pr->p);
	paper_text(pr->p, PAPER_BODY, "\u00a0");
	paper_text(
		pr->p, PAPER_BODY,
		_("This folder is for the day on which no PC, no telephone system and no e-mail "
		  "works. It says the same as the stick, with the same numbers of the steps: "
		  "\"P01/6\" is step 6 of plan P01 here and there.\n\n"
		  "Begin with the first card or plan. Tick off what is done and write the time "
		  "beside it. Every page names its version: if the versions of two pages differ, "
		  "the higher one counts. If a number turns out to be wrong, correct it by hand "
		  "and tell those who keep the kit."));
	paper_page(pr->p);
}

static void print_in_its_tier(const struct print *pr, const struct record *plan)
{
	struct print own = *pr;

	own.part = table_tier(&pr->s->tables[PLANS], plan);
	print_plan(&own, plan);
}

static void print_plans(const struct print *pr, bool cards)
{
	const struct table *t = &pr->s->tables[PLANS];

	for (size_t i = 0; i < t->count; i++)
		if (table_tier(t, &t->records[i]) <= pr->tier &&
		    print_is_card(pr, &t->records[i]) == cards)
			print_in_its_tier(pr, &t->records[i]);
}

static void print_documents(const struct print *pr)
{
	const struct paper_column columns[] = {
		{ _("Document"), 230, PAPER_BODY, PAPER_WORDS },
		{ _("On the stick as"), 150, PAPER_NOTE, PAPER_WORDS },
		{ _("On paper"), 103, PAPER_NOTE, PAPER_WORDS },
	};
	const struct table *t = &pr->s->tables[DOCUMENTS];
	bool open = false;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *const cells[] = {
			table_get(t, r, "title"),
			table_get(t, r, "file"),
			table_yes(t, r, "paper_copy") ? _("put a copy behind this page") : _("no"),
		};

		if (table_tier(t, r) > pr->tier)
			continue;
		if (!open) {
			paper_page(pr->p);
			paper_section(pr->p, _("Documents"));
			paper_heading(pr->p, 1, _("Documents"), "documents");
			paper_table(pr->p, columns, 3, PAPER_RULED);
		}
		open = true;
		paper_row(pr->p, cells, 0);
	}
	if (open)
		paper_table_end(pr->p);
}

static void print_folder(struct paper *p, const void *with)
{
	struct print own = *(const struct print *)with;
	const struct print *pr = &own;

	own.p = p;
	if (pr->plan) {
		print_in_its_tier(pr, print_find(pr, PLANS, "id", pr->plan));
		return;
	}
	print_cover(pr);
	paper_section(p, _("Contents"));
	paper_heading(p, 1, _("Contents"), NULL);
	paper_contents(p);
	print_plans(pr, true);
	print_plans(pr, false);
	print_chains(pr);
	print_deadlines(pr);
	print_functions(pr);
	print_organisations(pr, '0');
	print_forms(pr, '0');
	print_documents(pr);
	print_journal(pr);
	own.part = '1';
	if (pr->tier >= '1')
		print_protected(pr);
	own.part = '2';
	if (pr->tier >= '2')
		print_strict(pr);
}

/* Everything that could go wrong before the first page. */
static bool may_print(struct source *s, const struct print *pr, const struct print_options *o,
		      const char *folder, struct error *e)
{
	findings_print(&s->findings, folder, stderr);
	if (s->findings.faults)
		return findings_refuse(&s->findings, folder, e);
	if (o->control_room && !s->tables[CHAINS].count)
		return error_set(e, ERROR_FAILED,
				 _("%s has no call chain, which the control room's sheet is made "
				   "from; write phone_chains.csv"),
				 folder);
	if (o->plan) {
		const struct record *r = print_find(pr, PLANS, "id", o->plan);

		if (!r)
			return error_set(e, ERROR_USAGE, _("%s has no plan or card '%s'"), folder,
					 o->plan);
		if (table_tier(&s->tables[PLANS], r) > pr->tier)
			return error_set(e, ERROR_USAGE,
					 _("the plan %s is of a higher tier; print it with --tier "
					   "%c, and keep it locked away"),
					 o->plan, table_tier(&s->tables[PLANS], r));
	}
	return true;
}

static bool write_pdf(const struct print *pr, const struct print_options *o, struct error *e)
{
	const struct conf *c = &pr->s->conf;
	struct paper_frame frame = {
		.author = c->publisher,
		.date = c->data_date,
		.one_page = o->control_room,
	};

	frame.title = o->control_room
			      ? c->organisation
			      : print_format(pr, _("%s: emergency handbook"), c->organisation);
	frame.footer = print_format(pr, _("%s \u00b7 kit %s, version %s \u00b7 data of %s"),
				    c->organisation, c->kit_id, c->version,
				    print_date(pr, c->data_date));
	frame.mark = strcmp(c->exercise, "yes") == 0 ? _("EXERCISE: none of this is real") : "";
	return paper_write(&frame, o->control_room ? print_control_room : print_folder, pr,
			   o->output, e);
}

static bool print(const char *folder, const struct print_options *o, struct error *e)
{
	struct arena memory = { 0 };
	struct source s;
	struct print pr = {
		.s = &s, .memory = &memory, .tier = o->tier[0], .part = '0', .plan = o->plan
	};
	char *before = mem_string(language_code());
	bool ok;

	source_init(&s);
	ok = source_load(&s, folder, e) && may_print(&s, &pr, o, folder, e);
	if (ok) {
		/* The paper speaks the kit's language, errors that of the author. */
		language_set(s.conf.language);
		ok = write_pdf(&pr, o, e);
		language_set(before);
	}
	free(before);
	source_release(&s);
	arena_release(&memory);
	return ok;
}

int kit_print(int argc, char **argv)
{
	struct error e = { 0 };
	struct print_options o = { .tier = "0" };
	const struct cli_option options[] = {
		{ "o", CLI_TEXT, &o.output, "FILE", N_("write the PDF here"), 0, 0 },
		{ "output", CLI_TEXT, &o.output, "FILE", N_("the same"), 0, 0 },
		{ "tier", CLI_TEXT, &o.tier, "0|1|2",
		  N_("also people and work numbers (1), private numbers and contracts (2)"), 0, 0 },
		{ "control-room", CLI_FLAG, &o.control_room, NULL,
		  N_("one page for the control room: whom to call, what to say"), 0, 0 },
		{ "plan", CLI_TEXT, &o.plan, "ID", N_("only this plan or card"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"print",
		"SOURCE",
		N_("Make the paper folder of a kit: a PDF of A4 pages, readable in black and\n"
		   "white. Without --tier, it names no people and may lie open."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (!o.output)
		error_set(&e, ERROR_USAGE, _("where to? Name the PDF with -o"));
	else if (strlen(o.tier) != 1 || !strchr("012", o.tier[0]))
		error_set(&e, ERROR_USAGE, _("'%s' is no tier; use 0, 1 or 2"), o.tier);
	else if (o.control_room && (o.plan || o.tier[0] != '0'))
		error_set(&e, ERROR_USAGE,
			  _("the control room's sheet has no other plan and no higher tier"));
	if (e.kind || !print(argv[0], &o, &e))
		return report("kit", &e);
	return 0;
}
