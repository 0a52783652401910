/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_ROWS_H
#define LIB_UI_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/ui/fold.h"
#include "lib/ui/ui.h"

#define NO_ITEM ((size_t)-1)

/*
 * The body of a full-screen page as rows of a screen: texts and entries, folded
 * to `columns` columns. Nothing here paints.
 */
enum row_style { ROW_TEXT, ROW_HEADING, ROW_OFF, ROW_TYPED };

struct row {
	const char *text, *detail; /* in the arena of `folded`; "" if none */
	unsigned indent, detail_indent;
	enum row_style style;
	size_t item;      /* which entry it belongs to, or NO_ITEM */
	size_t number;    /* shown in front, or 0 */
	size_t mark;      /* bytes of the number that the text begins with, or 0 */
	unsigned columns; /* of a typed row: it is not ended, it borrows the line */
};

struct rows {
	unsigned columns; /* set it before the first call */
	struct row *row;
	size_t count, capacity;
	struct folded folded;
};

void rows_empty(struct rows *r);
/* A line that is being typed, folded (edit_row) and borrowed: of a secret there shall
 * be no second copy. *row and *column become where byte `at` of it stands. */
void rows_typed(struct rows *r, const char *typed, size_t at, size_t *row, unsigned *column);
void rows_text(struct rows *r, const char *text); /* nothing for "" */
/* Air between entries: none, the empty lines that the page has, a line after each. */
enum rows_air { ROWS_DENSE, ROWS_AS_GIVEN, ROWS_AIRY };
void rows_items(struct rows *r, const struct ui_item *items, size_t count, enum rows_air air);
/* All of a list, with as much air as lets it fit into `height` rows. */
void rows_list(struct rows *r, const struct ui_list *list, size_t height);
void rows_clear(struct rows *r);
void rows_release(struct rows *r);

/* First and last row of an entry; false if it has none. */
bool rows_of_item(const struct rows *r, size_t item, size_t *first, size_t *last);

/* Columns of the number in front of entries, with the mark and the spaces. */
unsigned rows_number_columns(const struct ui_item *items, size_t count);

#endif
