/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_DISTANCE_H
#define HANDBOOK_DISTANCE_H

#include <stddef.h>

#define DISTANCE_MAX 2    /* the largest limit */
#define DISTANCE_CHARS 64 /* words are compared up to here */

/*
 * How many single mistakes (a letter missing, doubled, wrong, or two swapped)
 * lie between what was typed and a word: Damerau-Levenshtein, restricted to
 * swaps of neighbours. More than `limit` gives limit + 1. Bytes, not
 * characters: both are folded.
 */
struct distance {
	unsigned whole;  /* to the word */
	unsigned prefix; /* to the beginning of it that fits best */
};
struct distance distance_between(const char *typed, const char *word, unsigned limit);

#endif
