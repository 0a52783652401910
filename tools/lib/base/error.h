/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_ERROR_H
#define LIB_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

/* What went wrong, coarse enough to be an exit status (docs/style.md). */
enum error_kind {
	ERROR_NONE = 0,
	ERROR_FAILED = 1,    /* the system would not do it: I/O, space, device */
	ERROR_USAGE = 2,     /* the command line makes no sense; nothing was done */
	ERROR_UNTRUSTED = 3, /* the input is forged, damaged or malformed */
	ERROR_FINDINGS = 4,  /* done, and something was found */
};

/*
 * One failure, in words for the person at the keyboard: what was tried, on
 * what, why it failed, what to do. The first failure wins: later ones are
 * usually its echoes. { 0 } means none so far.
 */
struct error {
	enum error_kind kind;
	char text[512];
};

/* Record a failure, unless one is there already. Returns false, so that a
 * function can end in `return error_set(...)`. */
__attribute__((format(printf, 3, 4)))
bool error_set(struct error *e, enum error_kind kind, const char *fmt, ...);

/* As error_set(ERROR_FAILED), with ": " and strerror(errno) after the text. */
__attribute__((format(printf, 2, 3)))
bool error_errno(struct error *e, const char *fmt, ...);

/* Put words in front of a failure: "FILE:LINE: " before what a parser said.
 * Without a failure, nothing happens. Returns false. */
__attribute__((format(printf, 2, 3)))
bool error_prefix(struct error *e, const char *fmt, ...);

/* The one place that prints an error: "TOOL: text" on stderr, with control
 * characters masked. Returns e->kind for use as exit status. */
int report(const char *tool, const struct error *e);

#endif
