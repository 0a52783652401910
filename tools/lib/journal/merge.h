/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_MERGE_H
#define LIB_JOURNAL_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/journal/chain.h"

/*
 * Folders of chains made one (docs/formats/journal.md#merging). What one lacks is copied, of
 * two versions of a chain the longer one stays, and two histories of one chain are both
 * kept, under names that do not depend on the order. Files appear whole; none is lost.
 */

/* Which chains may come in: those of one kit, real ones or an exercise's. */
struct merge_rule {
	bool known; /* the three below are; else the first chain that is seen sets them */
	char kit_id[CHAIN_KIT_MAX];
	bool exercise;
	const char *without; /* boot id of a chain that is being written: left alone; or NULL */
	bool only_look;      /* change nothing */
};

struct merge_change {
	char boot[BOOT_HEX];
	uint64_t added, count; /* records that are new here; records now */
	struct digest head;
};

struct merge_result {
	struct merge_change *changes;
	size_t count, capacity;
	uint64_t added;    /* records */
	uint64_t refused;  /* chains of another kit, or an exercise among real ones */
	uint64_t forked;   /* chains that have several histories */
	uint64_t damaged;  /* chains of which not all could be taken */
	struct text words; /* what was refused or is wrong, a line each, translated */
};

/* Bring the chains of `from` into `into`, both open folders. Chains that are refused or
 * damaged are counted and named, and are no error. Results add up over several calls. */
__attribute__((warn_unused_result))
bool merge_folder(int into, int from, struct merge_rule *rule, struct merge_result *r,
		  struct error *e);

void merge_release(struct merge_result *r); /* accepts { 0 } */

#endif
