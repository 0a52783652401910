/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_WHEN_H
#define HANDBOOK_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/data/berlin.h"

/* Times beside an entry, where the whole date of today would only be in the way. */
#define WHEN_WORDS BERLIN_WORDS

/* "04:31" on the day of now, else as berlin_words(). Returns out. */
char *when_words(char out[WHEN_WORDS], int64_t utc_ms, int64_t now_ms);

/* How long still: "9:31" in minutes and seconds, from an hour on "2 h 5 min"; without
 * `seconds` "10 min", the minute that has begun counting whole. Returns out. */
char *when_left(char out[WHEN_WORDS], int64_t left_ms, bool seconds);

#endif
