/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_PAGE_H
#define KIT_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/source.h"
#include "lib/base/text.h"

/* What plans, cards and forms have in common: a page of Markdown, read line by line,
 * that begins with facts between two lines of three hyphens. */
struct page {
	struct source *s;
	const char *file;
	const char *at, *end;
	size_t line;   /* of `current` */
	char *current; /* the line in hand, in the arena, without spaces at its end */
};

/* The next line; false at the end. */
bool page_line(struct page *p);

/* A fault in this file; `words` holds one %s for `what`, which may be "". */
void page_fault(struct page *p, size_t line, const char *words, const char *what);

/* The facts at the top as a new, checked record of the table, or NULL: without
 * them, or without an id, the rest makes no sense. */
struct record *page_facts(struct page *p, enum table_name table);

/* Set the cell that `key` names in either language; unknown and again is a fault. */
void page_field(struct page *p, const struct table *t, struct record *r, const char *key,
		const char *value, size_t line);

/* Check every cell of a record that is complete. */
void page_check(struct page *p, const struct table *t, struct record *r);

/* Does the line in hand begin a comment? Then it is passed over, to its end. */
bool page_comment(struct page *p);

/* A number, or a collected text without empty lines around it, as a cell. */
const char *page_number(struct page *p, size_t number);
const char *page_take(struct page *p, struct text *t);

#endif
