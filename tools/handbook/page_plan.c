/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan on the screen: its steps to choose from, what became of each, what is due. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/pages.h"
#include "handbook/plan_text.h"
#include "handbook/show.h"
#include "handbook/steps.h"
#include "lib/base/language.h"

#define WHOLE (-1)

/* The page in one piece: entries, and for each the number of its step. */
struct plan_page {
	struct pages *pages;
	const char *id;
	int64_t now_ms;
	struct steps steps;
	struct ui_item *items;
	int64_t *numbers; /* 0: a heading; WHOLE: the plan as a text */
	size_t count, item_capacity, number_capacity;
	struct arena memory;
};

static void add_item(struct plan_page *c, struct ui_item item, int64_t nr)
{
	mem_grow(&c->items, &c->item_capacity, c->count + 1, sizeof(*c->items));
	mem_grow(&c->numbers, &c->number_capacity, c->count + 1, sizeof(*c->numbers));
	c->items[c->count] = item;
	c->numbers[c->count++] = nr;
}

/* Title and introduction of a phase, without the mark of a heading. */
static bool add_phase(struct plan_page *c, int64_t phase, struct error *e)
{
	struct text out = { 0 };
	bool ok = plan_add_phase(&c->pages->book, c->id, phase, &out, e);
	char *words = mem_string(text_end(&out)), *rest = NULL;

	for (char *line = strtok_r(words, "\n", &rest); ok && line;
	     line = strtok_r(NULL, "\n", &rest)) {
		const char *label = strncmp(line, "# ", 2) == 0 ? line + 2 : line;

		if (c->count && label != line)
			add_item(c, (struct ui_item){ .label = NULL }, 0);
		add_item(c,
			 (struct ui_item){ .label = arena_string(&c->memory, label),
					   .heading = true },
			 0);
	}
	free(words);
	text_release(&out);
	return ok;
}

/* "[x] TASK: Netz trennen", and beside it who, what became of it, or by when. */
static void add_step(struct plan_page *c, struct db_statement *s)
{
	int64_t nr = db_number(s, 0);
	const struct step_now *now = step_now(&c->steps, nr);
	struct text label = { 0 }, detail = { 0 };

	text_addf(&label, "%s %s: ", step_mark(now->state), book_step_label(db_text(s, 2)));
	book_add_words(&c->pages->book, db_text(s, 1), &label);
	if (now->state == STEP_OPEN && *db_text(s, 3))
		book_add_name(&c->pages->book, KIT_ROLE, db_text(s, 3), &detail);
	step_add_state(now, c->now_ms, &detail);
	if (!db_is_null(s, 4) && now->state != STEP_DONE && now->state != STEP_NOT_APPLICABLE) {
		text_add(&detail, detail.len ? ", " : "");
		step_add_due(&c->steps, (size_t)nr, db_number(s, 4), c->now_ms, &detail);
	}
	add_item(c,
		 (struct ui_item){ .label = arena_string(&c->memory, text_end(&label)),
				   .detail = arena_string(&c->memory, text_end(&detail)) },
		 nr);
	text_release(&label);
	text_release(&detail);
}

static bool load_steps(struct plan_page *c, struct error *e)
{
	struct db_statement *s = db_prepare(c->pages->book.db,
					    "SELECT nr, text, kind, ifnull(r, ''), by_min, phase"
					    " FROM step WHERE plan_id = ?1 ORDER BY nr",
					    e);
	int64_t phase = 0;
	bool row = true, ok = s != NULL;

	if (s)
		db_bind_text(s, 1, c->id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		while (ok && phase < db_number(s, 5))
			ok = add_phase(c, ++phase, e);
		if (ok)
			add_step(c, s);
	}
	db_finish(s);
	return ok;
}

/* Below the steps, where it moves no number. */
static void add_whole(struct plan_page *c)
{
	add_item(c, (struct ui_item){ .label = NULL }, 0);
	add_item(c,
		 (struct ui_item){ .label = _("Read the whole plan"),
				   .detail = _("all that its steps say, as one text") },
		 WHOLE);
}

static bool load(struct plan_page *c, struct error *e)
{
	struct db_statement *s = book_ask(
		&c->pages->book, "SELECT ifnull(max(nr), 0) FROM step WHERE plan_id = ?", c->id, e);
	size_t last = s ? (size_t)db_number(s, 0) : 0;

	db_finish(s);
	pages_refresh(c->pages);
	c->now_ms = book_now_ms(&c->pages->book);
	if (!s || !steps_load(&c->steps, &c->pages->book, &c->pages->view, c->id, last, e) ||
	    !load_steps(c, e))
		return false;
	add_whole(c);
	return true;
}

static void unload(struct plan_page *c)
{
	free(c->items);
	free(c->numbers);
	arena_release(&c->memory);
	steps_release(&c->steps);
	*c = (struct plan_page){ .pages = c->pages, .id = c->id };
}

static enum ui_result show(struct plan_page *c, size_t *selected)
{
	struct book *b = &c->pages->book;
	struct text title = { 0 }, intro = { 0 }, footer = { 0 };
	struct error e = { 0 };
	enum ui_result r = UI_BACK;

	if (plan_add_head(b, c->id, &intro, &e) && plan_add_phase(b, c->id, 0, &intro, &e) &&
	    plan_add_tail(b, c->id, &footer, &e)) {
		book_add_name(b, KIT_PLAN, c->id, &title);
		const struct ui_list list = {
			.title = text_end(&title),
			.intro = pages_without_title(text_end(&intro)),
			.items = c->items,
			.count = c->count,
			.footer = text_end(&footer),
			.refresh_ms = 60 * 1000,
		};

		if (*selected >= c->count)
			*selected = 0;
		/* At first the bar stands on the first step that is still open. */
		for (size_t i = *selected; *selected == 0 && i < c->count; i++)
			if (c->numbers[i] > 0 &&
			    step_now(&c->steps, c->numbers[i])->state == STEP_OPEN)
				*selected = i;
		r = ui_list(c->pages->ui, &list, selected);
	} else {
		pages_error(c->pages, _("Plan"), &e);
	}
	text_release(&title);
	text_release(&intro);
	text_release(&footer);
	return r;
}

static enum ui_result read_whole(struct plan_page *c)
{
	struct book *b = &c->pages->book;
	enum ui_result r;

	do {
		struct text title = { 0 }, out = { 0 };
		struct error e = { 0 };

		(void)pages_frame(c->pages);
		book_add_name(b, KIT_PLAN, c->id, &title);
		if (book_show_plan(b, c->id, &out, &e)) {
			r = ui_text(c->pages->ui, text_end(&title),
				    pages_without_title(text_end(&out)));
		} else {
			pages_error(c->pages, text_end(&title), &e);
			r = UI_BACK;
		}
		text_release(&title);
		text_release(&out);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

/* What an entry opens; UI_CLOSED if the terminal is gone. */
static enum ui_result open_entry(struct plan_page *c, int64_t number)
{
	char step[96];

	if (number == WHOLE)
		return read_whole(c) == UI_CLOSED ? UI_CLOSED : UI_CHOSEN;
	snprintf(step, sizeof(step), "%s/%lld", c->id, (long long)number);
	return page_step(c->pages, step) ? UI_CHOSEN : UI_CLOSED;
}

bool page_plan(struct pages *p, const char *id)
{
	struct plan_page c = { .pages = p, .id = id };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct error e = { 0 };

		if (!load(&c, &e)) {
			pages_error(p, _("Plan"), &e);
			r = UI_BACK;
		} else {
			(void)pages_frame(p);
			r = show(&c, &selected);
		}
		if (r == UI_CHOSEN && selected < c.count && c.numbers[selected])
			r = open_entry(&c, c.numbers[selected]);
		unload(&c);
	}
	return r != UI_CLOSED;
}
