/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_PRINT_H
#define KIT_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/source.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/data/kitkind.h"
#include "lib/data/paper.h"

/*
 * The paper folder of a kit. What can be read by anyone stands in front; people,
 * private numbers and contracts behind it, on pages marked for their tier.
 */
struct print {
	const struct source *s;
	struct paper *p;      /* NULL: words name neither numbers nor pages */
	struct arena *memory; /* of the words made on the way */
	char tier;            /* the highest that is printed: '0', '1', '2' */
	char part;            /* that of the part of it which is being printed */
	const char *plan;     /* only this one, or NULL */
};

/* The record whose cell `key` is `value`, or NULL. */
const struct record *print_find(const struct print *pr, enum table_name table, const char *key,
				const char *value);
const char *print_cell(const struct print *pr, enum table_name table, const struct record *r,
		       const char *key);

/* Words, kept until the end of the print. */
__attribute__((format(printf, 2, 3)))
const char *print_format(const struct print *pr, const char *fmt, ...);
const char *print_keep(const struct print *pr, struct text *t); /* and releases t */
const char *print_date(const struct print *pr, const char *date);
const char *print_minutes(const struct print *pr, const char *minutes);

/* What a thing is called; its id if it is not there, or is of a higher tier than the part. */
const char *print_name(const struct print *pr, enum kit_kind kind, const char *id);
/* Ids separated by commas, as names. */
const char *print_names(const struct print *pr, enum kit_kind kind, const char *ids);
/* A text with its links put into words: names with the first number that anyone
 * may know, and the page where more stands. */
const char *print_words(const struct print *pr, const char *text);
/* " (page 12)", or "" where that is not known. */
const char *print_page(const struct print *pr, enum kit_kind kind, const char *id);

/* The ways to reach someone, a line each, in the order to try them: of the tiers
 * `from` to `to`. `phones`: only what is dialled, without labels. */
const char *print_channels(const struct print *pr, enum kit_kind kind, const char *id, char from,
			   char to, bool phones);
/* The first number that anyone may know, or "". */
const char *print_number(const struct print *pr, enum kit_kind kind, const char *id);

/* "day and time" words of a legal time limit: "72 hours", "1 month", its text. */
const char *print_limit(const struct print *pr, const struct record *deadline);

bool print_is_card(const struct print *pr, const struct record *plan);

/* The parts, in files of their names. */
void print_plan(const struct print *pr, const struct record *plan);
void print_chains(const struct print *pr);
void print_deadlines(const struct print *pr);
void print_functions(const struct print *pr);
void print_organisations(const struct print *pr, char tier);
void print_forms(const struct print *pr, char tier);
void print_journal(const struct print *pr);
void print_protected(const struct print *pr); /* tier 1 */
void print_strict(const struct print *pr);    /* tier 2 */

/* One page for the control room: of a struct print. */
void print_control_room(struct paper *p, const void *with);

#endif
