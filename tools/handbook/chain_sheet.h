/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_CHAIN_SHEET_H
#define HANDBOOK_CHAIN_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "handbook/book.h"
#include "handbook/chain.h"
#include "lib/base/memory.h"
#include "lib/data/message.h"
#include "lib/journal/view.h"

/* A call chain with its words and its calls: from the kit and the journal, as far as they
 * can be read now. */
struct chain_row {
	enum kit_kind kind;        /* KIT_ROLE or KIT_ORGANISATION */
	const char *whom, *caller; /* ids; caller "" if anyone */
	const char *text;          /* to be read out: links as names, with [placeholders] */
	const char *deadline;      /* id of the deadline that starts, or "" */
};

struct chain_sheet {
	struct chain chain;
	struct chain_row *rows; /* one for each node */
	const char *id, *title, *occasion;
	bool ended;    /* a person said so, and nobody started it again or called after that */
	int64_t start; /* event: what was noted before it does not count; 0: all counts */
	struct chain_call *calls;
	size_t call_count;
	/* The last call: what a mistake would take back. */
	char last_ref[64]; /* BOOT:SEQUENCE, "" if there is none */
	int64_t last_nr, last_ms;
	enum chain_result last;
	struct arena memory;
};

/* Read it and work out what to do next. False also if the kit has no such chain. */
__attribute__((warn_unused_result))
bool chain_sheet_load(struct chain_sheet *s, struct book *b, struct view *v, const char *id,
		      int64_t now_ms, struct error *e);
void chain_sheet_release(struct chain_sheet *s); /* accepts { 0 } */

/* The row of a node. */
const struct chain_row *chain_sheet_row(const struct chain_sheet *s, const struct chain_node *n);

/* Ids of the chains in which calls were noted and that have not ended, each followed by a
 * NUL, with one more at the end; for notices and the hand-over. */
__attribute__((warn_unused_result))
bool chain_sheet_running(struct view *v, struct text *ids, struct error *e);

/* The event of a call: `number` is the index of the number dialled, n->number_count if it
 * is another. The attempt is counted on. */
void chain_sheet_event(const struct chain_sheet *s, const struct chain_node *n,
		       enum chain_result result, size_t number, const char *author,
		       struct message *m);
/* The event that takes the last call back. */
void chain_sheet_mistake(const struct chain_sheet *s, const char *author, struct message *m);

#endif
