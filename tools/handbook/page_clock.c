/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time is it? Asked once per shift, answered with one key where the PC is right. */
#include <stdio.h>
#include <string.h>

#include "handbook/pages.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define SOURCES_MAX 8
#define LATER (SOURCES_MAX + 1)
#define WRONG SOURCES_MAX

/* Record it, and say what follows where the PC was wrong. */
static void confirm(struct pages *p, int64_t time_ms, const char *source)
{
	int64_t wrong_ms = clock_pc_ms() - time_ms;
	struct error why = { 0 };
	struct message event;
	struct text out = { 0 };

	clock_event(time_ms, source, p->author, &event);
	if (!pages_record(p, &event))
		return;
	clock_set_system(time_ms, &why); /* if not, the view's correction does */
	if (wrong_ms > -60 * 1000 && wrong_ms < 60 * 1000)
		return;
	text_add(&out, _("The PC's clock was "));
	clock_add_wrong(wrong_ms, &out);
	text_addf(&out, ".\n\n%s\n",
		  _("From now on all times are counted from the time that you confirmed, deadlines "
		    "too. What was entered before is shown with the right time and a note; it "
		    "stays in the journal as it was."));
	ui_message(p->ui, _("The time is confirmed"), text_end(&out));
	text_release(&out);
}

static bool time_makes_sense(void *context, const char *typed, struct error *e)
{
	struct pages *p = context;
	int64_t time_ms;

	return clock_typed(&p->book.clock, typed, &time_ms, e);
}

/* What the other clock shows. UI_CHOSEN: *time_ms is set. */
static enum ui_result ask_time(struct pages *p, int64_t *time_ms)
{
	const struct ui_line line = {
		.title = N_("What time is it?"),
		.intro = N_(
			"Type what the other clock shows, like 12:05, and the day as well if the "
			"PC has the wrong one: 23.10.2026 12:05."),
		.prompt = N_("Time"),
		.context = p,
		.check = time_makes_sense,
	};
	struct error e = { 0 };
	char typed[64] = "";
	enum ui_result r = pages_ask(p, &line, typed, sizeof(typed));

	if (r == UI_CHOSEN && !clock_typed(&p->book.clock, typed, time_ms, &e)) {
		pages_error(p, _("What time is it?"), &e);
		return UI_BACK;
	}
	return r;
}

/* By what. UI_CHOSEN: *source is set. */
static enum ui_result ask_source(struct pages *p, int64_t time_ms, const char **source)
{
	struct ui_item items[SOURCES_MAX] = { { 0 } };
	enum ui_result r;
	size_t count, selected = 0;
	char words[BERLIN_WORDS];

	do {
		const char *label;

		for (count = 0; clock_source(count, &label); count++)
			items[count] = (struct ui_item){ .label = _(label), .detail = "" };
		const struct ui_list list = {
			.title = _("Which clock showed it?"),
			.intro = berlin_words(words, time_ms),
			.items = items,
			.count = count,
			.footer = "",
		};

		pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	if (r == UI_CHOSEN)
		*source = clock_source(selected, &(const char *){ NULL });
	return r;
}

/* The question itself: sources by number if the PC is right, another time, or later. */
static size_t fill_items(struct ui_item *items, size_t *means)
{
	const char *label;
	size_t count = 0;

	items[count++] = (struct ui_item){ .label = _("It is right"), .heading = true };
	for (size_t i = 0; clock_source(i, &label); i++) {
		means[count] = i;
		items[count++] = (struct ui_item){ .label = _(label), .detail = "" };
	}
	items[count++] = (struct ui_item){ .label = NULL };
	means[count] = WRONG;
	items[count++] =
		(struct ui_item){ .label = _("It is wrong: enter the right time"), .detail = "" };
	means[count] = LATER;
	items[count++] =
		(struct ui_item){ .label = _("I cannot say now: go on without"), .detail = "" };
	return count;
}

bool page_clock(struct pages *p)
{
	size_t selected = 1, means[SOURCES_MAX + 4] = { 0 };
	enum ui_result r;

	do {
		struct ui_item items[SOURCES_MAX + 4] = { { 0 } };
		char words[BERLIN_WORDS];
		struct text intro = { 0 };
		int64_t now_ms = book_now_ms(&p->book), time_ms = now_ms;
		const char *source = NULL;

		text_addf(&intro, _("This PC says: %s"), berlin_words(words, now_ms));
		text_addf(&intro, "\n%s",
			  _("Compare it with a wrist watch, a radio or a telephone. Deadlines and "
			    "all entries depend on it, and clocks of PCs are often wrong."));
		if (p->book.clock.latest_ms > now_ms)
			text_addf(&intro, _("\nThis is too early: the journal has an entry of %s."),
				  berlin_words(words, p->book.clock.latest_ms));
		const struct ui_list list = {
			.title = _("What time is it?"),
			.intro = text_end(&intro),
			.items = items,
			.count = fill_items(items, means),
			.footer = "",
			.refresh_ms = ui_is_plain(p->ui) ? 0 : 5000,
		};

		pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
		text_release(&intro);
		if (r == UI_CHOSEN && means[selected] == WRONG) {
			r = ask_time(p, &time_ms);
			r = r == UI_CHOSEN ? ask_source(p, time_ms, &source) : r;
			r = r == UI_BACK ? UI_REDRAW : r; /* to the question, not away from it */
		} else if (r == UI_CHOSEN && means[selected] != LATER) {
			time_ms = book_now_ms(&p->book);
			source = clock_source(means[selected], &(const char *){ NULL });
		}
		if (r == UI_CHOSEN && source)
			confirm(p, time_ms, source);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r != UI_CLOSED;
}

bool page_clock_once(struct pages *p)
{
	const struct clock *c = &p->book.clock;

	if (!c->due || p->clock_asked == c->shift + 1)
		return true;
	p->clock_asked = c->shift + 1;
	return page_clock(p);
}
