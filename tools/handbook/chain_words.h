/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_CHAIN_WORDS_H
#define HANDBOOK_CHAIN_WORDS_H

#include "handbook/chain_blanks.h"
#include "handbook/chain_sheet.h"
#include "lib/base/text.h"

/* A call chain in words, for its page, its verbs and the hand-over. */
struct chain_look {
	int64_t now_ms;
	bool seconds;                      /* time that is left is told by the second */
	const struct chain_blanks *blanks; /* what is known to be filled in */
};

/* "Mailbox", translated. */
const char *chain_result_label(enum chain_result r);
/* "[x]" done, "[~]" waited for, "[!]" not reached, "[-]" gone on without, "[ ]" to do. */
const char *chain_mark(const struct chain_node *n);

void chain_add_whom(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		    struct text *out);
/* "waiting until 04:41, 9:31 left" */
void chain_add_state(const struct chain_node *n, const struct chain_look *look, struct text *out);
/* The number to dial with who answers there, or what to do where none is known. */
void chain_add_number(const struct chain_node *n, size_t number, struct text *out);
/* All that one needs to make a call: whom, number, what to say. Ends in a line break. */
void chain_add_task(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		    size_t number, const struct chain_look *look, struct text *out);
/* Whom another person can call meanwhile; nothing if nobody. */
void chain_add_beside(struct book *b, const struct chain_sheet *s, const struct chain_node *n,
		      struct text *out);
/* Each time to acknowledge that ran out, with what to do now; false if there is none. */
bool chain_add_late(struct book *b, const struct chain_sheet *s, int64_t now_ms,
		    const char *between, struct text *out);
/* "Waiting for acknowledgement: IT duty officer until 04:41"; false if for nobody. */
bool chain_add_waiting(struct book *b, const struct chain_sheet *s, int64_t now_ms,
		       struct text *out);
/* "Acknowledged: 5. Not reached: 1. …" */
void chain_add_summary(const struct chain_sheet *s, struct text *out);

#endif
