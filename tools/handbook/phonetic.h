/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PHONETIC_H
#define HANDBOOK_PHONETIC_H

#include <stddef.h>

#define PHONETIC_MAX 24 /* bytes of a code, with its end */

/* The Kölner Phonetik of a word (Postel 1969): words that sound alike in German
 * have equal codes ("meier" and "mayr": "67"). The word is folded plain
 * (lib/data/namefold.h); what is not a to z counts for nothing. */
char *phonetic_code(char out[PHONETIC_MAX], const char *word);

#endif
