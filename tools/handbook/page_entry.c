/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing into the journal: an entry, a decision, what was on paper, a correction. */
#include <stdio.h>
#include <string.h>

#include "handbook/log.h"
#include "handbook/page_entry.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define WORDS 2048 /* bytes of one typed line */

/* What has been typed so far. All of it stays while the type is changed; of each type only what
 * it asks for is recorded. */
struct draft {
	struct pages *pages;
	const char *about, *begun; /* what it is about, what the text begins with; or "" */
	struct log_entry entry;
	char text[WORDS], reason[WORDS], alternatives[WORDS];
	char addressee[128], due[64], event[64];
	char happened[256];       /* how `event` was understood, in words */
	int64_t event_up, due_up; /* when those were typed, by a clock that nobody sets */
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

/* What it was when something was typed, by the clock as it is confirmed now: "17:00" is not
 * tomorrow's because the next question was answered after five. */
static int64_t now_at(struct draft *d, int64_t up_ms)
{
	return book_now_ms(&d->pages->book) - (clock_up_ms() - up_ms);
}

static bool check_due(void *context, const char *typed, struct error *e)
{
	struct draft *d = context;

	d->due_up = clock_up_ms();
	return !*typed || log_due_parse(typed, now_at(d, d->due_up), &d->entry.due_ms, e);
}

static bool check_event(void *context, const char *typed, struct error *e)
{
	struct draft *d = context;
	char words[BERLIN_WORDS];
	bool guessed = false;

	d->event_up = clock_up_ms();
	if (!log_event_parse(typed, now_at(d, d->event_up), &d->entry.event_ms, &guessed, e))
		return false;
	snprintf(d->happened, sizeof(d->happened), "%s: %s%s%s", _("Happened"),
		 berlin_words(words, d->entry.event_ms), guessed ? "\n" : "",
		 guessed ? _("The day was not typed in full; this one was taken.") : "");
	return true;
}

/* One question of an entry. All words are message ids. */
struct question {
	const char *intro, *prompt;
	bool optional;
	bool (*check)(void *context, const char *typed, struct error *e);
	char *typed;
	size_t size;
};
#define QUESTIONS_MAX 4

/* What a type asks for, in this order; how many there are. */
static size_t add_questions(struct draft *d, struct question *q)
{
	size_t n = 0;

	if (d->entry.paper)
		q[n++] = (struct question){
			N_("When did it happen? As it stands on the paper: 04:10, 25.11. 22:30."),
			N_("Time"),
			false,
			check_event,
			d->event,
			sizeof(d->event)
		};
	q[n++] = (struct question){ d->entry.paper ? d->happened : d->about,
				    N_("Text"),
				    false,
				    check_text,
				    d->text,
				    sizeof(d->text) };
	if (d->entry.type == LOG_DECISION) {
		q[n++] = (struct question){
			N_("Why this, and not otherwise? Without a reason it is no decision."),
			N_("Reason"),
			true, /* the check says why nothing is not enough */
			check_reason,
			d->reason,
			sizeof(d->reason)
		};
		q[n++] = (struct question){ N_("What else was thought of? Enter alone: nothing."),
					    N_("Alternatives"),
					    true,
					    NULL,
					    d->alternatives,
					    sizeof(d->alternatives) };
	}
	if (d->entry.type == LOG_ORDER) {
		q[n++] =
			(struct question){ N_("Who is to do it?"), N_("For"),           false, NULL,
					   d->addressee,           sizeof(d->addressee) };
		q[n++] = (struct question){
			N_("By when? 17:00, 27.11. 09:00. Enter alone: no time."),
			N_("Due"),
			true,
			check_due,
			d->due,
			sizeof(d->due)
		};
	}
	return n;
}

static enum ui_result ask(struct draft *d, const char *title, const struct question *q)
{
	const struct ui_line line = { .title = title,
				      .intro = q->intro,
				      .prompt = q->prompt,
				      .optional = q->optional,
				      .context = d,
				      .check = q->check };

	return pages_ask(d->pages, &line, q->typed, q->size);
}

/* One question after the other; back goes to the one before, with what was typed there. */
static enum ui_result ask_all(struct draft *d, const char *title)
{
	struct question q[QUESTIONS_MAX];
	size_t count = add_questions(d, q), i = 0;

	while (i <= count) {
		enum ui_result r = i < count ? ask(d, title, &q[i]) : pages_ask_author(d->pages);

		if (r == UI_BACK && i > 0)
			i--;
		else if (r == UI_CHOSEN)
			i++;
		else
			return r;
	}
	return UI_CHOSEN;
}

/* Times anew: the clock may have been confirmed since they were typed. */
static bool set_times(struct draft *d, struct error *e)
{
	bool guessed;

	d->entry.event_ms = d->entry.due_ms = 0;
	if (d->entry.paper &&
	    !log_event_parse(d->event, now_at(d, d->event_up), &d->entry.event_ms, &guessed, e))
		return false;
	return d->entry.type != LOG_ORDER || !*d->due ||
	       log_due_parse(d->due, now_at(d, d->due_up), &d->entry.due_ms, e);
}

static bool record_draft(struct draft *d, const char *title)
{
	const bool decision = d->entry.type == LOG_DECISION, order = d->entry.type == LOG_ORDER;
	struct error e = { 0 };
	struct text words = { 0 };
	struct message m = { 0 };
	bool ok;

	text_addf(&words, "%s%s", d->begun, d->text);
	d->entry.text = text_end(&words);
	d->entry.reason = decision ? d->reason : "";
	d->entry.alternatives = decision ? d->alternatives : "";
	d->entry.addressee = order ? d->addressee : "";
	d->entry.author = d->pages->author;
	ok = set_times(d, &e) && log_entry_event(&d->entry, &m, &e);
	if (ok)
		ok = pages_record(d->pages, &m);
	else
		pages_error(d->pages, _(title), &e);
	explicit_bzero(&m, sizeof(m));
	text_release(&words);
	return ok;
}

/* What could not be recorded is asked once more, with all that was typed. */
static enum ui_result write_draft(struct draft *d, const char *title)
{
	enum ui_result r;

	do {
		r = ask_all(d, title);
	} while (r == UI_CHOSEN && !record_draft(d, title));
	return r;
}

enum ui_result page_decision(struct pages *p, const char *about, const char *begun)
{
	struct draft d = { .pages = p, .about = about, .begun = begun, .entry = LOG_ENTRY };
	enum ui_result r;

	if (!page_clock_once(p))
		return UI_CLOSED;
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

	/* Times that are typed are read by the clock that is confirmed, not by the PC's. */
	if (!page_clock_once(p))
		return false;
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
			/* Back from the first question: the type may have been the wrong one. */
			r = r == UI_BACK ? UI_REDRAW : r;
		}
	} while (r == UI_REDRAW || r == UI_REFRESH);
	explicit_bzero(&d, sizeof(d));
	return r != UI_CLOSED;
}
