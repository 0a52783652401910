/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pages on a full screen to be read by a telephone's camera, or across a room. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/data/qr.h"
#include "lib/ui/dial.h"
#include "lib/ui/page.h"

#define UPPER_HALF 0x2580u
#define LOWER_HALF 0x2584u
#define CAPTION_LEAST 24u /* columns beside a code; narrower, nobody reads it */
#define QUIET_LEAST 2     /* modules; see choose() */

/* Show a page that any key leaves. */
static bool leaves(struct page *p, enum ui_result *result)
{
	uint32_t key = page_key(p, 0);

	*result = UI_BACK;
	return key != PRESS_TICK &&
	       (page_common_key(p, key, result) || key < PRESS_FIRST || key == PRESS_ACCEPT);
}

/* How a code is drawn. */
struct code {
	const struct qr *qr;
	unsigned scale; /* columns of a module, and half rows */
	unsigned quiet; /* light modules around it */
};

static unsigned code_columns(const struct code *c)
{
	return (c->qr->side + 2 * c->quiet) * c->scale;
}

static unsigned code_rows(const struct code *c)
{
	return (code_columns(c) + 1) / 2;
}

/* One row of a terminal is two rows of modules. Dark is what the terminal leaves dark:
 * black where there are colours, else not lit; light is white, else reverse. */
static void draw_code(struct page *p, const void *what)
{
	static const struct {
		uint32_t c;
		enum screen_style style;
	} cells[2][2] = { { { ' ', SCREEN_PAPER }, { LOWER_HALF, SCREEN_PAPER } },
			  { { UPPER_HALF, SCREEN_PAPER }, { ' ', SCREEN_NORMAL } } };
	const struct code *c = what;
	int quiet = (int)c->quiet, scale = (int)c->scale;
	unsigned above = (p->screen_rows - code_rows(c)) / 2;

	for (unsigned y = 0; y < code_rows(c); y++) {
		for (unsigned x = 0; x < code_columns(c); x++) {
			int mx = (int)x / scale - quiet, my = (int)y * 2 / scale - quiet;
			bool upper = qr_is_dark(c->qr, mx, my);
			bool lower = qr_is_dark(c->qr, mx, ((int)y * 2 + 1) / scale - quiet);

			screen_fill(p->ui->screen, above + y, x, 1, cells[upper][lower].style,
				    cells[upper][lower].c);
		}
	}
}

/* Lay out the page beside the code. False: it does not fit on this screen. */
static bool lay_out_code(struct page *p, const struct code *c, const char *caption, unsigned rows,
			 unsigned columns)
{
	if (code_rows(c) > rows || code_columns(c) + CAPTION_LEAST > columns)
		return false;
	p->beside = code_columns(c);
	page_measure(p);
	rows_clear(&p->rows);
	rows_text(&p->rows, caption);
	return p->rows.count <= p->height;
}

/* The largest that fits with its caption. The standard asks for four light modules
 * around a code (ISO/IEC 18004, 5.3.7); telephones read it with two, and on 25 rows
 * that is what lets versions 6 and 7 fit at all. Everything around it is black, so
 * there is no other edge that could be taken for its own. */
static bool choose(struct page *p, struct code *c, const char *caption)
{
	unsigned rows, columns;

	screen_size(p->ui->screen, &rows, &columns);
	c->quiet = QR_QUIET;
	for (c->scale = 2 * rows / c->qr->side; c->scale > 1; c->scale--)
		if (lay_out_code(p, c, caption, rows, columns))
			return true;
	for (c->scale = 1; c->quiet >= QUIET_LEAST; c->quiet--)
		if (lay_out_code(p, c, caption, rows, columns))
			return true;
	return false;
}

unsigned full_qr_side_max(struct ui *ui)
{
	unsigned rows, columns;

	screen_size(ui->screen, &rows, &columns);
	return qr_side_max(columns > CAPTION_LEAST ? columns - CAPTION_LEAST : 0, rows);
}

enum ui_result full_qr(struct ui *ui, const char *title, const struct qr *qr, const char *caption,
		       const char *words)
{
	struct code code = { .qr = qr };
	struct page p = {
		.ui = ui, .title = title, .selected = NO_ITEM, .draw = draw_code, .drawn = &code
	};
	enum ui_result result;
	bool fits;

	do {
		p.back = _("back");
		fits = choose(&p, &code, caption);
		if (fits)
			page_paint(&p);
	} while (fits && !leaves(&p, &result));
	page_release(&p);
	if (!fits) {
		char *text = mem_format("%s\n\n%s",
					_("The QR code does not fit on this screen. Make the "
					  "letters smaller (F5), or type this:"),
					words);

		result = full_message(ui, title, text);
		free(text);
	}
	return result;
}

/* Figures of 3 x 5 modules, a row each, the left one in bit 2. */
#define FIGURE_COLUMNS 3u
#define FIGURE_ROWS 5u
static const struct figure {
	char c;
	unsigned char row[FIGURE_ROWS];
} figures[] = {
	{ '0', { 7, 5, 5, 5, 7 } }, { '1', { 2, 6, 2, 2, 7 } }, { '2', { 7, 1, 7, 4, 7 } },
	{ '3', { 7, 1, 7, 1, 7 } }, { '4', { 5, 5, 7, 1, 1 } }, { '5', { 7, 4, 7, 1, 7 } },
	{ '6', { 7, 4, 7, 5, 7 } }, { '7', { 7, 1, 1, 1, 1 } }, { '8', { 7, 5, 7, 5, 7 } },
	{ '9', { 7, 5, 7, 1, 7 } }, { '+', { 0, 2, 7, 2, 0 } }, { '*', { 0, 5, 2, 5, 0 } },
	{ '#', { 5, 7, 5, 7, 5 } },
};

static const struct figure *figure_of(char c)
{
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
		if (figures[i].c == c)
			return &figures[i];
	return NULL;
}

/* A number in large figures. */
struct large {
	char groups[80]; /* divided by one space each */
	unsigned scale;  /* rows of a module; it is twice as many columns wide */
};

/* As dial_add() divides it; false if there is a sign that has no figure. */
static bool divide(struct large *l, const char *number)
{
	struct text text = { 0 };
	size_t n = 0;
	bool known = true;

	dial_add(&text, number);
	for (const char *s = text_end(&text); *s; s++) {
		bool gap = strchr(" -/().", *s) != NULL;

		known = known && (gap || figure_of(*s)) && n < sizeof(l->groups) - 1;
		if (known && !(gap && (n == 0 || l->groups[n - 1] == ' ')))
			l->groups[n++] = gap ? ' ' : *s;
	}
	l->groups[n - (n > 0 && l->groups[n - 1] == ' ')] = '\0';
	text_release(&text);
	return known && l->groups[0];
}

/* Columns of n figures in a row, without the gap after them. */
static unsigned figures_columns(const struct large *l, size_t n)
{
	return (unsigned)(n * (FIGURE_COLUMNS + 1) - 1) * 2 * l->scale;
}

/* Bytes of the groups, from s on, that fit side by side; 0: not even one does. */
static size_t take_groups(const struct large *l, const char *s, unsigned columns)
{
	size_t fit = 0;

	for (size_t n = 0; s[n];) {
		n += strspn(s + n, " ");
		n += strcspn(s + n, " ");
		if (figures_columns(l, n) > columns)
			break;
		fit = n;
	}
	return fit;
}

/* Rows that the number takes; 0: it is too wide. */
static unsigned large_rows(const struct large *l, unsigned columns)
{
	unsigned rows = 0;

	for (const char *s = l->groups; *s; s += *s == ' ') {
		size_t n = take_groups(l, s, columns);

		if (n == 0)
			return 0;
		rows += (FIGURE_ROWS + 1) * l->scale;
		s += n;
	}
	return rows - l->scale;
}

static void draw_figure(struct page *p, unsigned y, unsigned x, const struct figure *f,
			unsigned scale)
{
	for (unsigned row = 0; row < FIGURE_ROWS * scale; row++)
		for (unsigned column = 0; column < FIGURE_COLUMNS; column++)
			if (f->row[row / scale] >> (FIGURE_COLUMNS - 1 - column) & 1)
				screen_fill(p->ui->screen, y + row, x + column * 2 * scale,
					    2 * scale, SCREEN_PAPER, ' ');
}

static void draw_large(struct page *p, const void *what)
{
	const struct large *l = what;
	unsigned y = p->body_row;

	for (const char *s = l->groups; *s; s += *s == ' ') {
		size_t n = take_groups(l, s, p->rows.columns);

		for (size_t i = 0; i < n; i++)
			if (s[i] != ' ')
				draw_figure(p, y, p->left + figures_columns(l, i) + 2 * l->scale,
					    figure_of(s[i]), l->scale);
		y += (FIGURE_ROWS + 1) * l->scale;
		s += n;
	}
}

/* The largest figures that fit into the body, above the number as usual. */
static bool lay_out_large(struct page *p, struct large *l)
{
	page_measure(p);
	for (l->scale = p->height; l->scale > 0; l->scale--) {
		unsigned rows = large_rows(l, p->rows.columns);

		if (rows == 0 || rows + 2 > p->height)
			continue;
		rows_clear(&p->rows);
		for (unsigned i = 0; i < rows + 1; i++)
			rows_empty(&p->rows);
		rows_text(&p->rows, l->groups);
		return p->rows.count <= p->height;
	}
	return false;
}

enum ui_result full_large(struct ui *ui, const char *name, const char *number)
{
	struct large large = { .scale = 1 };
	struct page p = {
		.ui = ui, .title = name, .selected = NO_ITEM, .draw = draw_large, .drawn = &large
	};
	bool fits = divide(&large, number);
	enum ui_result result;

	do {
		p.back = _("back");
		fits = fits && lay_out_large(&p, &large);
		if (fits)
			page_paint(&p);
	} while (fits && !leaves(&p, &result));
	page_release(&p);
	return fits ? result : full_message(ui, name, number);
}
