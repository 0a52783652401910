/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The deadlines in the order of need, with the time that is left. */
#include <stdlib.h>
#include <string.h>

#include "handbook/deadline_text.h"
#include "handbook/pages.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

#define REFRESH_MS 15000 /* minutes are shown */

void notice_deadline(struct pages *p, struct text *notice)
{
	struct deadlines d = { 0 };
	struct error ignored = { 0 }; /* the page of deadlines says what is wrong */
	const struct deadline *next = NULL;

	if (p->view.db && deadlines_read(&d, &p->book, &p->view, &ignored))
		next = deadlines_next(&d);
	if (next)
		frame_add_deadline(notice, next->title, next->due_ms, book_now_ms(&p->book));
	deadlines_release(&d);
}

/* The page while it is made: what each entry opens. */
struct listing {
	struct deadlines d;
	struct ui_item *items;
	const char **opens; /* the id of a deadline; "" the start, NULL the clock */
	size_t count, item_capacity, open_capacity;
	struct arena memory;
};

static void add_item(struct listing *l, struct ui_item item, const char *opens)
{
	mem_grow(&l->items, &l->item_capacity, l->count + 1, sizeof(*l->items));
	mem_grow(&l->opens, &l->open_capacity, l->count + 1, sizeof(*l->opens));
	l->items[l->count] = item;
	l->opens[l->count++] = opens;
}

static void listing_release(struct listing *l)
{
	free(l->items);
	free(l->opens);
	arena_release(&l->memory);
	deadlines_release(&l->d);
	*l = (struct listing){ 0 };
}

static const char *heading(const struct deadline *d)
{
	static const char *const headings[] = {
		[DEADLINE_OPEN] = N_("Not started"),
		[DEADLINE_RUNNING] = N_("Running"),
		[DEADLINE_DONE] = N_("Done"),
		[DEADLINE_NOT_APPLICABLE] = N_("Does not apply"),
	};

	return deadline_at_once(d) ? _("At once") : _(headings[d->state]);
}

static const char *kept(struct listing *l, struct text *words)
{
	const char *copy = arena_string(&l->memory, text_end(words));

	text_release(words);
	return copy;
}

/* When it became known: the first thing to enter, and the start of most. */
static void add_awareness(struct pages *p, struct listing *l)
{
	struct error ignored = { 0 }; /* then it is asked once more */
	const struct deadline *first = NULL;
	struct text words = { 0 };
	char when[BERLIN_WORDS];
	int64_t ms = 0;

	for (size_t i = 0; !first && i < l->d.count; i++)
		if (strcmp(l->d.list[i].starts_at, "awareness") == 0)
			first = &l->d.list[i];
	if (!first)
		return;
	if (deadline_event_time(first, &l->d, &p->view, &ms, &ignored) && ms)
		text_addf(&words, _("entered: %s"), berlin_words(when, ms));
	else
		text_add(&words, _("starts all deadlines that count from it"));
	add_item(l,
		 (struct ui_item){ .label = _("Enter when it became known"),
				   .detail = kept(l, &words) },
		 "");
}

static bool listing_load(struct listing *l, struct pages *p, struct error *e)
{
	int64_t now_ms = book_now_ms(&p->book);
	const char *above = "";

	if (!deadlines_read(&l->d, &p->book, &p->view, e))
		return false;
	add_awareness(p, l);
	for (size_t i = 0; i < l->d.count; i++) {
		const struct deadline *d = &l->d.list[i];
		struct text words = { 0 };

		if (strcmp(above, heading(d)) != 0) {
			above = heading(d);
			add_item(l, (struct ui_item){ .label = NULL }, NULL);
			add_item(l, (struct ui_item){ .label = above, .heading = true }, NULL);
		}
		deadline_add_brief(d, now_ms, &words);
		add_item(l, (struct ui_item){ .label = d->title, .detail = kept(l, &words) },
			 d->id);
	}
	add_item(l, (struct ui_item){ .label = NULL }, NULL);
	add_item(l, (struct ui_item){ .label = _("Confirm the time"), .detail = "" }, NULL);
	return true;
}

bool page_deadlines(struct pages *p)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;
	bool open = true;

	while (open && r != UI_BACK && r != UI_CLOSED) {
		struct listing l = { 0 };
		struct error e = { 0 };
		struct text intro = { 0 };

		pages_refresh(p);
		pages_frame(p);
		if (!listing_load(&l, p, &e)) {
			listing_release(&l);
			pages_error(p, _("Deadlines"), &e);
			return true;
		}
		text_addf(&intro, "%s\n",
			  _("Hours run through nights and weekends. When in doubt, "
			    "report early."));
		deadline_add_zone(&p->book, &intro);
		clock_add_words(&p->book.clock, &intro);
		const struct ui_list list = {
			.title = _("Deadlines"),
			.intro = text_end(&intro),
			.items = l.items,
			.count = l.count,
			.footer = "",
			.refresh_ms = ui_is_plain(p->ui) ? 0 : REFRESH_MS,
		};

		if (selected >= l.count)
			selected = 0;
		r = ui_list(p->ui, &list, &selected);
		text_release(&intro);
		if (r == UI_CHOSEN && !l.opens[selected])
			open = page_clock(p);
		else if (r == UI_CHOSEN && !*l.opens[selected])
			open = page_deadline_start(p, "awareness");
		else if (r == UI_CHOSEN)
			open = page_deadline(p, l.opens[selected]);
		listing_release(&l);
	}
	return open && r != UI_CLOSED;
}
