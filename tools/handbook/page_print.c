/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Printing: what, in which form, on which printer or medium. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/page_medium.h"
#include "handbook/pages.h"
#include "handbook/print.h"
#include "lib/base/language.h"
#include "lib/data/printer.h"
#include "lib/disk/broker.h"
#include "lib/ui/progress.h"

#define LOOK_MS 250       /* how often a page that waits looks again */
#define PATIENCE_MS 60000 /* how long a printer may take nothing */
#define ADDRESS_MAX 80

/* One sheet on its way out. */
struct printing {
	struct pages *pages;
	const char *what, *title;
	struct document *document;
	enum document_form form;
	struct document_made made;
	char address[ADDRESS_MAX];
};

/* How a page of this room ended. */
enum outcome { ONWARD, LEFT, GONE };

static enum outcome outcome_of(enum ui_result r)
{
	return r == UI_CLOSED ? GONE : r == UI_CHOSEN ? ONWARD : LEFT;
}

static enum outcome ask_yes(struct printing *p, const char *question)
{
	enum ui_result r;

	do {
		pages_frame(p->pages);
		r = ui_confirm(p->pages->ui, p->title, question);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return outcome_of(r);
}

struct choice {
	const char *label, *detail; /* message ids */
};

static enum outcome choose(struct printing *p, const char *intro, const struct choice *choices,
			   size_t count, size_t *selected)
{
	struct ui_item items[8] = { 0 };
	enum ui_result r;

	do {
		struct ui_list list = { .title = p->title, .items = items };

		for (size_t i = 0; i < count; i++)
			items[i] = (struct ui_item){ .label = _(choices[i].label),
						     .detail = _(choices[i].detail) };
		list.count = count;
		list.intro = _(intro);
		list.footer = "";
		pages_frame(p->pages);
		r = ui_list(p->pages->ui, &list, selected);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return outcome_of(r);
}

/* Make the bytes in a form. False: the person was told why not. */
static bool make(struct printing *p, enum document_form form)
{
	struct error e = { 0 };

	document_made_release(&p->made);
	p->form = form;
	if (document_make(p->document, form, &p->made, &e))
		return true;
	pages_error(p->pages, p->title, &e);
	return false;
}

/* As a file on a medium that the person names. */
static bool to_file(struct printing *p)
{
	char name[PRINT_NAME], *words;
	struct medium medium = { .fd = -1 };
	struct error e = { 0 };
	bool open, ok;

	open = page_medium(p->pages, p->title, &medium);
	if (medium.fd < 0)
		return open;
	pages_export(p->pages, "file", p->what, medium.words);
	ok = print_into(medium.fd, p->what, p->form, &p->made.bytes, name, &e);
	ok = medium_done(&medium, &e) && ok;
	if (ok) {
		words = mem_format(_("%s was written to %s. The medium can be taken out now."),
				   name, medium.words);
		ui_message(p->pages->ui, p->title, words);
		free(words);
	} else {
		pages_error(p->pages, p->title, &e);
	}
	return open;
}

static bool save(struct printing *p)
{
	return !make(p, DOCUMENT_PDF) || to_file(p);
}

/* Bring the wired network up, if that is ours to do: on a PC that was not started from the
 * stick it is up already. */
static enum outcome network(struct printing *p)
{
	struct broker b = BROKER_NONE;
	struct broker_network n = { .state = "starting" };
	struct error e = { 0 };
	enum ui_result r = UI_REFRESH;
	size_t selected = 0;

	if (!broker_connect(&b, &e))
		return ONWARD;
	while (r == UI_REFRESH || r == UI_REDRAW) {
		if (!broker_network(&b, &n, &e) || strcmp(n.state, "failed") == 0) {
			if (!e.kind)
				error_set(&e, ERROR_FAILED, "%s", n.note);
			pages_error(p->pages, p->title, &e);
			r = UI_BACK;
		} else if (strcmp(n.state, "up") == 0) {
			r = UI_CHOSEN;
		} else {
			const struct ui_item items[] = { { .label = _("Stop"), .detail = "" } };
			const struct ui_list list = {
				.title = p->title,
				.intro = _("The network is being switched on. Is the cable "
					   "plugged in?"),
				.items = items,
				.count = 1,
				.footer = "",
				.refresh_ms = LOOK_MS,
			};

			pages_frame(p->pages);
			r = ui_list(p->pages->ui, &list, &selected);
			r = r == UI_CHOSEN ? UI_BACK : r;
		}
	}
	broker_close(&b);
	return outcome_of(r);
}

static bool check_address(void *context, const char *typed, struct error *e)
{
	struct printer_address a;

	(void)context;
	return printer_address_parse(typed, &a, e);
}

static enum outcome ask_address(struct printing *p)
{
	const struct ui_line line = {
		.title = p->title,
		.intro = N_("The printer's address stands on its display or on its configuration "
			    "page. Names are not looked up."),
		.prompt = N_("IP address of the printer"),
		.check = check_address,
	};

	return outcome_of(pages_ask(p->pages, &line, p->address, sizeof(p->address)));
}

/* How far the job is, on a page with a way to stop it. */
static enum ui_result show_progress(struct printing *p, const struct printer_job *job)
{
	const struct ui_item items[] = { { .label = _("Stop"), .detail = "" } };
	char percent[40];
	struct text intro = { 0 };
	size_t selected = 0;
	enum ui_result r;

	snprintf(percent, sizeof(percent), "%zu %%", 100 * job->sent / job->length);
	text_addf(&intro,
		  job->state == PRINTER_CONNECTING ? _("Waiting for %s to answer")
						   : _("Printing on %s"),
		  job->to.words);
	text_addf(&intro, ": %s", percent);
	const struct ui_list list = {
		.title = p->title,
		.intro = text_end(&intro),
		.items = items,
		.count = 1,
		.footer = "",
		.refresh_ms = LOOK_MS,
	};

	pages_frame(p->pages);
	r = ui_list(p->pages->ui, &list, &selected);
	text_release(&intro);
	return r;
}

/* Send it. LEFT: it was stopped, or failed with *e. */
static enum outcome send_job(struct printing *p, struct error *e)
{
	struct printer_job job = PRINTER_JOB_NONE;
	struct printer_address to;
	enum ui_result r = UI_REFRESH;
	bool ok = printer_address_parse(p->address, &to, e);

	if (ok) {
		pages_export(p->pages, "print", p->what, to.words);
		ok = printer_begin(&job, &to, p->made.bytes.s, p->made.bytes.len, PATIENCE_MS, e);
	}
	while (ok && job.state != PRINTER_DONE && (r == UI_REFRESH || r == UI_REDRAW)) {
		/* Most jobs are gone before anybody could read a page about them. */
		for (int i = 0; ok && i < 4 && job.state != PRINTER_DONE; i++)
			ok = printer_step(&job, LOOK_MS, e);
		if (ok && job.state != PRINTER_DONE)
			r = show_progress(p, &job);
	}
	printer_end(&job);
	if (r == UI_CLOSED)
		return GONE;
	return ok && job.state == PRINTER_DONE ? ONWARD : LEFT;
}

/* What became of it, in words. */
static void say_printed(struct printing *p)
{
	struct text words = { 0 };

	text_addf(&words,
		  p->made.pages == 1 ? _("The printer has %zu page.")
				     : _("The printer has %zu pages."),
		  p->made.pages);
	text_addf(&words, "\n%s",
		  _("Fetch them at once. If nothing comes out or signs that nobody can read, "
		    "stop it at the printer and choose another form here."));
	if (p->made.lost) {
		text_add(&words, "\n");
		text_addf(
			&words,
			ngettext("%zu character is not among the printer's letters and stands "
				 "as '?'; the PDF has it",
				 "%zu characters are not among the printer's letters and stand as "
				 "'?'; the PDF has them",
				 p->made.lost),
			p->made.lost);
	}
	ui_message(p->pages->ui, p->title, text_end(&words));
	text_release(&words);
}

/* Until it is printed, given up or written to a file. */
static bool try_printer(struct printing *p)
{
	for (;;) {
		struct error e = { 0 };
		enum outcome o = ask_address(p);
		char *question;

		if (o != ONWARD)
			return o != GONE;
		o = send_job(p, &e);
		if (o == ONWARD)
			say_printed(p);
		if (o != LEFT)
			return o != GONE;
		question = mem_format("%s\n\n%s",
				      e.kind ? e.text : _("Stopped. Part of it may be printed."),
				      _("Write it to a USB stick or memory card instead?"));
		o = ask_yes(p, question);
		free(question);
		if (o == GONE)
			return false;
		if (o == ONWARD)
			return to_file(p);
	}
}

static bool to_printer(struct printing *p)
{
	static const struct choice forms[] = {
		{ N_("PDF"), N_("try this first: newer office printers print it as it is") },
		{ N_("PCL"),
		  N_("almost every office printer; plainer, letters of Western Europe") },
		{ N_("Text"), N_("if nothing else works; umlauts become ae, oe, ue") },
	};
	static const enum document_form form_of[] = { DOCUMENT_PDF, DOCUMENT_PCL,
						      DOCUMENT_LETTERS };
	size_t selected = 0;
	enum outcome o;

	o = ask_yes(p,
		    _("A printer keeps what it prints, and whoever is on its network may read "
		      "along. The network may belong to the attackers. Better: a cable from this "
		      "PC straight to the printer, or a printer that was never on the network. "
		      "It is entered in the journal. Print over the network?"));
	if (o == ONWARD)
		o = choose(p, N_("In which form?"), forms, sizeof(forms) / sizeof(forms[0]),
			   &selected);
	if (o == ONWARD && !make(p, form_of[selected]))
		o = LEFT;
	if (o == ONWARD)
		o = network(p);
	return o == ONWARD ? try_printer(p) : o != GONE;
}

/* Print a document, which it takes. `what` makes names of files. */
static bool print_made(struct pages *pages, const char *what, const char *title, struct document *d)
{
	static const struct choice ways[] = {
		{ N_("On a network printer"), N_("its IP address is needed") },
		{ N_("As a PDF file on a USB stick or memory card"),
		  N_("to be printed elsewhere") },
	};
	struct printing p = { .pages = pages, .what = what, .title = title, .document = d };
	size_t selected = 0;
	enum outcome o = ONWARD;

	while (o == ONWARD) {
		o = choose(&p, N_("How shall it be printed?"), ways, sizeof(ways) / sizeof(ways[0]),
			   &selected);
		if (o == ONWARD && !(selected == 0 ? to_printer(&p) : save(&p)))
			o = GONE;
	}
	document_made_release(&p.made);
	document_free(d);
	return o != GONE;
}

bool page_print(struct pages *p, const char *what)
{
	struct error e = { 0 };
	struct text title = { 0 };
	const struct print_from from = { &p->book, &p->view, &p->journal };
	struct document *d = NULL;
	bool open = true;

	if (print_title(&p->book, what, &title, &e))
		d = print_document(&from, what, &e);
	if (d)
		open = print_made(p, what, text_end(&title), d);
	else
		pages_error(p, _("Print"), &e);
	text_release(&title);
	return open;
}

#define SHEETS 120

/* What can be printed as a whole, then the plans and the call chains. */
struct sheets {
	struct ui_item items[SHEETS];
	const char *what[SHEETS];
	size_t count;
	struct arena memory;
};

static void add_sheet(struct sheets *s, const char *what, const char *label, bool heading)
{
	if (s->count == SHEETS)
		return;
	s->what[s->count] = arena_string(&s->memory, what);
	s->items[s->count++] = (struct ui_item){
		.label = arena_string(&s->memory, label),
		.detail = "",
		.heading = heading,
	};
}

static bool load_sheets(struct sheets *s, struct book *b, struct error *e)
{
	static const char *const headings[] = { N_("All plans"), N_("Call chains") };
	struct db_statement *rows = db_prepare(
		b->db,
		"SELECT 0, 'plan:' || plan_id, plan_id || ' ' || title FROM (SELECT plan_id, title"
		" FROM plan ORDER BY card, plan_id)"
		" UNION ALL SELECT 1, 'chain:' || chain_id, title FROM chain",
		e);
	bool row = true, ok = rows != NULL;
	int64_t group = -1;

	for (const struct print_sheet *sheet = print_sheets; sheet->what; sheet++)
		add_sheet(s, sheet->what, _(sheet->label), false);
	while (ok && (ok = db_step(rows, &row, e)) && row) {
		if (db_number(rows, 0) != group) {
			group = db_number(rows, 0);
			add_sheet(s, "", _(headings[group]), true);
		}
		add_sheet(s, db_text(rows, 1), db_text(rows, 2), false);
	}
	db_finish(rows);
	return ok;
}

bool page_prints(struct pages *p)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct sheets *s = mem_alloc(sizeof(*s));
		struct error e = { 0 };

		pages_frame(p);
		if (!load_sheets(s, &p->book, &e)) {
			pages_error(p, _("Print"), &e);
			r = UI_BACK;
		} else {
			const struct ui_list list = {
				.title = _("Print"),
				.intro = _("What shall be printed? Single entries are printed from "
					   "their own page, with F7 (in plain mode p)."),
				.items = s->items,
				.count = s->count,
				.footer = "",
			};

			selected = selected < s->count ? selected : 0;
			r = ui_list(p->ui, &list, &selected);
			if (r == UI_CHOSEN && !page_print(p, s->what[selected]))
				r = UI_CLOSED;
		}
		arena_release(&s->memory);
		free(s);
	}
	return r != UI_CLOSED;
}
