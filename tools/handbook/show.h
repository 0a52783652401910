/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_SHOW_H
#define HANDBOOK_SHOW_H

#include "handbook/book.h"
#include "handbook/channels.h"

/* The parts of book_show() with a file of their own, and what they share. */
__attribute__((warn_unused_result))
bool book_show_role(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_organisation(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_person(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_system(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_plan(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_step(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_form(struct book *b, const char *id, struct text *out, struct error *e);
__attribute__((warn_unused_result))
bool book_show_document(struct book *b, const char *id, struct text *out, struct error *e);

/* "Label: value" on a line of its own, if there is a value. */
void show_fact(struct book *b, struct text *out, const char *label, const char *value);
/* When and by whom it was last checked. */
void show_checked(struct text *out, const char *on, const char *by);

/* The channels of one owner that work, under a heading, each with what it dies with. Hours that are
 * the same for all are said once: `known` stands on the page already, and so does that it was last `checked`. */
void show_channels(struct book *b, const struct channels *list, enum kit_kind owner, const char *id,
		   const char *known, const char *checked, struct text *out);
/* All of the list that are dead, under a heading, each with the reason: the last on their page. */
void show_dead(struct book *b, const struct channels *list, struct text *out);
/* The first way to reach somebody that works: ", +49 171 392 00 42". */
void show_first(const struct channels *list, enum kit_kind owner, const char *id, struct text *out);

#endif
