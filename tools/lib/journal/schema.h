/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_SCHEMA_H
#define LIB_JOURNAL_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/data/message.h"

/*
 * Which kinds of events there are, which keys they have, what values these take and in
 * which lane they lie: the table of docs/formats/journal.md#two-lanes.
 */
#define JOURNAL_EVENT_MAX 3900 /* bytes of an event's keys and values */

/* Why an event is refused: a message id, and the key or value it is about. */
struct refusal {
	const char *text;
	char about[80];
};

/* When it was written, as the writer knows it. */
struct journal_moment {
	uint64_t at_ms; /* the PC's clock */
	uint64_t up_ms; /* since the PC was started */
};

/*
 * Hold an event against the table and split it into its open and its sealed message, `at`
 * and `up` added; sealed->len is 0 where nothing is to be sealed. `by_writer` allows the
 * kinds that only the writer makes. The caller wipes *sealed.
 */
__attribute__((warn_unused_result))
bool journal_split(const struct message *event, bool by_writer, struct journal_moment now,
		   struct message *open, struct message *sealed, struct refusal *no);

/* "BOOT:SEQUENCE" taken apart; false if it is none. */
__attribute__((warn_unused_result))
bool journal_record_id(const char *s, char boot[33], uint64_t *sequence);

#endif
