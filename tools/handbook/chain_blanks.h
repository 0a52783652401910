/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_CHAIN_BLANKS_H
#define HANDBOOK_CHAIN_BLANKS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"

/* What stands in brackets in a text to be read out: [Uhrzeit], [Nummer]. What is known of one
 * call holds for all: the time of the attack is the same. */
struct chain_blanks {
	char **names, **values; /* names with their brackets */
	size_t count, name_capacity, value_capacity;
};

/* The next one in a text: *length bytes behind *before; or false. */
bool chain_blank_next(const char *text, size_t *before, size_t *length);

void chain_blanks_set(struct chain_blanks *b, const char *name, size_t len, const char *value);
/* The text with those that are known filled in. */
void chain_blanks_add(const struct chain_blanks *b, const char *text, struct text *out);
void chain_blanks_release(struct chain_blanks *b); /* accepts { 0 } */

#endif
