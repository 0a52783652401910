/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing into the journal: an entry, a decision, what was on paper, a correction. */
#include <string.h>

#include "handbook/log.h"
#include "handbook/page_entry.h"
#include "lib/base/language.h"

#define WORDS 2048 /* bytes of one typed line */

/* What has been typed so far. */
struct draft {
	struct pages *pages;
	const char *about, *begun; /* what it is about, what the text begins with; or "" */
	struct log_entry entry;
	char text[WORDS], reason[WORDS], alternatives[WORDS];
	char addressee[128], due[64], event[64];
};

static bool check_text(void *context, const char *typed, struct error *e)
{
	(void)context;
	return *typed || error_set(e, ERROR_USAGE,
				   _("an entry needs words: what happened, what is to be done?"));
}

static bool check_reason(void *context, const char *typed, struct error *e)
{
	(void)context;
	return *typed || error_set(e, ERROR_USAGE,
				   _("a decision needs a reason: why this, and not otherwise?"));
}

static bool check_due(void *context, const char *typed, struct error *e)
{
	struct draft *d = context;

	return !*typed || log_due_parse(typed, book_now_ms(&d->pages->book), &d->entry.due_ms, e);
}

static bool check_event(void *context, const char *typed, struct error *e)
{
	struct draft *d = context;

	return log_event_parse(typed, book_now_ms(&d->pages->book), &d->entry.event_ms, e);
}

/* One question of an entry. All words are message ids. */
struct question {
	const char *intro, *prompt;
	bool optional;
	bool (*check)(void *context, const char *typed, struct error *e);
};

static enum ui_result ask(struct draft *d, const char *title, const struct question *q, char *typed,
			  size_t size)
{
	const struct ui_line line = { .title = title,
				      .intro = q->intro,
				      .prompt = q->prompt,
				      .optional = q->optional,
				      .context = d,
				      .check = q->check };

	return pages_ask(d->pages, &line, typed, size);
}

static enum ui_result ask_all(struct draft *d, const char *title)
{
	static const struct question event = {
		N_("When did it happen? As it stands on the paper: 04:10, 25.11. 22:30."),
		N_("Time"), false, check_event
	};
	const struct question text = { d->about, N_("Text"), false, check_text };
	static const struct question reason = {
		N_("Why this, and not otherwise? Without a reason it is no decision."),
		N_("Reason"), true, check_reason /* which says why nothing is not enough */
	};
	static const struct question alternatives = {
		N_("What else was thought of? Enter alone: nothing."), N_("Alternatives"), true,
		NULL
	};
	static const struct question addressee = { N_("Who is to do it?"), N_("For"), false, NULL };
	static const struct question due = {
		N_("By when? 17:00, 27.11. 09:00. Enter alone: no time."), N_("Due"), true,
		check_due
	};
	enum ui_result r = UI_CHOSEN;

	if (d->entry.paper)
		r = ask(d, title, &event, d->event, sizeof(d->event));
	if (r == UI_CHOSEN)
		r = ask(d, title, &text, d->text, sizeof(d->text));
	if (r == UI_CHOSEN && d->entry.type == LOG_DECISION)
		r = ask(d, title, &reason, d->reason, sizeof(d->reason));
	if (r == UI_CHOSEN && d->entry.type == LOG_DECISION)
		r = ask(d, title, &alternatives, d->alternatives, sizeof(d->alternatives));
	if (r == UI_CHOSEN && d->entry.type == LOG_ORDER)
		r = ask(d, title, &addressee, d->addressee, sizeof(d->addressee));
	if (r == UI_CHOSEN && d->entry.type == LOG_ORDER)
		r = ask(d, title, &due, d->due, sizeof(d->due));
	return r == UI_CHOSEN ? pages_ask_author(d->pages) : r;
}

static enum ui_result write_draft(struct draft *d, const char *title)
{
	struct error e = { 0 };
	struct text words = { 0 };
	struct message m;
	enum ui_result r = ask_all(d, title);

	if (r != UI_CHOSEN)
		return r;
	text_addf(&words, "%s%s", d->begun, d->text);
	d->entry.text = text_end(&words);
	d->entry.reason = d->reason;
	d->entry.alternatives = d->alternatives;
	d->entry.addressee = d->addressee;
	d->entry.author = d->pages->author;
	if (!log_entry_event(&d->entry, &m, &e)) {
		pages_error(d->pages, _(title), &e);
		r = UI_BACK;
	} else if (!pages_record(d->pages, &m)) {
		r = UI_BACK;
	}
	explicit_bzero(&m, sizeof(m));
	text_release(&words);
	return r;
}

enum ui_result page_decision(struct pages *p, const char *about, const char *begun)
{
	struct draft d = { .pages = p, .about = about, .begun = begun, .entry = LOG_ENTRY };
	enum ui_result r;

	if (!*about)
		d.about = N_("What was decided?");
	d.entry.type = LOG_DECISION;
	r = write_draft(&d, N_("A decision"));
	explicit_bzero(&d, sizeof(d));
	return r;
}

/* The types in words that need no explanation. */
static const char *const types[LOG_TYPES] = {
	[LOG_REPORT] = N_("what somebody told us"),      [LOG_DECISION] = N_("with its reason"),
	[LOG_ORDER] = N_("who does what by when"),       [LOG_MEASURE] = N_("what was done"),
	[LOG_OBSERVATION] = N_("what we see ourselves"), [LOG_NOTE] = N_("anything else"),
};

bool page_write(struct pages *p, bool paper, const char *corrects)
{
	struct draft d = { .pages = p, .about = "", .begun = "", .entry = LOG_ENTRY };
	const char *title = *corrects ? N_("Correct an entry")
			    : paper   ? N_("From paper")
				      : N_("Write an entry");
	size_t selected = 0;
	enum ui_result r;

	d.entry.paper = paper;
	d.entry.corrects = corrects;
	do {
		struct ui_item items[LOG_TYPES];
		const struct ui_list list = {
			.title = _(title),
			.intro = *corrects
					 ? _("The entry stays as it is. What you write now stands "
					     "beside it.")
					 : "",
			.items = items,
			.count = LOG_TYPES,
			.footer = "",
		};

		for (size_t i = 0; i < LOG_TYPES; i++)
			items[i] = (struct ui_item){ .label = log_type_label((enum log_type)i),
						     .detail = _(types[i]) };
		(void)pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN) {
			d.entry.type = (enum log_type)selected;
			r = write_draft(&d, title);
			/* Back from a question: the type may have been the wrong one. */
			r = r == UI_BACK ? UI_REDRAW : r;
		}
	} while (r == UI_REDRAW || r == UI_REFRESH);
	explicit_bzero(&d, sizeof(d));
	return r != UI_CLOSED;
}
