/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_VIEW_H
#define LIB_JOURNAL_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/sealed.h"
#include "lib/data/db.h"

/*
 * All events of a folder of chains, checked and put in order, in an in-memory database
 * that pages and verbs query (docs/formats/journal.md#state):
 *
 *   event   id (rowid), boot, seq, kind, written (ms by the PC's clock), time (ms, corrected),
 *           clock ('confirmed', 'corrected' afterwards, 'unconfirmed'), locked (1: it has a
 *           sealed part that was not opened), live (0: before the incident was closed), rank
 *           (events are in the order of rank, boot, seq: by time, but never before an earlier
 *           one of the same chain)
 *   field   event, key, value: every readable key of it but kind, at, up
 *   step    plan, nr, state, event          the state now: the last live event of each
 *   deadline  deadline, state, start, due, event
 *   system  system, state, event
 *   call    chain, nr, attempt, result, wait_ms, time, event: all live ones, in order
 *   device  device, state, event
 *   counter name, value
 *   chain   chain, state, event             started or ended
 *   "order" ref, state, event
 *   fault   file, text: what could not be believed, in words
 *
 * The tables from `step` on are SQL views over the first two. Times of sealed-lane kinds
 * (entry) are known only with the key; locked ones stand at the time of the record before.
 */
struct view {
	struct db *db;
	char *folder;
	const struct sealed_pair *key; /* of the protected tier; NULL while locked; borrowed */
	struct view_chain *chains;     /* how far each file was read */
	size_t chain_count, chain_capacity;
	uint64_t events, locked, faults;
};

/* Read everything in `folder`. A folder that is not there is an empty journal. A chain that
 * is damaged gives a row in `fault`, never an error: what comes before the damage counts. */
__attribute__((warn_unused_result))
bool view_open(struct view *v, const char *folder, const struct sealed_pair *key, struct error *e);

/* Read what was added since; *changed says whether there was anything. Cheap when not. */
__attribute__((warn_unused_result))
bool view_refresh(struct view *v, bool *changed, struct error *e);

/* The chain with the latest event: its boot id, records and head. False: there is none. */
bool view_newest(const struct view *v, char boot[33], uint64_t *count, struct digest *head);

/* The highest value of a counter; 0: it was never noted. */
uint64_t view_counter(const struct view *v, const char *name);

/* Now, by the time that a person confirmed last in the chain of this boot; 0: nobody has. */
int64_t view_now_ms(const struct view *v, const char *boot);

void view_close(struct view *v); /* accepts { 0 } */

#endif
