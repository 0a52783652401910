/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_HISTORY_H
#define LIB_JOURNAL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/journal/chain.h"

/* Chains as whole files in memory: what merging compares. For merge.c. */

struct history {
	struct text bytes;
	struct chain chain;  /* how much of the bytes is good */
	enum chain_step end; /* CHAIN_END, CHAIN_CUT, CHAIN_DAMAGED with `why` */
	struct error why;
	char name[CHAIN_VARIANT_NAME];
	bool ours; /* from the folder that is merged into */
};

struct histories {
	struct history *list;
	size_t count, capacity;
};

/* Record 0 of a chain's file, without the rest: what it says of the whole chain. False if it
 * is not good. */
bool history_peek(int folder, const char *boot, struct chain *c);

/* The boot ids of all chains of a folder, each once, sorted; to be freed. */
struct boots {
	char (*list)[BOOT_HEX];
	size_t count, capacity;
};
__attribute__((warn_unused_result))
bool boots_list(int folder, struct boots *b, struct error *e);

/* Read a chain's file and its variants out of a folder and check them. A file that cannot
 * be read is one without a good record. */
__attribute__((warn_unused_result))
bool histories_load(struct histories *h, int folder, const char *boot, bool ours, struct error *e);
void histories_release(struct histories *h);

/* How many variants of a chain does a folder hold? */
size_t history_variants(int folder, const char *boot);

/* Do both folders have this chain, in one file each, of the same bytes? */
bool history_same(int a, int b, const char *boot);

/* Is all that is good in a also the beginning of b? */
bool history_begins(const struct history *a, const struct history *b);

/* How many bytes, at the end of a record, both have in common. */
uint64_t history_common(const struct history *a, const struct history *b);

#endif
