/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PAPER_FLOW_H
#define LIB_DATA_PAPER_FLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/memory.h"
#include "lib/data/paper.h"
#include "lib/data/pdf.h"

/*
 * Text broken into lines, for lib/data/paper*.c alone. What is drawn on a line is
 * a list of items, placed relative to the left margin and to the line's top.
 */
struct flow_item {
	struct flow_item *next;
	enum { FLOW_TEXT, FLOW_RULE, FLOW_BOX, FLOW_LINK } what;
	double x, y, w, h; /* FLOW_RULE: to x + w, y + h; FLOW_TEXT: y is the baseline */
	enum pdf_face face;
	double size, grey; /* FLOW_RULE, FLOW_BOX: size is the width of the line */
	const char *text;
	size_t page; /* FLOW_LINK: where it leads */
};

struct flow_line {
	double height;
	struct flow_item *items;
	size_t heading; /* 1 + index of the heading that stands here, or 0 */
	bool space;     /* nothing but room: left out at the top of a page */
	bool head;      /* of a table */
};

/* Lines in the making. Items are in `memory`; the list is freed by the caller. */
struct flow {
	const struct pdf *pdf;
	struct arena *memory;
	double scale; /* of all sizes */
	struct flow_line *lines;
	size_t count, capacity;
};

struct flow_style {
	enum pdf_face face;
	double size, leading;
};
struct flow_style flow_style(const struct flow *f, enum paper_style style);

struct flow_line *flow_add_line(struct flow *f, double height);
/* On the last line. */
struct flow_item *flow_add_item(struct flow *f);

/* A rule on the last line, from x, y to x + w, y + h. */
void flow_add_rule(struct flow *f, double x, double y, double w, double h, double width,
		   double grey);

/* Words on the last line, with their baseline at y; returns their width. */
double flow_add_words(struct flow *f, enum pdf_face face, double size, double grey, double x,
		      double y, const char *words);

/* Break a text as paper.h describes it into lines of `width` that begin at x. */
void flow_add_text(struct flow *f, enum paper_style style, double x, double width,
		   const char *text);

double flow_height(const struct flow *f);

#endif
