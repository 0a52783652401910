/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRUST_PAPER_H
#define TRUST_PAPER_H

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/minisign.h"

/* A secret key as words (docs/formats/words.md#a-secret-key-on-paper): seed, number and
 * ten bits that check them. */
#define PAPER_WORDS 30

/* Appends the words, separated by spaces. */
void paper_words(const struct minisign_secret *s, struct text *out);

/* Back. Refuses (ERROR_UNTRUSTED) a word that is not in the list, another number of
 * words, and words that do not belong together. */
__attribute__((warn_unused_result))
bool paper_secret(const char *words, struct minisign_secret *s, struct error *e);

#endif
