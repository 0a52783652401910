/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_PROOF_H
#define JOURNAL_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"
#include "lib/journal/chain.h"

/*
 * All chains of a folder with the hash of each record, and what a head on paper proves of
 * them (docs/formats/journal.md#what-is-signed-by-whom): its own chain up to that record, and
 * what those records name, and so on; nothing after it.
 */
struct proof_reference {
	uint64_t at; /* the record that names it */
	char boot[BOOT_HEX];
	uint64_t count;
	struct digest head;
};

struct proof_chain {
	struct chain chain;
	struct digest *hashes; /* one of each good record */
	size_t capacity;
	struct proof_reference *references;
	size_t reference_count, reference_capacity;
	uint64_t proven; /* records from the first on */
	bool damaged, cut;
};

struct proof {
	struct proof_chain *chains; /* sorted by boot id */
	size_t count;
	size_t faults;
	struct text words; /* each fault as a line, translated */
};

__attribute__((warn_unused_result))
bool proof_load(struct proof *p, int folder, struct error *e);
void proof_release(struct proof *p);

/* The head on paper: eight words, and the number of records that stood beside them. False:
 * ERROR_USAGE if these are no eight words, ERROR_UNTRUSTED if no chain here has that head. */
__attribute__((warn_unused_result))
bool proof_by_paper(struct proof *p, const char *words, uint64_t entries, struct error *e);

#endif
