/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws a document on A4 pages. */
#include "lib/data/document_inside.h"
#include "lib/data/paper.h"

#define GRID_ROW 34.0 /* points: room for handwriting */
#define TICK_SHARE 20.0

static void draw_table(struct paper *p, const struct document *d, size_t at, size_t rows)
{
	const struct document_block *t = &d->blocks[at];
	struct paper_column columns[DOCUMENT_COLUMNS_MAX];
	bool head = false;

	for (size_t c = 0; c < t->count; c++) {
		const char *title = t->columns[c].title;

		columns[c] = (struct paper_column){
			.title = title ? title : "",
			.share = title ? t->columns[c].share : TICK_SHARE,
			.style = t->columns[c].strong ? PAPER_STRONG : PAPER_BODY,
			.what = title ? PAPER_WORDS : PAPER_TICK,
		};
		head = head || (title && *title);
	}
	for (size_t c = 0; c < t->count && !head; c++)
		columns[c].title = NULL;
	paper_table(p, columns, t->count, t->rules == DOCUMENT_GRID ? PAPER_GRID : PAPER_RULED);
	for (size_t r = 0; r < rows; r++)
		paper_row(p, d->blocks[at + 1 + r].cells, t->rules == DOCUMENT_GRID ? GRID_ROW : 0);
	paper_table_end(p);
}

static size_t rows_after(const struct document *d, size_t at)
{
	size_t n = 0;

	while (at + 1 + n < d->count && d->blocks[at + 1 + n].what == BLOCK_ROW)
		n++;
	return n;
}

static void draw(struct paper *p, const void *with)
{
	const struct document *d = with;

	for (size_t i = 0; i < d->count; i++) {
		const struct document_block *b = &d->blocks[i];
		size_t rows;

		switch (b->what) {
		case BLOCK_HEADING:
			paper_heading(p, b->level, b->cells[0], NULL);
			break;
		case BLOCK_TEXT:
			paper_text(p, PAPER_BODY, b->cells[0]);
			break;
		case BLOCK_FIELD:
			paper_field(p, b->cells[0], b->whole);
			break;
		case BLOCK_TABLE:
			rows = rows_after(d, i);
			draw_table(p, d, i, rows);
			i += rows;
			break;
		case BLOCK_ROW: /* drawn with its table */
			break;
		}
	}
}

bool document_pdf(const struct document *d, struct document_made *made, struct error *e)
{
	const struct paper_frame frame = {
		.title = d->facts.title,
		.author = d->facts.author,
		.date = d->facts.date,
		.footer = d->facts.footer,
		.mark = d->facts.mark,
	};

	return paper_bytes(&frame, draw, d, &made->bytes, &made->pages, e);
}
