/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One page on a full screen: the frame around its body, and the keys of every page. */
#include "lib/ui/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define TEXT_COLUMNS 100u /* longer lines are hard to follow with the eye */
#define MARGIN 2u
#define NOTICES 4      /* lines of the notice, each with a strip of its own */
#define ROOMY_ROWS 16u /* from here on there is air around the title */
#define LITTLE_BELOW 2 /* rows */
#define RULE 0x2500u   /* a thin line: in every console font here */

/* The strips: a line of the notice each; what is folded is moved in. */
static void fold_notice(struct page *p, unsigned rows)
{
	size_t most = rows / 3 > NOTICES ? rows / 3 : NOTICES;
	const char *s = p->ui->notice;

	fold_release(&p->notice);
	p->warnings = 0;
	for (int i = 0; i < NOTICES && *s; i++) {
		size_t n = strcspn(s, "\n"), first = p->notice.count, length = n;
		const char *words = s;
		bool warns = ui_warns(&words, &length);
		char *line = mem_string_n(words, length);

		fold_words(&p->notice, line, p->rows.columns - 4);
		free(line);
		for (size_t k = first; k < p->notice.count; k++) {
			p->notice.lines[k].indent = k > first ? 2 : 0;
			if (warns && k < 32)
				p->warnings |= UINT32_C(1) << k;
		}
		s += n + (s[n] == '\n');
	}
	if (p->notice.count > most)
		p->notice.count = most;
}

bool page_measure(struct page *p)
{
	unsigned before = p->rows.columns, height = p->height;
	unsigned rows, columns, row = 1, foot = 2;

	screen_size(p->ui->screen, &rows, &columns);
	p->screen_rows = rows;
	p->rows.columns = columns > TEXT_COLUMNS + 2 * MARGIN ? TEXT_COLUMNS
			  : columns > 24 + 2 * MARGIN         ? columns - 2 * MARGIN
							      : columns;
	p->left = (columns - p->rows.columns) / 2;
	if (p->beside) {
		p->left = p->beside + MARGIN;
		p->rows.columns = columns > p->left ? columns - p->left : 1;
	}
	fold_notice(p, rows);
	fold_release(&p->words);
	if (p->status[0])
		fold_words(&p->words, p->status, p->rows.columns - 6);
	row += p->notice.count ? (unsigned)p->notice.count : 1;
	row += rows >= ROOMY_ROWS;
	p->title_row = row++;
	row += rows >= ROOMY_ROWS;
	p->prompt_row = row;
	if (p->prompt)
		row += 2;
	p->body_row = row;
	foot += p->words.count > 1 ? (unsigned)p->words.count - 1 : 0;
	p->foot_row = rows > foot ? rows - foot : 0;
	p->height = p->foot_row > row ? p->foot_row - row : 1;
	return p->rows.columns != before || p->height != height;
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
		bool warns = i < 32 && (p->warnings >> i & 1);
		enum screen_style style = warns ? SCREEN_WARN : SCREEN_STRIP;

		screen_fill(s, 1 + i, p->left, columns, style, ' ');
		screen_write(s, 1 + i, p->left + 1 + p->notice.lines[i].indent, columns - 1, style,
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
static void paint_prompt(struct page *p)
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
	p->cursor_column = used + 1 + (unsigned)text_width(typed) + spaces;
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
	if (r->style == ROW_TYPED) {
		screen_fill(s, y, p->left, columns, SCREEN_BAR, ' ');
		screen_write(s, y, p->left + r->indent, r->columns, SCREEN_BAR, r->text);
		return;
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
		{ "F6", p->show, p->show != NULL },
		{ "F7", p->ui->offer ? _(p->ui->offer) : "", p->ui->offer != NULL },
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
	unsigned y = p->foot_row, columns = p->rows.columns;

	screen_fill(s, y, p->left, columns, SCREEN_FAINT, RULE);
	for (size_t i = 0; i < p->words.count; i++) {
		const char *words = p->words.lines[i].text;

		/* One row of words stands on the rule, several in its place. */
		if (p->words.count > 1)
			screen_fill(s, y, p->left, columns, SCREEN_BAR, ' ');
		else
			screen_fill(s, y, p->left + 2, (unsigned)text_width(words) + 2, SCREEN_BAR,
				    ' ');
		screen_write(s, y++, p->left + 3, columns - 4, SCREEN_BAR, words);
	}
	if (p->words.count == 0 && p->top + p->height < p->rows.count) {
		char more[80];

		snprintf(more, sizeof(more), _(" ▼ more below (%zu) "),
			 p->rows.count - p->top - p->height);
		screen_write(s, y, p->left + 2, columns - 2, SCREEN_ACCENT, more);
	}
	paint_keys(p);
}

void page_scroll_to_bar(struct page *p)
{
	size_t first, last;

	if (p->selected == NO_ITEM || !rows_of_item(&p->rows, p->selected, &first, &last))
		return;
	/* The little that stands below it stays in sight: "Yes" below "No". */
	if (p->rows.count - last <= LITTLE_BELOW + 1)
		last = p->rows.count - 1;
	page_scroll_to_row(p, last);
	page_scroll_to_row(p, first);
	/* Headings above it, up to the first row of all, come along if they fit. */
	while (p->top > 0 && p->rows.row[p->top - 1].item == NO_ITEM &&
	       last < p->top - 1 + p->height)
		p->top--;
}

void page_scroll_to_row(struct page *p, size_t row)
{
	if (row >= p->top + p->height)
		p->top = row - p->height + 1;
	if (row < p->top)
		p->top = row;
}

void page_clamp_top(struct page *p)
{
	if (p->rows.count <= p->height)
		p->top = 0;
	else if (p->top > p->rows.count - p->height)
		p->top = p->rows.count - p->height;
}

void page_paint(struct page *p)
{
	bool cursor = p->prompt != NULL;
	unsigned row = p->prompt_row;

	page_clamp_top(p);
	screen_clear(p->ui->screen);
	paint_head(p);
	if (p->prompt)
		paint_prompt(p);
	for (unsigned y = 0; y < p->height && p->top + y < p->rows.count; y++)
		paint_row(p, p->body_row + y, &p->rows.row[p->top + y]);
	if (p->draw)
		p->draw(p, p->drawn);
	paint_foot(p);
	if (p->cursor && p->cursor_row >= p->top && p->cursor_row < p->top + p->height) {
		cursor = true;
		row = p->body_row + (unsigned)(p->cursor_row - p->top);
	}
	screen_show(p->ui->screen, cursor ? (int)row : -1, (int)(p->left + p->cursor_column));
}

void page_release(struct page *p)
{
	rows_release(&p->rows);
	fold_release(&p->notice);
	fold_release(&p->words);
}

uint32_t page_key(struct page *p, unsigned refresh_ms)
{
	for (;;) {
		unsigned wait_ms, tick_ms;

		if (ui_tick(p->ui, &tick_ms))
			return PRESS_TICK;
		wait_ms = refresh_ms > p->waited_ms ? refresh_ms - p->waited_ms : 0;
		if (tick_ms && (wait_ms == 0 || tick_ms < wait_ms))
			wait_ms = tick_ms;
		uint32_t key = screen_key(p->ui->screen, wait_ms);

		p->waited_ms += wait_ms;
		if (key == PRESS_NOTHING && (refresh_ms == 0 || p->waited_ms < refresh_ms))
			continue;
		p->waited_ms = 0;
		if (key != PRESS_NOTHING) {
			p->status[0] = '\0';
			ui_touched(p->ui);
		}
		return key;
	}
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
	case PRESS_OFFER:
		return FUNCTION_OFFER;
	case PRESS_FACE:
		return FUNCTION_FACE;
	default:
		return FUNCTION_NONE;
	}
}

bool page_common_key(struct page *p, uint32_t key, enum ui_result *result)
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

void page_scroll(struct page *p, uint32_t key)
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
	page_clamp_top(p);
}
