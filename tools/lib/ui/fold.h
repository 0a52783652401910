/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_FOLD_H
#define LIB_UI_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/memory.h"

/*
 * Text made into lines that fit. Widths are columns of a terminal, not bytes.
 * Every line comes out masked (text_mask), so it may go to any terminal.
 */
struct fold_line {
	const char *text; /* in the arena of its struct folded */
	unsigned indent;  /* columns to the left of it */
	bool heading;
	size_t mark; /* bytes of the "1. " that it begins with, or 0 */
};

struct folded {
	struct fold_line *lines;
	size_t count, capacity;
	struct arena memory;
};

/* Add `text` in at most `columns` columns (0: lines are not folded). Lines are
 * kept; too long ones are folded at spaces, but not inside a telephone number
 * (dial.h), and a word that is longer than a line is cut. "# " to "#### " begin a heading (the marks are taken off), "- "
 * and "1. " a hanging indent; lines beginning with two spaces keep their spaces, folded ones too.
 * Leading and trailing empty lines are dropped, tabs are widened. */
void fold_text(struct folded *f, const char *text, unsigned columns);

/* Add one paragraph as it is: no marks have a meaning, line ends are spaces. */
void fold_words(struct folded *f, const char *text, unsigned columns);

void fold_release(struct folded *f); /* accepts { 0 }; leaves that */

#endif
