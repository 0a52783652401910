/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_VIEWDB_H
#define LIB_JOURNAL_VIEWDB_H

#include "lib/data/db.h"
#include "lib/journal/record.h"

/* The database behind a view: its tables, and when each event happened. For view.c. */

/* What is known of the time in a chain, from record to record. */
struct view_clock {
	bool confirmed;              /* a person has confirmed a time in this chain */
	int64_t time_ms, time_up_ms; /* the latest of these, and `up` then */
	int64_t at_ms, up_ms;        /* of the record before */
	int64_t rank_ms;             /* the latest time of any record so far */
};

struct view_event {
	const struct record *record;
	const struct message *sealed; /* len 0: nothing, or nothing to be read */
	bool locked;
};

__attribute__((warn_unused_result))
struct db *viewdb_create(struct error *e);

/* What adds events, while many are added. { 0 } is empty; end accepts it. */
struct viewdb_adder {
	struct db *db;
	struct db_statement *event, *field;
};
__attribute__((warn_unused_result))
bool viewdb_begin(struct viewdb_adder *a, struct db *db, struct error *e);
__attribute__((warn_unused_result))
bool viewdb_add(struct viewdb_adder *a, struct view_clock *c, const struct view_event *event,
		struct error *e);
void viewdb_end(struct viewdb_adder *a);

/* What could not be believed; forgive takes the words about a file back before it is read
 * again. A variant of a forked chain is named once. */
__attribute__((warn_unused_result))
bool viewdb_fault(struct db *db, const char *file, const char *text, struct error *e);
__attribute__((warn_unused_result))
bool viewdb_forgive(struct db *db, const char *file, uint64_t *faults, struct error *e);
__attribute__((warn_unused_result))
bool viewdb_variant(struct db *db, const char *file, uint64_t *faults, bool *changed,
		    struct error *e);

/* After events were added: which of them a closed incident has ended. */
__attribute__((warn_unused_result))
bool viewdb_settle(struct db *db, struct error *e);

/* The chain of the latest event, and the highest value of a counter (0: none). */
__attribute__((warn_unused_result))
bool viewdb_newest(struct db *db, char boot[BOOT_HEX], struct error *e);
uint64_t viewdb_counter(struct db *db, const char *name, struct error *e);

#endif
