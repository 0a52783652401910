/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_FIND_H
#define HANDBOOK_FIND_H

#include <stdbool.h>
#include <stddef.h>

#include "handbook/book.h"

/*
 * Search as people type when they are tired: people, roles, organisations, plans
 * and what is written in them, call chains, deadlines, systems; telephone numbers
 * backwards; all of it as far as it is open. Umlauts in any writing, one or two typing mistakes, names by sound.
 * "Frau", "Dr.", "Handy" and their like beside another word are not missed where they do not fit.
 */
struct finder;

struct find_result {
	enum kit_kind kind;
	const char *id, *title;
	const char *number;      /* "+49 171 3920054", the first one that works, or "" */
	const char *number_kind; /* channel type of it, or "" */
	bool dead;               /* no number works; or, of a number searched for, that one */
	bool on_duty;            /* a person who is on duty now for anything */
	bool number_found;       /* it was the number that was searched for */
	const char *detail;      /* what else helps to tell it apart, or "" */
	const char *sort;        /* the title, folded; of a person last name first */
	int score;               /* smaller is better */
};

/* Read what can be found into memory, as it is now: who is on duty, what has failed. The
 * book must stay open. */
__attribute__((warn_unused_result))
struct finder *finder_open(struct book *b, struct error *e);
void finder_close(struct finder *f); /* accepts NULL */

/* The best `max` results, in a stable order; they stay valid until the next
 * search. Nothing typed finds nothing. */
__attribute__((warn_unused_result))
bool finder_search(struct finder *f, const char *typed, size_t max,
		   const struct find_result **results, size_t *count, struct error *e);

/* The title in the language of now: roles have an English name too. */
void find_add_title(struct book *b, const struct find_result *r, struct text *out);

#endif
