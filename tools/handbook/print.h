/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PRINT_H
#define HANDBOOK_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handbook/book.h"
#include "lib/data/document.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"

/*
 * What leaves the stick on paper. A sheet is named by a word: "phones" (all numbers of
 * functions and bodies, people too where they are unlocked), "deadlines", "handover",
 * "journal", and KIND:ID for one thing: a plan with boxes to tick, a call chain as an alarm
 * sheet, all else as it is shown.
 */
struct print_from {
	struct book *book;
	struct view *view;
	struct journal *journal;
};

struct print_sheet {
	const char *what;  /* "phones" */
	const char *label; /* a message id: "All numbers" */
	/* One of them: into a document of ours, or the whole document. */
	bool (*write)(const struct print_from *from, struct document *d, struct error *e);
	struct document *(*make)(const struct print_from *from, struct error *e);
};

/* Those that are not one thing; ended by { 0 }. */
extern const struct print_sheet print_sheets[];

/* What it is called: "All numbers", "P01 Erste 60 Minuten". False if there is no such thing. */
__attribute__((warn_unused_result))
bool print_title(struct book *b, const char *what, struct text *title, struct error *e);

/* The document, in the language of now; NULL with *e. */
__attribute__((warn_unused_result))
struct document *print_document(const struct print_from *from, const char *what, struct error *e);

/* Add to the mark of each page which part stands on it: "PROTECTED", "STRICT"; nothing while
 * all is locked. */
void print_add_tier(const struct book *b, struct text *mark);

/* The parts, in files of their names. */
bool print_phones(const struct print_from *from, struct document *d, struct error *e);
bool print_deadlines(const struct print_from *from, struct document *d, struct error *e);
bool print_journal(const struct print_from *from, struct document *d, struct error *e);
bool print_plan(struct book *b, const char *id, struct document *d, struct error *e);
bool print_chain(struct book *b, const char *id, struct document *d, struct error *e);

/* Write into `folder` (borrowed) under a name that is not there yet, made of `title` and the
 * form: "handbook-P01.pdf", "handbook-P01-2.pdf". `name` gets it. */
#define PRINT_NAME 80
__attribute__((warn_unused_result))
bool print_into(int folder, const char *what, enum document_form form, const struct text *bytes,
		char name[PRINT_NAME], struct error *e);

#endif
