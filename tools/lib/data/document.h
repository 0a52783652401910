/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_DOCUMENT_H
#define LIB_DATA_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * A list, a plan, a sheet: written once, printed in several forms. What is printed bears
 * title, source, date and page number on each page, and says EXERCISE there.
 *
 * Texts: "**" switches bold on and off; a line break is kept, an empty line parts
 * paragraphs, "- " and "1. " begin a point. All texts are copied.
 */
struct document;

struct document_facts {
	const char *title;
	const char *author; /* "Stadt Musterlingen, IT" */
	const char *date;   /* "2026-11-01", the only time in the file */
	const char *footer; /* at the foot of each page, before its number */
	const char *mark;   /* "EXERCISE: none of this is real", at the top of each, or "" */
};

enum document_form {
	DOCUMENT_PDF,     /* A4, letters embedded: looks the same everywhere */
	DOCUMENT_PCL,     /* PCL 5: almost every office printer's own language (pcl.h) */
	DOCUMENT_TEXT,    /* UTF-8, for a file */
	DOCUMENT_LETTERS, /* ASCII, for a printer of which nothing is known */
};

__attribute__((malloc, returns_nonnull, warn_unused_result))
struct document *document_new(const struct document_facts *facts);
void document_free(struct document *d); /* accepts NULL */

void document_heading(struct document *d, int level, const char *text); /* 1 or 2 */
void document_text(struct document *d, const char *text);
/* A text for the screen (ui.h, ui_text): its headings, its points, its lines. */
void document_words(struct document *d, const char *text);
/* A labelled line to write on, of half the width or all of it. */
void document_field(struct document *d, const char *label, bool whole);

/* A table: its columns share the width. A column without a title is a narrow one to tick,
 * if its cell says anything. */
struct document_column {
	const char *title;
	double share;
	bool strong;
};
#define DOCUMENT_COLUMNS_MAX 6
enum document_rules { DOCUMENT_RULED, DOCUMENT_GRID }; /* grid: to be filled in by hand */
void document_table(struct document *d, const struct document_column *columns, size_t count,
		    enum document_rules rules);
/* A row of the table that was begun, with nothing else in between: a cell for each column, NULL if it is empty. */
void document_row(struct document *d, const char *const *cells);

struct document_made {
	struct text bytes;
	size_t pages;
	size_t lost; /* characters that the form has no letter for, shown as '?' */
};

/* Make the bytes of a form. `made` starts empty. */
__attribute__((warn_unused_result))
bool document_make(struct document *d, enum document_form form, struct document_made *made,
		   struct error *e);
void document_made_release(struct document_made *made);

/* "pdf", "pcl", "text"; false for other words. */
__attribute__((warn_unused_result))
bool document_form_parse(const char *word, enum document_form *form);

#endif
