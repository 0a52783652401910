/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_DESK_H
#define HANDBOOK_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "handbook/book.h"
#include "handbook/unlock.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"

/* What a verb of the handbook works with: the kit, as far as it is open, and the journal. */
struct desk {
	struct book book;
	struct view view;
	struct journal journal;
};
#define DESK_NONE { .journal = JOURNAL_NONE }

/* Options that every such verb has. */
#define DESK_OPTIONS(o)                                                                            \
	{ "slots", CLI_TEXT, &(o).slots, "FILE", UNLOCK_SLOTS, 0, 0 }, { "passphrase-file",        \
									 CLI_TEXT,                 \
									 &(o).passphrase_file,     \
									 "F",                      \
									 UNLOCK_PASSPHRASE,        \
									 0,                        \
									 0 },                      \
	{                                                                                          \
		"strict", CLI_FLAG, &(o).strict, NULL, UNLOCK_STRICT, 0, 0                         \
	}

/* Open the kit, with the options unlocked, and read the journal, which may be empty. */
__attribute__((warn_unused_result))
bool desk_open(struct desk *d, const struct unlock_options *o, struct error *e);
void desk_close(struct desk *d); /* accepts DESK_NONE */

/* Append an event and read it back. What is in memory only is said on stderr. */
__attribute__((warn_unused_result))
bool desk_record(struct desk *d, const struct message *event, struct error *e);

#endif
