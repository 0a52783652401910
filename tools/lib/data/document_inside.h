/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_DOCUMENT_INSIDE_H
#define LIB_DATA_DOCUMENT_INSIDE_H

#include "lib/base/memory.h"
#include "lib/data/document.h"
#include "lib/data/letters.h"

/* The inside of document.h: document.c gathers blocks, document_pdf.c draws them on
 * paper, document_lines.c sets them in lines of equal letters. */
struct document_block {
	enum {
		BLOCK_HEADING,
		BLOCK_TEXT,
		BLOCK_FIELD,
		BLOCK_TABLE, /* the rows that follow are its */
		BLOCK_ROW,
	} what;
	int level;
	bool whole;
	enum document_rules rules;
	struct document_column columns[DOCUMENT_COLUMNS_MAX]; /* BLOCK_TABLE */
	const char *cells[DOCUMENT_COLUMNS_MAX]; /* BLOCK_ROW; else the first is the text */
	size_t count;                            /* of columns or cells */
};

struct document {
	struct document_facts facts;
	struct document_block *blocks;
	size_t count, capacity;
	struct arena memory;
};

__attribute__((warn_unused_result))
bool document_pdf(const struct document *d, struct document_made *made, struct error *e);

/* Lines of at most LINES_WIDTH letters, LINES_PAGE of them a page. Within a line,
 * LINES_BOLD and LINES_LIGHT switch; both are light at its ends. */
#define LINES_WIDTH 78u
#define LINES_PAGE 60u
#define LINES_BOLD '\x01'
#define LINES_LIGHT '\x02'
#define LINES_MARKS "\x01\x02" /* both */

struct lines {
	char **list; /* each owned; pages are full: their number is count / LINES_PAGE */
	size_t count, capacity;
	size_t lost;
};

/* `known` is NULL for all letters there are. */
void document_lines(const struct document *d, const enum letters *known, struct lines *out);
void lines_release(struct lines *l);

#endif
