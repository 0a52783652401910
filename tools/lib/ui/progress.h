/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_PROGRESS_H
#define LIB_UI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * How far a slow step is: percent, rate and time left in one line on stderr, if
 * that is a terminal. With BLACKSTART_PROGRESS=lines, lines for a program:
 *
 *     progress DONE_BYTES TOTAL_BYTES WHAT
 *
 * one at the start, at most one a second, one at the end. Else nothing.
 */
struct progress {
	const char *what;     /* borrowed: "reading sda" */
	uint64_t total_bytes; /* 0: not known */
	uint64_t done_bytes;
	int64_t start_ms, shown_ms;
	enum { PROGRESS_SILENT, PROGRESS_TERMINAL, PROGRESS_LINES } form;
	FILE *out;
};

struct progress progress_begin(const char *what, uint64_t total_bytes);
void progress_at(struct progress *p, uint64_t done_bytes); /* cheap: call it often */
void progress_end(struct progress *p);

/* The words, for whoever shows them elsewhere: "42 %  118 MB/s  3 min left".
 * Rate and time left only once they mean something (2 s). Returns out. */
char *progress_words(char *out, size_t size, uint64_t done_bytes, uint64_t total_bytes,
		     uint64_t elapsed_ms);

#endif
