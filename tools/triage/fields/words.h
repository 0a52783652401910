/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_FIELDS_WORDS_H
#define TRIAGE_FIELDS_WORDS_H

#include "lib/base/text.h"
#include "triage/emit.h"
#include "triage/parse/words.h"

/* Text of evidence as fields. What is not UTF-16 is taken for Windows-1252, the code page of
 * western PCs; bytes that it lacks are U+FFFD. None is null. */
void emit_words(struct emit *o, const char *key, struct words w);
/* As emit_says(). */
void emit_says_words(struct emit *o, struct words w);
/* Append in UTF-8; half surrogates as WTF-8, which emit_text() knows. */
void words_add(struct text *t, struct words w);

#endif
