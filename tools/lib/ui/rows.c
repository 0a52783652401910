/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lays out the body of a page in rows: folded texts, numbered entries. */
#include "lib/ui/rows.h"

#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/ui/edit.h"
#include "lib/ui/face.h"

#define DETAIL_LEAST 24u /* columns; narrower, a detail goes below its label */
#define DETAIL_BELOW 2u  /* columns further in than its label, to be told from it */

static void add_row(struct rows *r, struct row row)
{
	mem_grow(&r->row, &r->capacity, r->count + 1, sizeof(*r->row));
	r->row[r->count++] = row;
}

void rows_empty(struct rows *r)
{
	add_row(r, (struct row){ .text = "", .detail = "", .item = NO_ITEM });
}

void rows_text(struct rows *r, const char *text)
{
	size_t first = r->folded.count;

	fold_text(&r->folded, text, r->columns);
	for (size_t i = first; i < r->folded.count; i++) {
		const struct fold_line *l = &r->folded.lines[i];

		add_row(r, (struct row){ l->text, "", l->indent, 0,
					 l->heading ? ROW_HEADING : ROW_TEXT, NO_ITEM, 0, l->mark,
					 0 });
	}
}

/* Columns of n bytes of s. */
static unsigned width_of(const char *s, size_t n)
{
	return (unsigned)(text_width(s) - text_width(s + n));
}

void rows_typed(struct rows *r, const char *typed, size_t at, size_t *row, unsigned *column)
{
	/* A margin to the left; to the right the cursor, and a space that hangs over. */
	unsigned columns = r->columns > 12 ? r->columns - 3 : 9;
	size_t from = 0, n;

	do {
		n = edit_row(typed, from, columns);
		if (at >= from && (at < from + n || typed[from + n] == '\0')) {
			*row = r->count;
			*column = 1 + width_of(typed + from, at - from);
		}
		add_row(r, (struct row){ .text = typed + from,
					 .detail = "",
					 .indent = 1,
					 .style = ROW_TYPED,
					 .item = NO_ITEM,
					 .columns = width_of(typed + from, n) });
		from += n;
	} while (typed[from]);
}

static unsigned digits_of(size_t n)
{
	return n < 10 ? 1 : 1 + digits_of(n / 10);
}

unsigned rows_number_columns(const struct ui_item *items, size_t count)
{
	return 2 + digits_of(item_numbers(items, count)) + 2;
}

/* Where details begin: right of the longest label, or 0: below the labels. It is
 * the same for all entries of a list, for a column is easier on tired eyes. */
static unsigned detail_column(const struct ui_item *items, size_t count, unsigned text_column,
			      unsigned columns)
{
	size_t widest = 0, longest = 0, details;

	for (size_t i = 0; i < count; i++) {
		if (!item_numbered(&items[i]) || !items[i].detail || !*items[i].detail)
			continue;
		size_t label = text_width(items[i].label), detail = text_width(items[i].detail);

		widest = label > widest ? label : widest;
		longest = detail > longest ? detail : longest;
	}
	details = text_column + widest + 3;
	if (details + longest < columns)
		return (unsigned)details;
	/* Short ones, such as numbers, keep their column: rather a label is folded. */
	if (longest <= DETAIL_LEAST && columns > 2 * (text_column + longest))
		return (unsigned)(columns - longest - 1);
	if (widest > columns / 2 || details + DETAIL_LEAST > columns)
		return 0;
	/* A detail of many short lines is no column any more. */
	return longest * 2 > (columns - details) * 3 ? 0 : (unsigned)details;
}

/* An entry: label folded beside its number, detail folded to the right or below. */
static void add_item(struct rows *r, const struct ui_item *item, struct row like, unsigned details)
{
	size_t first = r->folded.count, top = r->count;
	const char *detail = item->detail ? item->detail : "";
	unsigned end = *detail && details ? details - 1 : r->columns;
	unsigned room = end > like.indent + 9 ? end - like.indent - 1 : 8;

	fold_words(&r->folded, item->label, room);
	for (size_t i = first; i < r->folded.count; i++) {
		like.text = r->folded.lines[i].text;
		add_row(r, like);
		like.number = 0;
	}
	if (!*detail)
		return;
	size_t from = r->folded.count;

	fold_words(&r->folded, detail, details ? r->columns - details - 1 : room - DETAIL_BELOW);
	like.text = "";
	like.detail_indent = details ? details : like.indent + DETAIL_BELOW;
	if (details) {
		r->row[top].detail = r->folded.lines[from++].text;
		r->row[top].detail_indent = details;
	}
	for (size_t i = from; i < r->folded.count; i++) {
		like.detail = r->folded.lines[i].text;
		add_row(r, like);
	}
}

void rows_items(struct rows *r, const struct ui_item *items, size_t count, enum rows_air air)
{
	unsigned text_column = rows_number_columns(items, count);
	unsigned details = detail_column(items, count, text_column, r->columns);
	size_t number = 0;

	for (size_t i = 0; i < count; i++) {
		if (!items[i].label) {
			if (air != ROWS_DENSE)
				rows_empty(r);
		} else if (items[i].heading) {
			size_t first = r->folded.count;

			fold_words(&r->folded, items[i].label, r->columns);
			for (size_t k = first; k < r->folded.count; k++)
				add_row(r, (struct row){ r->folded.lines[k].text, "", 0, 0,
							 ROW_HEADING, NO_ITEM, 0, 0, 0 });
		} else {
			add_item(r, &items[i],
				 (struct row){ "", "", text_column, 0,
					       items[i].off ? ROW_OFF : ROW_TEXT, i, ++number, 0,
					       0 },
				 details);
			if (air == ROWS_AIRY && i + 1 < count && items[i + 1].label)
				rows_empty(r);
		}
	}
}

static void whole_list(struct rows *r, const struct ui_list *list, enum rows_air air)
{
	rows_text(r, list->intro);
	if (r->count && list->count)
		rows_empty(r);
	rows_items(r, list->items, list->count, air);
	if (r->count && *list->footer)
		rows_empty(r);
	rows_text(r, list->footer);
}

void rows_list(struct rows *r, const struct ui_list *list, size_t height)
{
	size_t least = 0;

	/* Of a long list it is clear at once, and folding it is what costs the time. */
	for (size_t i = 0; i < list->count; i++)
		least += list->items[i].label != NULL;
	for (int air = ROWS_AIRY; least <= height && air >= ROWS_DENSE; air--) {
		rows_clear(r);
		whole_list(r, list, (enum rows_air)air);
		if (r->count <= height)
			return;
	}
	/* It has to scroll anyway: then with the gaps that the page asks for. */
	rows_clear(r);
	whole_list(r, list, ROWS_AS_GIVEN);
}

void rows_clear(struct rows *r)
{
	r->count = 0;
	fold_release(&r->folded);
}

void rows_release(struct rows *r)
{
	fold_release(&r->folded);
	free(r->row);
	*r = (struct rows){ 0 };
}

bool rows_of_item(const struct rows *r, size_t item, size_t *first, size_t *last)
{
	bool found = false;

	for (size_t i = 0; i < r->count; i++) {
		if (r->row[i].item != item)
			continue;
		if (!found)
			*first = i;
		*last = i;
		found = true;
	}
	return found;
}
