/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables, and what is filled in by hand. */
#include <stdlib.h>

#include "lib/data/paper_inside.h"

#define PAD_X 4.0
#define PAD_Y 3.0
#define PAD_PLAIN 0.8

static double column_width(const struct table *t, size_t i)
{
	return WIDTH * t->columns[i].share / t->total;
}

static void column_rules(const struct table *t, struct flow *f, double height)
{
	double x = 0;

	for (size_t i = 0; t->grid && i <= t->count; i++) {
		flow_add_rule(f, x, 0, 0, height, 0.6, PDF_BLACK);
		x += i < t->count ? column_width(t, i) : 0;
	}
}

static void make_head(struct paper *p, struct table *t)
{
	struct flow *h = &t->head, cell;
	double height = 0, x = 0;

	if (!t->columns[0].title)
		return;
	flow_add_line(h, 0);
	for (size_t i = 0; i < t->count; i++, x += column_width(t, i - 1)) {
		double y = 2;

		cell = (struct flow){ .pdf = p->pdf, .memory = &p->memory, .scale = h->scale };
		cell.scale *= 0.79; /* of the strong style: 8.3 pt */
		flow_add_text(&cell, PAPER_STRONG, x + (t->grid || i ? PAD_X : 0),
			      column_width(t, i) - PAD_X * (t->grid || i ? 1.5 : 0.5),
			      t->columns[i].title);
		for (size_t l = 0; l < cell.count; l++) {
			for (struct flow_item *k = cell.lines[l].items; k; k = k->next) {
				struct flow_item *copy = flow_add_item(h);

				*copy = *k;
				copy->next = NULL;
				copy->y += y;
			}
			y += cell.lines[l].height;
		}
		height = y > height ? y : height;
		free(cell.lines);
	}
	height += 3;
	flow_add_rule(h, 0, height, WIDTH, 0, t->grid ? 0.6 : 0.9, PDF_BLACK);
	if (t->grid) {
		flow_add_rule(h, 0, 0, WIDTH, 0, 0.6, PDF_BLACK);
		column_rules(t, h, height);
	}
	h->lines[0].height = height;
	h->lines[0].head = true;
}

void paper_table(struct paper *p, const struct paper_column *columns, size_t count,
		 enum paper_rules rules)
{
	struct table *t = &p->table;
	bool grid = rules == PAPER_GRID;

	if (!p->keep && !p->glue)
		paper_flush(p);
	*t = (struct table){ .columns = columns, .count = count, .grid = grid };
	t->plain = rules == PAPER_PLAIN;
	t->head = (struct flow){ .pdf = p->pdf, .memory = &p->memory, .scale = p->block.scale };
	for (size_t i = 0; i < count; i++)
		t->total += columns[i].share;
	make_head(p, t);
	if (t->head.count) {
		*flow_add_line(&p->block, 0) = t->head.lines[0];
	} else {
		flow_add_line(&p->block, 1);
		flow_add_rule(&p->block, 0, 1, WIDTH, 0, 0.6, grid ? PDF_BLACK : PDF_LIGHT);
	}
	p->half = 0;
	p->glue = true;
}

static void add_cell(struct paper *p, const struct table *t, size_t i, const char *text,
		     struct flow *cell)
{
	double x = 0, inner = t->grid || i ? PAD_X : 0;

	for (size_t k = 0; k < i; k++)
		x += column_width(t, k);
	*cell = (struct flow){ .pdf = p->pdf, .memory = &p->memory, .scale = p->block.scale };
	if (!text || !*text)
		return;
	if (t->columns[i].what == PAPER_TICK) {
		struct flow_item *box;

		flow_add_line(cell, 14 * cell->scale);
		box = flow_add_item(cell);
		*box = (struct flow_item){ .what = FLOW_BOX,
					   .x = x + inner,
					   .y = 2 * cell->scale,
					   .w = 10 * cell->scale,
					   .h = 10 * cell->scale,
					   .size = 0.9 };
		return;
	}
	flow_add_text(cell, t->columns[i].style, x + inner, column_width(t, i) - inner - PAD_X / 2,
		      text);
}

/* Take the items of a cell's line over, moved down. */
static void move_items(struct flow *to, const struct flow_line *line, double down)
{
	for (struct flow_item *i = line->items, *next; i; i = next) {
		struct flow_item *copy = flow_add_item(to);

		next = i->next;
		*copy = *i;
		copy->next = NULL;
		copy->y += down;
	}
}

/* A row of more than a page goes line by line. */
static void add_long_row(struct paper *p, const struct table *t, const struct flow *cells)
{
	size_t lines = 0;

	for (size_t i = 0; i < t->count; i++)
		lines = cells[i].count > lines ? cells[i].count : lines;
	for (size_t l = 0; l < lines; l++) {
		double height = 0;

		flow_add_line(&p->block, 0);
		for (size_t i = 0; i < t->count; i++) {
			if (l >= cells[i].count)
				continue;
			move_items(&p->block, &cells[i].lines[l], 0);
			height = cells[i].lines[l].height > height ? cells[i].lines[l].height
								   : height;
		}
		p->block.lines[p->block.count - 1].height = height;
		column_rules(t, &p->block, height);
	}
}

static void add_row(struct paper *p, const struct table *t, const struct flow *cells, double height)
{
	flow_add_line(&p->block, height);
	for (size_t i = 0; i < t->count; i++) {
		double y = (t->plain ? PAD_PLAIN : PAD_Y) * p->block.scale;

		for (size_t l = 0; l < cells[i].count; l++) {
			move_items(&p->block, &cells[i].lines[l], y);
			y += cells[i].lines[l].height;
		}
	}
	column_rules(t, &p->block, height);
	if (!t->plain)
		flow_add_rule(&p->block, 0, height, WIDTH, 0, t->grid ? 0.6 : 0.4,
			      t->grid ? PDF_BLACK : PDF_LIGHT);
}

void paper_row(struct paper *p, const char *const *texts, double height)
{
	const struct table *t = &p->table;
	struct flow *cells = mem_array(t->count, sizeof(*cells));
	double pad = 2 * (t->plain ? PAD_PLAIN : PAD_Y) * p->block.scale;

	for (size_t i = 0; i < t->count; i++) {
		add_cell(p, t, i, texts[i], &cells[i]);
		if (flow_height(&cells[i]) + pad > height)
			height = flow_height(&cells[i]) + pad;
	}
	if (height > BOTTOM - TOP - MARK - 80)
		add_long_row(p, t, cells);
	else
		add_row(p, t, cells, height);
	for (size_t i = 0; i < t->count; i++)
		free(cells[i].lines);
	free(cells);
	paper_block_end(p);
}

void paper_table_end(struct paper *p)
{
	bool plain = p->table.plain;

	if (!p->keep)
		paper_flush(p);
	free(p->table.head.lines);
	p->table = (struct table){ 0 };
	paper_add_space(p, plain ? 4 : 8);
	paper_block_end(p);
}

/* Forms. */

void paper_field(struct paper *p, const char *label, bool whole)
{
	struct flow words = { .pdf = p->pdf, .memory = &p->memory, .scale = p->block.scale };
	double x = 0, width = WIDTH, y = 0, height;
	size_t at = p->half;

	if (!whole) {
		width = WIDTH / 2 - 8;
		x = at ? WIDTH / 2 + 8 : 0;
	}
	if (whole || !at) {
		if (!p->keep && !p->glue)
			paper_flush(p);
		flow_add_line(&p->block, 0);
	}
	flow_add_text(&words, PAPER_NOTE, x, width, label);
	for (size_t l = 0; l < words.count; l++) {
		move_items(&p->block, &words.lines[l], y);
		y += words.lines[l].height;
	}
	height = y + 19 * p->block.scale;
	flow_add_rule(&p->block, x, height - 3, width, 0, 0.6, PDF_BLACK);
	if (height > p->block.lines[p->block.count - 1].height)
		p->block.lines[p->block.count - 1].height = height;
	free(words.lines);
	if (whole || at) {
		paper_block_end(p);
	} else {
		p->half = p->block.count;
		p->glue = true;
	}
}

void paper_lines(struct paper *p, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		flow_add_line(&p->block, 24 * p->block.scale);
		flow_add_rule(&p->block, 0, 21 * p->block.scale, WIDTH, 0, 0.6, PDF_BLACK);
		paper_block_end(p);
	}
}

void paper_tick(struct paper *p, const char *text)
{
	struct flow words = { .pdf = p->pdf, .memory = &p->memory, .scale = p->block.scale };
	struct flow_item *box;

	flow_add_text(&words, PAPER_BODY, 18, WIDTH - 18, text);
	for (size_t l = 0; l < words.count; l++)
		*flow_add_line(&p->block, 0) = words.lines[l];
	if (words.count) {
		size_t last = p->block.count;

		p->block.count = last - words.count + 1;
		box = flow_add_item(&p->block);
		p->block.count = last;
		*box = (struct flow_item){
			.what = FLOW_BOX, .y = 2.3, .w = 10, .h = 10, .size = 0.9
		};
	}
	free(words.lines);
	paper_add_space(p, 3);
	paper_block_end(p);
}
