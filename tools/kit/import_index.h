/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_IMPORT_INDEX_H
#define KIT_IMPORT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/memory.h"

/*
 * Words to numbers of rows, several to a word: a hash table. { 0 } is empty. A
 * search for all of them is one at a time.
 */
struct import_index_entry {
	uint64_t hash;
	const char *key;
	size_t row, next; /* next: number of the entry plus one, 0 for none */
};

struct import_index {
	struct arena memory;
	struct import_index_entry *entries;
	size_t count, capacity;
	size_t *buckets; /* number of an entry plus one */
	size_t bucket_count;
	size_t cursor;
};

/* Twice the same key and row is one (among the latest of its bucket). */
void index_add(struct import_index *x, const char *key, size_t row);

/* One of the rows with this key, then the others; SIZE_MAX: no more. */
size_t index_first(struct import_index *x, const char *key);
size_t index_next(struct import_index *x, const char *key);

/* Give a key, which has at most one row, this one. */
void index_replace(struct import_index *x, const char *key, size_t row);

void index_release(struct import_index *x);

#endif
