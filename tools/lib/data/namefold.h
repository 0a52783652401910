/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_NAMEFOLD_H
#define LIB_DATA_NAMEFOLD_H

#include <stddef.h>

/* How umlauts are written out when folding. */
enum fold_style {
	FOLD_GERMAN, /* Müller is mueller: as on passports and in mail addresses */
	FOLD_PLAIN,  /* Müller is muller: as on keyboards without umlauts */
};

/* Lower case without accents, for comparing: letters of the Latin blocks become
 * a to z (ß ss, ı i, ł l, ø o, æ ae, đ d ...), digits stay, letters of other
 * scripts are lowered and kept, everything else becomes one space. Cut to `size`
 * with its end, at a character. Returns out. */
char *name_fold(char *out, size_t size, const char *s, enum fold_style style);

#endif
