/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_LETTERS_H
#define LIB_DATA_LETTERS_H

#include <stddef.h>

#include "lib/base/text.h"

/*
 * Text for printers that know few letters. What a set lacks is written with those that
 * it has ("Wójcik" stays, "Wałęsa" becomes "Walesa", a tick box "[ ]"); nothing is left
 * out unseen.
 */
enum letters {
	LETTERS_1252,  /* Windows-1252: PCL's symbol set 19U */
	LETTERS_ASCII, /* for a printer of which nothing is known */
};

/* Add a text with the letters of the set alone, still in UTF-8; line feeds stay. Returns
 * how many characters have no likeness in it and became '?'. */
size_t letters_add(struct text *out, enum letters set, const char *utf8);

/* Add what letters_add() gave as bytes of the set. */
void letters_add_bytes(struct text *out, const char *reduced);

#endif
