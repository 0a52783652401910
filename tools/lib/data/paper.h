/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PAPER_H
#define LIB_DATA_PAPER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * Flowing text on A4 pages: headings, paragraphs, tables whose head is repeated,
 * forms, contents with page numbers. A heading never stands alone at the foot of
 * a page and a table's row is not split, unless it is longer than a page.
 *
 * The document is drawn by one function, which is called several times: page
 * numbers that it asks for are those of the call before, until they no longer
 * change. It must do the same each time.
 *
 * Texts: "**" switches bold on and off; a line break is kept, an empty line parts
 * paragraphs, "- " begins a point, PAPER_SMALL a line in small type, PAPER_BIG one
 * in large. U+00A0 is a space at which no line is broken. Texts are copied.
 */
#define PAPER_SMALL "\x1f"
#define PAPER_BIG "\x1e"

struct paper_frame {
	const char *title, *author; /* of the document */
	const char *date;           /* "2026-11-01", the only time in the file */
	const char *footer;         /* left foot of each page; the right one numbers it */
	const char *mark;           /* on a black band at the top of each page, or "" */
	bool one_page;              /* set it smaller, with less, until it fits on one */
};

enum paper_style {
	PAPER_BODY,   /* 10.5 pt */
	PAPER_NOTE,   /* 9 pt */
	PAPER_STRONG, /* 10.5 pt, bold */
	PAPER_LARGE,  /* 13 pt */
	PAPER_HUGE,   /* 20 pt, bold */
	PAPER_STYLES  /* how many */
};

struct paper;

/* Draw the document and add the file's bytes to `out`; *pages is how many it has. False
 * also if it does not fit on its one page. */
__attribute__((warn_unused_result))
bool paper_bytes(const struct paper_frame *frame, void (*draw)(struct paper *p, const void *with),
		 const void *with, struct text *out, size_t *pages, struct error *e);

/* The same to the file `path`, whole or not at all. */
__attribute__((warn_unused_result))
bool paper_write(const struct paper_frame *frame, void (*draw)(struct paper *p, const void *with),
		 const void *with, const char *path, struct error *e);

/* What follows begins a page, unless nothing stands on this one yet. */
void paper_page(struct paper *p);
/* From the next page on: what stands in the header at the right, and a box below
 * it ("PROTECTED", and what follows from that). NULL or "": none. */
void paper_section(struct paper *p, const char *name);
void paper_banner(struct paper *p, const char *word, const char *hint);

/* Levels 1 to 3. With a key, it is found by paper_page_of() and, at level 1 and 2,
 * stands in the contents. It stays with what follows. */
void paper_heading(struct paper *p, int level, const char *text, const char *key);
void paper_contents(struct paper *p);
size_t paper_page_of(const struct paper *p, const char *key); /* 0: no such heading */

void paper_text(struct paper *p, enum paper_style style, const char *text);
void paper_space(struct paper *p, double points);

/* What is written in between stays on one page, if it is not longer. */
void paper_keep(struct paper *p);
void paper_loose(struct paper *p);

/* A table. Its columns share the width; they are borrowed until the end. Titles
 * may be NULL in all columns: no head. */
enum paper_rules {
	PAPER_RULED, /* a hairline below each row */
	PAPER_GRID,  /* all around each cell: to be filled in by hand */
	PAPER_PLAIN, /* one line at the top, rows close together */
};
struct paper_column {
	const char *title;
	double share;
	enum paper_style style;
	enum { PAPER_WORDS, PAPER_TICK } what; /* a box to tick if the cell says anything */
};
void paper_table(struct paper *p, const struct paper_column *columns, size_t count,
		 enum paper_rules rules);
/* One cell per column; a cell NULL is empty. At least `height` points high. */
void paper_row(struct paper *p, const char *const *cells, double height);
void paper_table_end(struct paper *p);

/* Forms: a labelled line to write on, of half the width or all of it; empty lines;
 * a box to tick with words. Two half fields in succession share a line. */
void paper_field(struct paper *p, const char *label, bool whole);
void paper_lines(struct paper *p, size_t count);
void paper_tick(struct paper *p, const char *text);

/* How hard a one-page document must save space: 0 not at all, up to PAPER_TIGHTEST. */
#define PAPER_TIGHTEST 5
unsigned paper_tight(const struct paper *p);

#endif
