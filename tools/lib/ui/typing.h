/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_TYPING_H
#define LIB_UI_TYPING_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/ui/face.h"

/*
 * Inside lib/ui: the lines that a person types in plain mode. On a terminal they
 * are read key by key and echoed from here, for only then it is known whether
 * something is half typed that a notice must not run into; and an umlaut goes with
 * one Backspace on every line. Elsewhere (a pipe, a file) they are read as they come.
 * Nothing is read beyond the end of the line: it may be for the next program.
 */
struct typing {
	const char *prompt;  /* it has been printed; printed again after a notice */
	unsigned timeout_ms; /* 0: none; only as long as nothing is typed */
	bool hidden;         /* no echo */
};

enum line_end { LINE_READ, LINE_CLOSED, LINE_TIME_OVER };

/* One line without spaces at its ends; what does not fit into `size` bytes is left
 * out. Meanwhile the program's tick runs, and what is new in the notice is printed
 * on lines of its own that begin with "! ": at once, or after the line if something
 * is typed already. */
enum line_end typing_line(struct ui *ui, const struct typing *t, char *line, size_t size);

#endif
