/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A hash table from words to rows, so that 20,000 people are found at once. */
#include "kit/import_index.h"

#include <stdlib.h>
#include <string.h>

/* FNV-1a. */
static uint64_t hash_of(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return h ^ h >> 32;
}

static void link_entry(struct import_index *x, size_t i)
{
	size_t *bucket = &x->buckets[x->entries[i].hash & (x->bucket_count - 1)];

	x->entries[i].next = *bucket;
	*bucket = i + 1;
}

/* The next entry with this key from number `at` (plus one) on. */
static size_t seek(struct import_index *x, const char *key, size_t at)
{
	uint64_t hash = hash_of(key);

	while (at && (x->entries[at - 1].hash != hash || strcmp(x->entries[at - 1].key, key) != 0))
		at = x->entries[at - 1].next;
	x->cursor = at;
	return at ? x->entries[at - 1].row : SIZE_MAX;
}

size_t index_first(struct import_index *x, const char *key)
{
	if (!x->bucket_count)
		return SIZE_MAX;
	return seek(x, key, x->buckets[hash_of(key) & (x->bucket_count - 1)]);
}

size_t index_next(struct import_index *x, const char *key)
{
	return x->cursor ? seek(x, key, x->entries[x->cursor - 1].next) : SIZE_MAX;
}

void index_add(struct import_index *x, const char *key, size_t row)
{
	size_t steps = 64;

	for (size_t at = index_first(x, key); at != SIZE_MAX && steps--; at = index_next(x, key))
		if (at == row)
			return;
	mem_grow(&x->entries, &x->capacity, x->count + 1, sizeof(*x->entries));
	x->entries[x->count] = (struct import_index_entry){
		.hash = hash_of(key),
		.key = arena_string(&x->memory, key),
		.row = row,
	};
	if (x->count >= x->bucket_count) { /* twice as many buckets, all linked anew */
		free(x->buckets);
		x->bucket_count = x->bucket_count ? x->bucket_count * 2 : 64;
		x->buckets = mem_array(x->bucket_count, sizeof(*x->buckets));
		for (size_t i = 0; i < x->count; i++)
			link_entry(x, i);
	}
	link_entry(x, x->count++);
}

void index_replace(struct import_index *x, const char *key, size_t row)
{
	if (index_first(x, key) == SIZE_MAX)
		index_add(x, key, row);
	else
		x->entries[x->cursor - 1].row = row;
}

void index_release(struct import_index *x)
{
	free(x->entries);
	free(x->buckets);
	arena_release(&x->memory);
	*x = (struct import_index){ 0 };
}
