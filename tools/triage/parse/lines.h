/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_LINES_H
#define TRIAGE_PARSE_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "triage/parse/parse.h"

/*
 * Text files of Linux, line by line and of any size. LF or CR LF ends a line, the end of the file too.
 * Zeros before a line, as a power cut leaves them in logs, are passed over, however many. A line beyond LINE_BYTES
 * is reported and handed out cut.
 */
#define LINE_BYTES 65536u

struct line {
	const char *s;
	size_t len;
	uint64_t offset, number; /* number from 1 */
};

__attribute__((warn_unused_result))
bool lines_each(const struct partition_source *s, const struct parse_problems *problems,
		bool (*each)(void *ctx, const struct line *l, struct error *e), void *ctx,
		struct error *e);
/* The same of a log, whose writers put no zero into a line: one ends it, too. Where the power failed within a line,
 * zeros stand behind what was written of it, and behind these the next one. Both have the same number. */
__attribute__((warn_unused_result))
bool lines_each_of_log(const struct partition_source *s, const struct parse_problems *problems,
		       bool (*each)(void *ctx, const struct line *l, struct error *e), void *ctx,
		       struct error *e);

/* A part of a line, borrowed. */
struct span {
	const char *s;
	size_t len;
};

static inline bool span_is(struct span a, const char *s)
{
	return a.len == strlen(s) && (!a.len || memcmp(a.s, s, a.len) == 0);
}

static inline bool span_begins(struct span a, const char *s)
{
	return a.len >= strlen(s) && memcmp(a.s, s, strlen(s)) == 0;
}

static inline bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Without blanks on both sides. */
static inline struct span span_trim(struct span a)
{
	while (a.len && is_blank(*a.s)) {
		a.s++;
		a.len--;
	}
	while (a.len && is_blank(a.s[a.len - 1]))
		a.len--;
	return a;
}

/* The next word of *rest, without blanks; *rest begins behind it. Empty: there is none. */
struct span span_word(struct span *rest);
/* As far as the first c, or all; *rest begins behind it. False: there was nothing left, not even c. */
bool span_until(struct span *rest, char c, struct span *out);
/* A decimal number of at most 19 digits and nothing else. */
bool span_number(struct span a, uint64_t *out);

#endif
