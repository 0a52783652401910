/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_FIND_INDEX_H
#define HANDBOOK_FIND_INDEX_H

#include <stdint.h>

#include "handbook/find.h"
#include "handbook/phonetic.h"

/*
 * Inside the finder: everything that can be found, folded once. Each different word stands in
 * it once: a query is compared with words, and entries then look up how well theirs fit.
 */
#define FIND_WORD 64 /* bytes of a folded word that are compared */

struct find_word {
	const char *german, *plain; /* equal pointers: written alike, compare once */
	const char *code;           /* how it sounds */
	uint32_t german_letters, plain_letters;
	unsigned german_len, plain_len;
};

/* What a field counts on top. Whoever looks for a function wants the person who does it now. */
enum { FIELD_DUTY = -20, FIELD_NAME = 0, FIELD_SYNONYM = 1, FIELD_OTHER = 6 };

struct find_use {
	size_t word;
	int field;
};

struct find_entry {
	struct find_result result;
	size_t first, end; /* its uses of words */
};

struct find_number {
	size_t entry;
	const char *type, *value, *normal;
	bool dead;
};

struct find_index {
	struct find_word *words;
	size_t word_count, word_capacity;
	size_t *table; /* of words by their bytes: index + 1, 0 for a free place */
	size_t table_size;
	struct find_use *uses;
	size_t use_count, use_capacity;
	struct find_entry *entries; /* by kind and id */
	size_t entry_count, entry_capacity;
	struct find_number *numbers; /* by owner and priority */
	size_t number_count, number_capacity;
	struct arena memory;
};

__attribute__((warn_unused_result))
bool find_index_load(struct find_index *x, struct book *b, struct error *e);
void find_index_release(struct find_index *x);

/* A text word by word, in both writings. The strings of *w last until the next find_split();
 * find_word_keep() copies them to `m`, and adds what is compared besides. */
struct find_split {
	char *german, *plain;
	char german_text[2048], plain_text[2048];
};
void find_split(struct find_split *s, const char *text);
bool find_split_next(struct find_split *s, struct find_word *w);
void find_word_keep(struct find_word *w, struct arena *m);

#endif
