/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One deadline: does it apply, until when, to whom; and what a person decides about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/deadline_change.h"
#include "handbook/deadline_text.h"
#include "handbook/pages.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define TYPED 512  /* bytes of a line that is asked for */
#define ENTRIES 12 /* of the page, at most */

/* Before an entry: who writes, once, and what time it is, once in a shift. */
static enum ui_result begin(struct pages *p)
{
	enum ui_result r = pages_ask_author(p);

	if (r == UI_CHOSEN && !page_clock_once(p))
		return UI_CLOSED;
	return r;
}

static bool is_as_before(const struct deadlines *now, const struct deadline *before)
{
	struct error ignored = { 0 };
	const struct deadline *d = deadlines_find(now, before->id, &ignored);

	return d && d->state == before->state && d->start_ms == before->start_ms &&
	       d->due_ms == before->due_ms;
}

/* Does what was decided rest on what is so now? While one person typed, another one may have
 * decided: that is said, and the page shows it, before anything stands above it. */
static bool is_up_to_date(struct pages *p, const struct changes *c)
{
	struct deadlines now = { 0 };
	struct error e = { 0 };
	bool same;

	pages_refresh(p);
	same = deadlines_read(&now, &p->book, &p->view, &e);
	for (size_t i = 0; same && i < c->count; i++)
		same = is_as_before(&now, c->list[i].deadline);
	deadlines_release(&now);
	if (e.kind)
		pages_error(p, _("Deadlines"), &e);
	else if (!same)
		ui_message(p->ui, _("This was not recorded"),
			   _("Somebody else has entered something about this deadline meanwhile. "
			     "Look at how it stands now, then decide."));
	return same;
}

/* Append all events of a decision, or none where one of them would not count. */
static void record(struct pages *p, const struct changes *c)
{
	if (!is_up_to_date(p, c))
		return;
	for (size_t i = 0; i < c->count; i++)
		if (!pages_counts(p, &c->list[i].event))
			return;
	for (size_t i = 0; i < c->count; i++)
		if (!pages_record(p, &c->list[i].event))
			return;
}

/* What a change does, line by line. */
static void add_changes(const struct changes *c, struct text *out)
{
	for (size_t i = 0; i < c->count; i++) {
		char words[BERLIN_WORDS];

		text_addf(out, "- %s: ", c->list[i].deadline->title);
		if (c->list[i].due_ms)
			text_addf(out, _("due %s"), berlin_words(words, c->list[i].due_ms));
		else
			text_add(out, c->list[i].deadline->text);
		text_add(out, "\n");
	}
}

static bool start_makes_sense(void *context, const char *typed, struct error *e)
{
	struct pages *p = context;
	struct start_time start;

	return change_start_typed(typed, book_now_ms(&p->book), &start, e);
}

/* The time of a start, shown with all that follows from it before it is entered. */
static enum ui_result ask_start(struct pages *p, const struct deadline *one, char *typed)
{
	enum ui_result r;

	do {
		struct text intro = { 0 };

		text_addf(&intro, "%s: %s", _("The clock starts"),
			  deadline_start_words(one->starts_at));
		text_addf(
			&intro, "\n%s",
			_("Type the day and the time, like 23.10.2026 17:30. Only 17:30 means the "
			  "last time that it was 17:30. All deadlines that start like that are "
			  "shown before anything is entered."));
		const struct ui_line line = {
			.title = _("When did it start?"),
			.intro = text_end(&intro),
			.prompt = _("Day and time"),
			.context = p,
			.check = start_makes_sense,
		};

		pages_frame(p);
		r = ui_line(p->ui, &line, typed, TYPED);
		text_release(&intro);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

static enum ui_result confirm_start(struct pages *p, const struct start_time *start,
				    const struct changes *c)
{
	enum ui_result r;

	do {
		struct text question = { 0 };
		char words[BERLIN_WORDS];

		text_addf(&question, _("Start: %s"), berlin_words(words, start->ms));
		if (start->guessed)
			text_addf(&question, "\n%s",
				  _("The day was not typed in full; this one was taken."));
		if (start->twice)
			text_addf(&question, "\n%s", _(BERLIN_TWICE));
		text_add(&question, "\n\n");
		add_changes(c, &question);
		text_addf(&question, "\n%s", _("Enter it like that?"));
		pages_frame(p);
		r = ui_confirm(p->ui, _("When did it start?"), text_end(&question));
		text_release(&question);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

static bool start(struct pages *p, const struct deadlines *d, const struct deadline *one)
{
	char typed[TYPED] = "";
	enum ui_result r = begin(p);
	const struct change_words words = { .author = p->author };

	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	do {
		struct start_time start_at;
		struct changes c = { 0 };
		struct error e = { 0 };

		r = ask_start(p, one, typed);
		if (r != UI_CHOSEN)
			break;
		if (!change_start_typed(typed, book_now_ms(&p->book), &start_at, &e) ||
		    !change_start(&c, d, one, start_at.ms, &words, &e))
			pages_error(p, one->title, &e);
		else if ((r = confirm_start(p, &start_at, &c)) == UI_CHOSEN)
			record(p, &c);
		changes_release(&c);
	} while (r == UI_BACK); /* from the question: to the line, with what was typed */
	return r != UI_CLOSED;
}

bool page_deadline_start(struct pages *p, const char *starts_at)
{
	struct deadlines d = { 0 };
	struct error e = { 0 };
	bool open = true;
	size_t i = 0;

	if (!deadlines_read(&d, &p->book, &p->view, &e)) {
		pages_error(p, _("Deadlines"), &e);
		return true;
	}
	/* Whichever of them can still be started stands for all. */
	while (i < d.count &&
	       (strcmp(d.list[i].starts_at, starts_at) != 0 || d.list[i].state == DEADLINE_DONE ||
		d.list[i].state == DEADLINE_NOT_APPLICABLE))
		i++;
	if (i < d.count)
		open = start(p, &d, &d.list[i]);
	else
		ui_message(p->ui, _("Deadlines"),
			   _("All of these deadlines are decided: done, or they do not apply. Open "
			     "one and take that back to enter another time."));
	deadlines_release(&d);
	return open;
}

static enum ui_result ask_words(struct pages *p, const struct deadline *one, const char *intro,
				const char *prompt, bool optional, char *typed)
{
	const struct ui_line line = {
		.title = one->title,
		.intro = intro,
		.prompt = prompt,
		.optional = optional,
	};

	return pages_ask(p, &line, typed, TYPED);
}

/* A day that was not typed is shown before it counts. */
static enum ui_result confirm_reported(struct pages *p, const struct deadline *one, int64_t ms)
{
	enum ui_result r;

	do {
		struct text question = { 0 };
		char words[BERLIN_WORDS];

		text_addf(&question, _("Reported: %s"), berlin_words(words, ms));
		text_addf(&question, "\n%s\n\n%s",
			  _("The day was not typed in full; this one was taken."),
			  _("Enter it like that?"));
		pages_frame(p);
		r = ui_confirm(p->ui, one->title, text_end(&question));
		text_release(&question);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

/* When it was reported matters only where another deadline begins with it. */
static enum ui_result ask_reported(struct pages *p, const struct deadlines *d,
				   const struct deadline *one, int64_t *ms)
{
	const struct ui_line line = {
		.title = one->title,
		.intro = N_(
			"When was it reported? Another deadline begins with this report. Nothing "
			"typed means now."),
		.prompt = N_("Day and time"),
		.optional = true,
		.context = p,
		.check = start_makes_sense,
	};
	struct start_time reported = { 0 };
	char typed[TYPED] = "";
	struct error e = { 0 };
	enum ui_result r;
	bool starts = false;

	for (size_t i = 0; i < d->count; i++)
		starts = starts || deadline_starts(d, one, &d->list[i]);
	*ms = book_now_ms(&p->book);
	if (!starts)
		return UI_CHOSEN;
	do {
		r = pages_ask(p, &line, typed, sizeof(typed));
		if (r != UI_CHOSEN || !*typed)
			return r;
		if (change_start_typed(typed, book_now_ms(&p->book), &reported, &e))
			*ms = reported.ms;
	} while (reported.guessed && (r = confirm_reported(p, one, *ms)) == UI_BACK);
	return r;
}

static bool done(struct pages *p, const struct deadlines *d, const struct deadline *one)
{
	char typed[TYPED] = "";
	struct changes c = { 0 };
	struct error e = { 0 };
	enum ui_result r = begin(p);
	int64_t ms = 0;

	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	r = ask_words(p, one,
		      N_("Which reference number did the other side give, and who took the report? "
			 "Nothing typed means: none."),
		      N_("Reference"), true, typed);
	r = r == UI_CHOSEN ? ask_reported(p, d, one, &ms) : r;
	if (r == UI_CHOSEN) {
		const struct change_words words = { .reference = typed, .author = p->author };

		if (change_done(&c, d, one, ms, &words, &e))
			record(p, &c);
		else
			pages_error(p, one->title, &e);
	}
	explicit_bzero(typed, sizeof(typed));
	changes_release(&c);
	return r != UI_CLOSED;
}

static bool not_applicable(struct pages *p, const struct deadlines *d, const struct deadline *one)
{
	char typed[TYPED] = "";
	struct changes c = { 0 };
	struct error e = { 0 };
	enum ui_result r = begin(p);

	(void)d;
	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	r = ask_words(
		p, one,
		N_("Why does it not apply here? The reason is kept in the journal; this can be "
		   "taken back later."),
		N_("Reason"), false, typed);
	if (r == UI_CHOSEN) {
		const struct change_words words = { .reason = typed, .author = p->author };

		if (change_not_applicable(&c, one, &words, &e))
			record(p, &c);
		else
			pages_error(p, one->title, &e);
	}
	explicit_bzero(typed, sizeof(typed));
	changes_release(&c);
	return r != UI_CLOSED;
}

static bool reopen(struct pages *p, const struct deadlines *d, const struct deadline *one)
{
	enum ui_result r = begin(p);
	const struct change_words words = { .author = p->author };
	struct changes c = { 0 };
	struct error e = { 0 };
	int64_t ms = 0;

	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	if (deadline_event_time(one, d, &p->view, &ms, &e) &&
	    change_reopen(&c, one, ms, &words, &e))
		record(p, &c);
	else
		pages_error(p, one->title, &e);
	changes_release(&c);
	return true;
}

static bool show_recipient(struct pages *p, const struct deadlines *d, const struct deadline *one)
{
	(void)d;
	return page_show(p, KIT_ORGANISATION, one->recipient);
}

static bool show_form(struct pages *p, const struct deadlines *d, const struct deadline *one)
{
	(void)d;
	return page_show(p, KIT_FORM, one->form);
}

static bool is_open(const struct deadline *d)
{
	return d->state == DEADLINE_OPEN || d->state == DEADLINE_RUNNING;
}

static bool is_decided(const struct deadline *d)
{
	return !is_open(d);
}

static bool has_recipient(const struct deadline *d)
{
	return *d->recipient;
}

static bool has_form(const struct deadline *d)
{
	return *d->form;
}

static const struct entry {
	const char *label, *detail;
	bool (*offered)(const struct deadline *one);
	bool (*run)(struct pages *p, const struct deadlines *d, const struct deadline *one);
} entries[] = {
	{ N_("Enter when it started"), N_("also starts the others that count from it"), is_open,
	  start },
	{ N_("It is reported: done"), N_("with the reference number"), is_open, done },
	{ N_("It does not apply here"), N_("with the reason"), is_open, not_applicable },
	{ N_("Take that back"), N_("it is open again, and runs on from its start"), is_decided,
	  reopen },
	{ N_("Reach the recipient"), "", has_recipient, show_recipient },
	{ N_("Show the form"), "", has_form, show_form },
};

/* The page once: what it says and offers; then what was chosen is done. */
static enum ui_result show_once(struct pages *p, const struct deadlines *d,
				const struct deadline *one, size_t *selected)
{
	const struct entry *means[ENTRIES] = { NULL };
	struct ui_item items[ENTRIES] = { { 0 } };
	struct text above = { 0 }, below = { 0 };
	size_t count = 0;
	enum ui_result r;

	deadline_add_head(&p->book, one, book_now_ms(&p->book), &above);
	deadline_add_body(&p->book, one, &below);
	deadline_add_history(&p->view, one, &below);
	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		if (!entries[i].offered(one))
			continue;
		means[count] = &entries[i];
		items[count++] = (struct ui_item){
			.label = _(entries[i].label),
			.detail = *entries[i].detail ? _(entries[i].detail) : "",
		};
	}
	const struct ui_list list = {
		.title = one->title,
		.intro = text_end(&above),
		.items = items,
		.count = count,
		.footer = text_end(&below),
		.refresh_ms = ui_is_plain(p->ui) ? 0 : 15000,
	};

	if (*selected >= count)
		*selected = 0;
	pages_frame(p);
	r = ui_list(p->ui, &list, selected);
	text_release(&above);
	text_release(&below);
	if (r == UI_CHOSEN && !means[*selected]->run(p, d, one))
		r = UI_CLOSED;
	return r;
}

bool page_deadline(struct pages *p, const char *id)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct deadlines d = { 0 };
		struct error e = { 0 };
		const struct deadline *one = NULL;

		pages_refresh(p);
		if (deadlines_read(&d, &p->book, &p->view, &e))
			one = deadlines_find(&d, id, &e);
		if (one) {
			r = show_once(p, &d, one, &selected);
		} else {
			pages_error(p, _("Deadlines"), &e);
			r = UI_BACK;
		}
		deadlines_release(&d);
	}
	return r != UI_CLOSED;
}
