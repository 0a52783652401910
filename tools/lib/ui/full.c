/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages on a full screen: the frame around a page, and the keys. */
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ui/dial.h"
#include "lib/ui/edit.h"
#include "lib/ui/face.h"
#include "lib/ui/rows.h"

#define TEXT_COLUMNS 100u /* longer lines are hard to follow with the eye */
#define MARGIN 2u
#define NOTICE_ROWS 3
#define ROOMY_ROWS 16u /* from here on there is air around the title */
#define RULE 0x2500u   /* a thin line: in every console font here */

struct page {
	struct ui *ui;
	const char *title;
	const char *prompt, *typed; /* a line to type in, or NULL */
	bool prompt_here;           /* the cursor stands in it */
	const char *accept, *back;  /* what Enter and Esc do here, for the footer */
	char status[100];           /* on the lower rule, until the next key */
	struct folded notice;
	struct rows rows;
	size_t top;      /* first row of the body that is seen */
	size_t selected; /* the entry under the bar, or NO_ITEM */
	/* Where everything stands; measure() decides. */
	unsigned left, title_row, prompt_row, body_row, height, screen_rows;
};

/* Must come first: the width decides how everything is folded. */
static void measure(struct page *p)
{
	unsigned rows, columns, row = 1;

	screen_size(p->ui->screen, &rows, &columns);
	p->screen_rows = rows;
	p->rows.columns = columns > TEXT_COLUMNS + 2 * MARGIN ? TEXT_COLUMNS
			  : columns > 24 + 2 * MARGIN         ? columns - 2 * MARGIN
							      : columns;
	p->left = (columns - p->rows.columns) / 2;
	fold_release(&p->notice);
	if (*p->ui->notice)
		fold_words(&p->notice, p->ui->notice, p->rows.columns - 2);
	if (p->notice.count > NOTICE_ROWS)
		p->notice.count = NOTICE_ROWS;
	row += p->notice.count ? (unsigned)p->notice.count : 1;
	row += rows >= ROOMY_ROWS;
	p->title_row = row++;
	row += rows >= ROOMY_ROWS;
	p->prompt_row = row;
	if (p->prompt)
		row += 2;
	p->body_row = row;
	p->height = rows > row + 2 ? rows - row - 2 : 1;
}

static void write_masked(struct page *p, unsigned row, enum screen_style style, const char *text)
{
	struct folded line = { 0 };

	fold_words(&line, text, 0);
	screen_write(p->ui->screen, row, p->left, p->rows.columns, style, line.lines[0].text);
	fold_release(&line);
}

static void paint_head(struct page *p)
{
	struct screen *s = p->ui->screen;
	unsigned columns = p->rows.columns;

	write_masked(p, 0, SCREEN_NORMAL, p->ui->header);
	if (text_width(p->ui->header) + 14 < columns)
		screen_write(s, 0, p->left + columns - 10, 10, SCREEN_FAINT, "Blackstart");
	if (p->notice.count == 0)
		screen_fill(s, 1, p->left, columns, SCREEN_FAINT, RULE);
	for (unsigned i = 0; i < p->notice.count; i++) {
		screen_fill(s, 1 + i, p->left, columns, SCREEN_STRIP, ' ');
		screen_write(s, 1 + i, p->left + 1, columns - 1, SCREEN_STRIP,
			     p->notice.lines[i].text);
	}
	write_masked(p, p->title_row, SCREEN_STRONG, p->title);
	if (p->rows.count && p->top > 0) {
		const char *more = _("▲ more above");
		unsigned w = (unsigned)text_width(more);

		/* To the right, where it meets no title. */
		if (w + 2 < columns)
			screen_write(s, p->body_row - 1, p->left + columns - w - 2, w,
				     SCREEN_ACCENT, more);
	}
}

/* A line to type in: its end is what one sees when it is long. */
static void paint_prompt(struct page *p, unsigned *cursor)
{
	struct screen *s = p->ui->screen;
	struct folded line = { 0 };
	unsigned columns = p->rows.columns, used = (unsigned)text_width(p->prompt) + 1;
	const char *typed;

	if (used + 10 > columns)
		used = 0;
	else
		screen_write(s, p->prompt_row, p->left, used, SCREEN_ACCENT, p->prompt);
	/* fold_words() drops a space at the end, but a person wants to see it. */
	fold_words(&line, p->typed, 0);
	typed = line.lines[0].text;
	unsigned spaces = 0;
	for (size_t n = strlen(p->typed); n > 0 && p->typed[n - 1] == ' '; n--)
		spaces++;
	while (text_width(typed) + spaces + 2 > columns - used) {
		if (!*typed) {
			spaces = columns - used - 2;
			break;
		}
		text_next(&typed, typed + strlen(typed));
	}
	screen_fill(s, p->prompt_row, p->left + used, columns - used, SCREEN_BAR, ' ');
	screen_write(s, p->prompt_row, p->left + used + 1, columns - used - 1, SCREEN_BAR, typed);
	*cursor = p->left + used + 1 + (unsigned)text_width(typed) + spaces;
	fold_release(&line);
}

/* A text with its telephone numbers standing out. */
static void write_dialled(struct page *p, unsigned y, unsigned column, const char *text)
{
	struct screen *s = p->ui->screen;
	unsigned columns = p->rows.columns;
	size_t before, length;

	if (column >= columns)
		return;
	screen_write(s, y, p->left + column, columns - column, SCREEN_NORMAL, text);
	while (dial_next(text, &before, &length)) {
		char number[64];

		column += (unsigned)(text_width(text) - text_width(text + before));
		snprintf(number, sizeof(number), "%.*s", (int)length, text + before);
		if (column < columns)
			screen_write(s, y, p->left + column, columns - column, SCREEN_DIAL, number);
		column += (unsigned)length;
		text += before + length;
	}
}

static void paint_row(struct page *p, unsigned y, const struct row *r)
{
	struct screen *s = p->ui->screen;
	unsigned columns = p->rows.columns;
	bool bar = r->item != NO_ITEM && r->item == p->selected;
	enum screen_style style = bar                       ? SCREEN_BAR
				  : r->style == ROW_HEADING ? SCREEN_ACCENT
				  : r->style == ROW_OFF     ? SCREEN_FAINT
							    : SCREEN_NORMAL;

	if (bar)
		screen_fill(s, y, p->left, columns, style, ' ');
	if (r->number) {
		char number[32];

		snprintf(number, sizeof(number), "%*zu", (int)r->indent - 4, r->number);
		if (bar)
			screen_write(s, y, p->left, 2, style, "›");
		screen_write(s, y, p->left + 2, columns - 2, bar ? style : SCREEN_ACCENT, number);
	}
	if (style == SCREEN_NORMAL) {
		write_dialled(p, y, r->indent, r->text);
		write_dialled(p, y, r->detail_indent, r->detail);
		screen_write(s, y, p->left, (unsigned)r->mark, SCREEN_ACCENT, r->text);
		return;
	}
	if (r->indent < columns)
		screen_write(s, y, p->left + r->indent, columns - r->indent, style, r->text);
	if (r->detail_indent < columns)
		screen_write(s, y, p->left + r->detail_indent, columns - r->detail_indent, style,
			     r->detail);
}

/* The keys, as many as fit; the less needed ones come last. */
static void paint_keys(struct page *p)
{
	const struct ui_hooks *h = &p->ui->hooks;
	const struct {
		const char *key, *does;
		bool shown;
	} keys[] = {
		{ _("Enter"), p->accept, p->accept != NULL },
		{ _("Esc"), p->back, p->back != NULL },
		{ "F1", _("help"), true },
		{ "F2", _("language"), true },
		{ "F3", _("keyboard"), h->keyboard != NULL },
		{ "F4/F5", _("size"), h->font != NULL },
		{ "F8", _("plain"), true },
	};
	size_t count = sizeof(keys) / sizeof(keys[0]), gaps = 0;
	unsigned columns = p->rows.columns, used = 0, at = 0, gap;

	for (size_t i = 0; i < count; i++) {
		if (!keys[i].shown)
			continue;
		used += (unsigned)(text_width(keys[i].key) + 1 + text_width(keys[i].does));
		gaps++;
	}
	gap = 1;
	while (gap < 3 && used + (gaps - 1) * (gap + 1) <= columns)
		gap++;
	for (size_t i = 0; i < count; i++) {
		unsigned w;

		if (!keys[i].shown)
			continue;
		w = (unsigned)(text_width(keys[i].key) + 1 + text_width(keys[i].does));
		if (at + w > columns)
			break;
		screen_write(p->ui->screen, p->screen_rows - 1, p->left + at, w, SCREEN_ACCENT,
			     keys[i].key);
		at += (unsigned)text_width(keys[i].key) + 1;
		screen_write(p->ui->screen, p->screen_rows - 1, p->left + at, w, SCREEN_NORMAL,
			     keys[i].does);
		at += (unsigned)text_width(keys[i].does) + gap;
	}
}

static void paint_foot(struct page *p)
{
	struct screen *s = p->ui->screen;
	unsigned y = p->screen_rows - 2, columns = p->rows.columns;

	screen_fill(s, y, p->left, columns, SCREEN_FAINT, RULE);
	if (p->status[0]) {
		unsigned w = (unsigned)text_width(p->status) + 2;

		screen_fill(s, y, p->left + 2, w < columns - 2 ? w : columns - 2, SCREEN_BAR, ' ');
		screen_write(s, y, p->left + 3, columns - 4, SCREEN_BAR, p->status);
	} else if (p->top + p->height < p->rows.count) {
		char more[80];

		snprintf(more, sizeof(more), _(" ▼ more below (%zu) "),
			 p->rows.count - p->top - p->height);
		screen_write(s, y, p->left + 2, columns - 2, SCREEN_ACCENT, more);
	}
	paint_keys(p);
}

/* Scroll so that the bar is seen, and what belongs above the first entry too. */
static void scroll_to_bar(struct page *p)
{
	size_t first, last;

	if (p->selected == NO_ITEM || !rows_of_item(&p->rows, p->selected, &first, &last))
		return;
	if (last >= p->top + p->height)
		p->top = last - p->height + 1;
	if (first < p->top)
		p->top = first;
	/* Headings above it, up to the first row of all, come along if they fit. */
	while (p->top > 0 && p->rows.row[p->top - 1].item == NO_ITEM &&
	       last < p->top - 1 + p->height)
		p->top--;
}

static void clamp_top(struct page *p)
{
	if (p->rows.count <= p->height)
		p->top = 0;
	else if (p->top > p->rows.count - p->height)
		p->top = p->rows.count - p->height;
}

static void paint(struct page *p)
{
	unsigned cursor = 0;

	clamp_top(p);
	screen_clear(p->ui->screen);
	paint_head(p);
	if (p->prompt)
		paint_prompt(p, &cursor);
	for (unsigned y = 0; y < p->height && p->top + y < p->rows.count; y++)
		paint_row(p, p->body_row + y, &p->rows.row[p->top + y]);
	paint_foot(p);
	screen_show(p->ui->screen, p->prompt && p->prompt_here ? (int)p->prompt_row : -1,
		    (int)cursor);
}

static void release_page(struct page *p)
{
	rows_release(&p->rows);
	fold_release(&p->notice);
}

static enum ui_function function_of(uint32_t key)
{
	switch (key) {
	case PRESS_HELP:
		return FUNCTION_HELP;
	case PRESS_LANGUAGE:
		return FUNCTION_LANGUAGE;
	case PRESS_KEYBOARD:
		return FUNCTION_KEYBOARD;
	case PRESS_LARGER:
		return FUNCTION_LARGER;
	case PRESS_SMALLER:
		return FUNCTION_SMALLER;
	case PRESS_FACE:
		return FUNCTION_FACE;
	default:
		return FUNCTION_NONE;
	}
}

/* What is the same on every page. True if the page is over. */
static bool common_key(struct page *p, uint32_t key, enum ui_result *result)
{
	if (key == PRESS_GONE) {
		*result = UI_CLOSED;
		return true;
	}
	if (key == PRESS_NOTHING) {
		*result = UI_REFRESH;
		return true;
	}
	if (key == PRESS_ESCAPE || (key == PRESS_ERASE && !p->prompt)) {
		*result = UI_BACK;
		return true;
	}
	return ui_function(p->ui, function_of(key), result);
}

static void scroll_key(struct page *p, uint32_t key)
{
	size_t page = p->height > 2 ? p->height - 1 : 1;

	if (key == PRESS_UP)
		p->top -= p->top > 0;
	else if (key == PRESS_DOWN)
		p->top++;
	else if (key == PRESS_PAGE_UP)
		p->top -= p->top < page ? p->top : page;
	else if (key == PRESS_PAGE_DOWN || key == ' ')
		p->top += page;
	else if (key == PRESS_HOME)
		p->top = 0;
	else if (key == PRESS_END)
		p->top = p->rows.count;
	clamp_top(p);
}

/* The next entry that can be chosen, `steps` of them down (or up), or as far as
 * there are any. */
static size_t step_item(const struct ui_item *items, size_t count, size_t from, bool down,
			size_t steps)
{
	size_t at = from, last = from;

	while (steps > 0) {
		if (down ? at + 1 >= count : at == 0)
			break;
		at = down ? at + 1 : at - 1;
		if (item_choosable(&items[at])) {
			last = at;
			steps--;
		}
	}
	return last;
}

static size_t first_choosable(const struct ui_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (item_choosable(&items[i]))
			return i;
	return NO_ITEM;
}

/* Move the bar. At the ends the text around the entries scrolls instead. */
static void move_bar(struct page *p, const struct ui_item *items, size_t count, uint32_t key)
{
	size_t before = p->selected;
	bool down = key == PRESS_DOWN || key == PRESS_PAGE_DOWN || key == PRESS_END;
	size_t steps = 1;

	if (p->selected == NO_ITEM || p->selected >= count) {
		scroll_key(p, key);
		return;
	}
	if (key == PRESS_PAGE_DOWN || key == PRESS_PAGE_UP)
		steps = p->height / 2 > 1 ? p->height / 2 : 1;
	else if (key == PRESS_HOME || key == PRESS_END)
		steps = count;
	p->selected = step_item(items, count, p->selected, down, steps);
	if (p->selected == before)
		scroll_key(p, key);
	else
		scroll_to_bar(p);
}

/* A digit: the number so far, or a new one. True if it names an entry that no
 * further digit could change. */
static bool type_number(struct page *p, const struct ui_item *items, size_t count, uint32_t key,
			size_t *number)
{
	size_t numbers = item_numbers(items, count), n = *number * 10 + (key - '0');

	if (n == 0 || n > numbers)
		n = key - '0';
	if (n == 0 || n > numbers) {
		*number = 0;
		snprintf(p->status, sizeof(p->status), _("There is no number %u here."),
			 (unsigned)(key - '0'));
		return false;
	}
	size_t index = item_by_number(items, count, n);

	*number = n;
	if (items[index].off) {
		*number = n * 10 <= numbers ? n : 0;
		snprintf(p->status, sizeof(p->status), "%s", _("This entry cannot be chosen now."));
		return false;
	}
	p->selected = index;
	scroll_to_bar(p);
	if (n * 10 > numbers)
		return true;
	snprintf(p->status, sizeof(p->status), _("Number %zu: press Enter, or type on."), n);
	return false;
}

static void lay_out_list(struct page *p, const struct ui_list *list, bool find_bar)
{
	measure(p);
	rows_clear(&p->rows);
	rows_list(&p->rows, list, p->height);
	clamp_top(p);
	if (find_bar)
		scroll_to_bar(p);
}

enum ui_result full_list(struct ui *ui, const struct ui_list *list, size_t *selected)
{
	struct page p = { .ui = ui, .title = list->title, .selected = *selected };
	enum ui_result result;
	size_t number = 0;
	bool find_bar = true; /* at first, and when the size has changed */

	if (p.selected >= list->count || !item_choosable(&list->items[p.selected]))
		p.selected = first_choosable(list->items, list->count);
	p.top = ui->top_hint;
	for (;;) {
		uint32_t key;

		p.accept = p.selected == NO_ITEM ? NULL : _("choose");
		p.back = list->first_page ? NULL : _("back");
		lay_out_list(&p, list, find_bar);
		paint(&p);
		key = screen_key(ui->screen, list->refresh_ms);
		find_bar = key == PRESS_OTHER;
		if (key != PRESS_NOTHING)
			p.status[0] = '\0';
		if (number && key == PRESS_ERASE) {
			number = 0;
			continue;
		}
		/* Half a number typed: a refresh must not lose it. */
		if (number && key == PRESS_NOTHING)
			continue;
		if (key >= '0' && key <= '9') {
			if (!type_number(&p, list->items, list->count, key, &number))
				continue;
			key = PRESS_ACCEPT;
		}
		number = 0;
		result = UI_CHOSEN;
		if (key == PRESS_ACCEPT && p.selected != NO_ITEM)
			break;
		if (common_key(&p, key, &result) && !(result == UI_BACK && list->first_page))
			break;
		move_bar(&p, list->items, list->count, key);
	}
	/* A page that comes again at once keeps its place. */
	ui->top_hint = result == UI_REFRESH ? p.top : 0;
	if (p.selected != NO_ITEM)
		*selected = p.selected;
	release_page(&p);
	return result;
}

/* A text; with `any_key` every key that does not scroll ends it. */
static enum ui_result show_text(struct ui *ui, const char *title, const char *text, bool any_key)
{
	struct page p = { .ui = ui, .title = title, .selected = NO_ITEM };
	enum ui_result result = UI_BACK;

	for (;;) {
		uint32_t key;

		p.accept = any_key ? _("go on") : NULL;
		p.back = any_key ? NULL : _("back");
		measure(&p);
		rows_clear(&p.rows);
		rows_text(&p.rows, text);
		paint(&p);
		key = screen_key(ui->screen, 0);
		if (common_key(&p, key, &result))
			break;
		if (any_key && (key < PRESS_FIRST || key == PRESS_ACCEPT) &&
		    !(key == ' ' && p.top + p.height < p.rows.count))
			break;
		scroll_key(&p, key);
	}
	release_page(&p);
	return result;
}

enum ui_result full_text(struct ui *ui, const char *title, const char *text)
{
	return show_text(ui, title, text, false);
}

enum ui_result full_message(struct ui *ui, const char *title, const char *text)
{
	return show_text(ui, title, text, true);
}

enum ui_result full_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			   size_t *selected)
{
	struct page p = { .ui = ui,
			  .title = s->title,
			  .prompt = s->prompt,
			  .typed = typed,
			  .prompt_here = true,
			  .selected = *selected };
	const struct ui_item *items = NULL;
	size_t count = 0;
	enum ui_result result;

	s->search(s->context, typed, &items, &count);
	for (;;) {
		uint32_t key;

		if (p.selected >= count || !item_choosable(&items[p.selected]))
			p.selected = first_choosable(items, count);
		p.accept = p.selected == NO_ITEM ? NULL : _("choose");
		p.back = _("back");
		measure(&p);
		rows_clear(&p.rows);
		rows_items(&p.rows, items, count, ROWS_AS_GIVEN);
		scroll_to_bar(&p);
		paint(&p);
		key = screen_key(ui->screen, 0);
		result = UI_CHOSEN;
		if (key == PRESS_ACCEPT && p.selected != NO_ITEM)
			break;
		if (edit_line(typed, size, key)) {
			p.selected = NO_ITEM;
			p.top = 0;
			s->search(s->context, typed, &items, &count);
			continue;
		}
		result = UI_BACK;
		if (key == PRESS_ERASE || common_key(&p, key, &result))
			break;
		move_bar(&p, items, count, key);
	}
	if (p.selected != NO_ITEM)
		*selected = p.selected;
	release_page(&p);
	return result;
}
