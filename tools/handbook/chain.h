/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_CHAIN_H
#define HANDBOOK_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A call chain, worked by hand: rows of the kit and calls of the journal in, what is to be
 * done next out. Nothing here reads, asks or waits, so the state is the same after a
 * reboot, while locked, and on two sticks that were merged.
 *
 * Nobody has to wait. After each result there is a next number at once: the next one of
 * the same node that was not tried yet, then the node to go on with if nobody answers
 * (`otherwise`) or that comes after, and only then the second round of those who did not
 * answer. Whoever was told, or has a message in the mailbox, has time to acknowledge; the
 * calls go on meanwhile.
 *
 * A node is open, that is, may be called,
 *   - from the start, if it comes after none and stands in for none;
 *   - if the node before it is acknowledged, skipped, given up, or only waited for, or is a
 *     stand-in that nobody needs;
 *   - if it stands in for a node that nobody answered at yet;
 *   - if it was called, whatever the chain says.
 * A node that stands in for another and comes after none is called only in that case. Nobody
 * needs it once all that it stands in for have acknowledged, or are not needed themselves.
 */
enum chain_result {
	CHAIN_ACKNOWLEDGED, /* has understood and takes it on: done */
	CHAIN_REACHED,      /* told, not acknowledged */
	CHAIN_MAILBOX,
	CHAIN_BUSY,
	CHAIN_NO_ANSWER,
	CHAIN_WRONG_NUMBER, /* the number is struck out */
	CHAIN_SKIPPED,      /* a person decided to go on without */
	CHAIN_RESULTS,      /* how many; also: none of these */
};

/* As in docs/formats/journal.md: "no_answer". Back: CHAIN_RESULTS for another word. */
const char *chain_result_name(enum chain_result r);
enum chain_result chain_result_parse(const char *s);
/* Whoever was told this way has acknowledge_min to answer. */
bool chain_result_waits(enum chain_result r);

enum chain_state {
	CHAIN_CLOSED,   /* its turn has not come */
	CHAIN_TO_CALL,  /* a number is left to try */
	CHAIN_WAITING,  /* told; there is time until `until_ms` */
	CHAIN_LATE,     /* told; the time is over and nothing was done about it since */
	CHAIN_GIVEN_UP, /* every number was tried as often as it should be */
	CHAIN_WITHOUT,  /* skipped */
	CHAIN_DONE,     /* acknowledged */
};

struct chain_number {
	const char *value; /* "+49 171 3920050" */
	const char *whom;  /* who answers there, or "" for the function */
	bool dead;         /* hangs on a system that has failed */
	/* worked out */
	unsigned tried;
	bool struck; /* was a wrong number */
};

/* One row of `node` (docs/formats/kit-db.md). */
struct chain_node {
	int64_t nr, after, otherwise; /* after, otherwise: a nr, or 0 */
	unsigned attempts;            /* for each number; at least 1 */
	int64_t acknowledge_ms;
	bool parallel;                /* may be called by another person meanwhile */
	struct chain_number *numbers; /* best first; there may be none */
	size_t number_count;
	/* worked out */
	bool open;
	bool unneeded;      /* a stand-in that was not called, and need not be any more */
	bool round_over;    /* every number that is left was tried at least once */
	bool told;          /* nothing else can be done for it now but wait */
	bool waiting, late; /* somebody may still acknowledge; or the time is over and
					 nothing was done about it since */
	enum chain_state state;
	unsigned calls;         /* so far */
	unsigned limit;         /* calls until it is given up */
	size_t next_number;     /* which to dial; number_count: none is known */
	enum chain_result last; /* CHAIN_RESULTS: not called yet */
	int64_t last_ms, until_ms;
};

/* One call of the journal, those that were noted by mistake left out; in its order. */
struct chain_call {
	int64_t nr;
	enum chain_result result;
	int64_t time_ms, wait_ms;
	const char *number; /* NULL: sealed. Then it counts for the number least tried. */
};

struct chain {
	struct chain_node *nodes; /* in the order of their nr */
	size_t count;
	/* worked out: what can be done now, best first, as indexes of nodes; the first `fresh`
	 * of them were not tried at all numbers yet, those after are called once more. */
	size_t *next;
	size_t next_count, fresh;
	bool begun, over; /* over: nothing is left to call or to wait for */
};

/* Fill in what is worked out. `next` must have room for `count` indexes. */
void chain_work_out(struct chain *c, const struct chain_call *calls, size_t count, int64_t now_ms);

/* The node of a nr, or NULL. */
struct chain_node *chain_node(const struct chain *c, int64_t nr);

/* The node to go on with instead of one that does not answer: the first of `next` that is
 * not the node itself, its stand-in before all others. NULL: none. */
const struct chain_node *chain_instead(const struct chain *c, const struct chain_node *of);

#endif
