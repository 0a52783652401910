/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_DESK_H
#define HANDBOOK_DESK_H

#include "handbook/book.h"
#include "handbook/deadline.h"
#include "handbook/unlock.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"

/*
 * What a verb needs that reads or writes the journal: the kit, all that was recorded, and the
 * writer, where one answers. Reading needs none.
 */
struct desk {
	struct book book; /* its clock is that of the journal */
	struct view view;
	struct journal journal;
	struct error absent; /* why nothing can be recorded; empty if it can */
	struct deadlines deadlines;
};
#define DESK_NONE { .journal = JOURNAL_NONE }

__attribute__((warn_unused_result))
bool desk_open(struct desk *d, struct error *e);
/* The same with what the options unlock: people, and the words of the journal. */
__attribute__((warn_unused_result))
bool desk_open_with(struct desk *d, const struct unlock_options *o, struct error *e);
void desk_close(struct desk *d); /* accepts { .journal = JOURNAL_NONE } */

/* False in words where no writer answers. */
__attribute__((warn_unused_result))
bool desk_can_record(const struct desk *d, struct error *e);

/* Append an event, if it counts (clock_counts), and read it back. Where it is in memory only, that is said on standard error. */
__attribute__((warn_unused_result))
bool desk_record(struct desk *d, const struct message *event, struct error *e);

#endif
