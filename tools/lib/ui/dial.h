/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_DIAL_H
#define LIB_UI_DIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"

/*
 * Telephone numbers as people read them from a screen into a telephone: shown in
 * short groups, never folded in the middle, and standing out from the text.
 */

/* The next number in a text: "+49 69 900 090 22", "0171/3920050"; from seven
 * digits, beginning with + or 0, in groups divided by one space, - or /. Besides,
 * 110, 112, 115 and 116117 where a number is said: at the beginning, after a comma,
 * a colon or two spaces. False if there is none, else *before bytes come before its
 * *length bytes. */
bool dial_next(const char *text, size_t *before, size_t *length);

/* Add a number with its long groups in pieces of two and three digits, as one
 * reads them aloud: "+49 171 3920050" as "+49 171 392 00 50". */
void dial_add(struct text *out, const char *number);

#endif
