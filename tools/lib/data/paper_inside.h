/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PAPER_INSIDE_H
#define LIB_DATA_PAPER_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/memory.h"
#include "lib/data/paper.h"
#include "lib/data/paper_flow.h"
#include "lib/data/pdf.h"

/* The inside of paper.h: shared by paper.c, which places blocks on pages, and
 * paper_table.c, which makes the blocks of tables and forms. */

#define LEFT 66.0 /* room for the holes of a binder */
#define RIGHT 46.0
#define WIDTH (PDF_WIDTH - LEFT - RIGHT)
#define TOP 64.0
#define BOTTOM (PDF_HEIGHT - 60)
#define MARK 20.0 /* how far a mark pushes everything down */

struct heading {
	int level;
	const char *title, *key; /* key "": not in the contents */
	size_t page;
};

struct headings {
	struct heading *list;
	size_t count, capacity;
};

struct link {
	size_t page, to;
	double x, y, w, h;
};

struct table {
	const struct paper_column *columns; /* NULL: none is open */
	size_t count;
	bool grid, plain;
	bool placed; /* its head stands on a page: repeat it on the next */
	double total;
	struct flow head;
};

struct paper {
	const struct paper_frame *frame;
	struct pdf *pdf;
	struct arena memory;
	struct flow block; /* written, but not yet on a page */
	unsigned keep;     /* open paper_keep() */
	bool glue;         /* stays with what follows */
	size_t half;       /* 1 + line of the block with a half field alone on it, or 0 */
	bool page_wanted;
	double y, top; /* next line, and the first one of this page */
	const char *section, *banner, *hint;
	struct table table;
	struct headings now, before;
	struct link *links;
	size_t link_count, link_capacity;
	size_t pages_before;
	unsigned tight;
};

/* Put the block onto a page: this one if it has room, else the next. */
void paper_flush(struct paper *p);
/* The block is complete: place it, unless it is kept together with what follows. */
void paper_block_end(struct paper *p);
void paper_add_space(struct paper *p, double points);

#endif
