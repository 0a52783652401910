/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages on a full screen where one line is typed: an answer, or a passphrase. */
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ui/edit.h"
#include "lib/ui/page.h"

#define LOCKS_MS 500 /* how long a pressed caps lock may stay unnoticed */

/* A line being typed. */
struct line {
	const struct ui_line *page;
	char *typed;
	size_t size, at; /* `at`: where the cursor stands, in bytes */
	bool secret, shown;
	bool follow;  /* scroll to the cursor: the last key was one of the line's */
	bool painted; /* a secret that the screen may still hold */
};

/* What stands in the place of a secret. Not a star for each character: the length
 * would help whoever sees the screen or a photograph of it. That something was typed
 * must be seen, or one does not know whether the keys do anything. */
static const char *instead(const struct line *l)
{
	return *l->typed ? _("What you type is hidden; F6 shows it.") : _("Nothing is typed yet.");
}

static void lay_out(struct page *p, struct line *l)
{
	page_measure(p);
	rows_clear(&p->rows);
	rows_text(&p->rows, l->page->intro);
	if (p->rows.count)
		rows_empty(&p->rows);
	rows_text(&p->rows, l->page->prompt);
	if (l->secret && !l->shown)
		rows_typed(&p->rows, instead(l), 0, &p->cursor_row, &p->cursor_column);
	else
		rows_typed(&p->rows, l->typed, l->at, &p->cursor_row, &p->cursor_column);
	if (l->secret && screen_caps_lock(p->ui->screen)) {
		rows_empty(&p->rows);
		rows_text(&p->rows, _("Caps lock is on: letters come out as capitals."));
	}
	if (l->follow)
		page_scroll_to_row(p, p->cursor_row);
	l->follow = false;
}

/* One row up or down within the line, about in the same column. */
static bool move_row(struct page *p, struct line *l, uint32_t key)
{
	size_t to = p->cursor_row + (key == PRESS_DOWN) - (key == PRESS_UP);

	if (to == p->cursor_row || to >= p->rows.count || p->rows.row[to].style != ROW_TYPED)
		return false;
	const struct row *r = &p->rows.row[to];
	unsigned column = p->cursor_column - r->indent;

	/* The last place of a row that goes on belongs to the next one. */
	if (column >= r->columns && to + 1 < p->rows.count &&
	    p->rows.row[to + 1].style == ROW_TYPED)
		column = r->columns ? r->columns - 1 : 0;
	l->at = (size_t)(r->text - l->typed) +
		text_fit(r->text, column < r->columns ? column : r->columns);
	return true;
}

/* Enter: true if the line is an answer. */
static bool answers(struct page *p, struct line *l)
{
	struct error e = { 0 };

	edit_trim(l->typed);
	l->at = strlen(l->typed);
	if (!*l->typed && !l->page->optional) {
		snprintf(p->status, sizeof(p->status), "%s", _("Type something first."));
		return false;
	}
	if (!l->page->check || l->page->check(l->page->context, l->typed, &e))
		return true;
	snprintf(p->status, sizeof(p->status), "%s", e.text);
	return false;
}

static void hide(struct page *p, struct line *l)
{
	if (l->painted)
		screen_forget(p->ui->screen);
	l->shown = l->painted = false;
}

/* A key that changes the line, or moves in it; false if it has another meaning. */
static bool edits(struct page *p, struct line *l, uint32_t key)
{
	bool visible = !l->secret || l->shown;

	if ((key == PRESS_UP || key == PRESS_DOWN) && visible)
		return move_row(p, l, key);
	if (edit_line(l->typed, l->size, &l->at, key) != EDIT_NOTHING)
		return true;
	if (key < PRESS_FIRST)
		snprintf(p->status, sizeof(p->status), "%s", _("The line is full."));
	/* Whoever holds Backspace to empty the line shall not fall off the page. */
	return key < PRESS_FIRST || key == PRESS_ERASE;
}

/* Carry out a key. True if the page is over. */
static bool take_key(struct page *p, struct line *l, uint32_t key, enum ui_result *result)
{
	switch (key) {
	case PRESS_TICK:
	case PRESS_NOTHING:
	case PRESS_OTHER:
		return false;
	case PRESS_ACCEPT:
		*result = UI_CHOSEN;
		return answers(p, l);
	case PRESS_PAGE_UP:
	case PRESS_PAGE_DOWN:
		page_scroll(p, key);
		return false;
	case PRESS_SHOW:
		if (!l->shown && l->secret)
			l->shown = l->painted = true;
		else
			hide(p, l);
		return false;
	default:
		break;
	}
	if (edits(p, l, key)) {
		l->follow = true;
		return false;
	}
	/* What comes now may be another page, the other face or the end. */
	hide(p, l);
	return page_common_key(p, key, result);
}

static enum ui_result show_line(struct ui *ui, struct line *l)
{
	struct page p = { .ui = ui, .title = l->page->title, .selected = NO_ITEM, .cursor = true };
	enum ui_result result = UI_BACK;

	l->at = strlen(l->typed);
	l->follow = true;
	do {
		p.accept = _("accept");
		p.back = _("back");
		p.show = !l->secret ? NULL : l->shown ? _("hide") : _("show");
		lay_out(&p, l);
		page_paint(&p);
	} while (!take_key(&p, l, page_key(&p, l->secret ? LOCKS_MS : 0), &result));
	hide(&p, l);
	page_release(&p);
	return result;
}

enum ui_result full_line(struct ui *ui, const struct ui_line *l, char *typed, size_t size)
{
	return show_line(ui, &(struct line){ .page = l, .typed = typed, .size = size });
}

enum ui_result full_secret(struct ui *ui, const struct ui_line *l, char *typed, size_t size)
{
	return show_line(ui,
			 &(struct line){ .page = l, .typed = typed, .size = size, .secret = true });
}
