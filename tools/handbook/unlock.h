/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_UNLOCK_H
#define HANDBOOK_UNLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "handbook/book.h"
#include "lib/base/language.h"
#include "lib/data/message.h"

/*
 * Opening the sealed parts of the kit in memory (docs/formats/slots.md, sealed.md, kit-db.md).
 * What they hold is then found under the same names as the open part. There is no way back but
 * the end of the process: who locks, ends it (pages_lock).
 */
enum tier { TIER_OPEN, TIER_PROTECTED, TIER_STRICT };

/* What the databases of a tier are called in queries: "strict". */
const char *book_tier_schema(enum tier tier);

/* Has this kit such a part, locked or open? */
bool book_has_tier(enum tier tier);

/* Open `tier` and what lies below it with a passphrase or the words of an envelope, which the
 * caller wipes. `slots` NULL: BLACKSTART_SLOTS, else kit.slots beside the kit's
 * folder. False: `tier` is locked as before; the words do not tell which slot was meant. */
__attribute__((warn_unused_result))
bool book_unlock(struct book *b, const char *slots, const char *entered, enum tier tier,
		 struct error *e);

/* The event for the journal: `action` is "unlock", "lock" or "wrong". */
void access_event(struct message *m, enum tier tier, const char *action);

/* The options of the verbs that can show more when it is unlocked, as rows of their table. */
struct unlock_options {
	const char *slots, *passphrase_file;
	bool strict;
};
#define UNLOCK_SLOTS N_("unlock people with this kit.slots, not the stick's own")
#define UNLOCK_FILE N_("unlock people: what opens a slot is the first line of F")
#define UNLOCK_STRICT N_("unlock the strict part too: private numbers, contracts")
/* clang-format off */
#define UNLOCK_OPTIONS(o)                                                                          \
	{ "slots", CLI_TEXT, &(o).slots, "FILE", UNLOCK_SLOTS, 0, 0 },                             \
	{ "passphrase-file", CLI_TEXT, &(o).passphrase_file, "F", UNLOCK_FILE, 0, 0 },             \
	{ "strict", CLI_FLAG, &(o).strict, NULL, UNLOCK_STRICT, 0, 0 }
/* clang-format on */

/* book_open() and book_warn(), with what the journal here says has failed and what time it is; then, if one of the
 * options was given, unlock: what opens it comes from the file or is asked for at the terminal.
 * That is journalled where a writer answers. */
__attribute__((warn_unused_result))
bool book_open_with(struct book *b, const struct unlock_options *o, struct error *e);

#endif
