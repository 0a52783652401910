/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_HISTORY_H
#define TRIAGE_PARSE_HISTORY_H

#include "lib/base/text.h"
#include "triage/parse/words.h"

/* What was typed into bash or zsh (docs/formats/shell_history.md). */
#define HISTORY_BYTES_MAX (64u << 20)

enum history_shell { HISTORY_PLAIN, HISTORY_BASH, HISTORY_ZSH };

struct history {
	struct reader rest;
	uint64_t line;        /* of the next one, from 1 */
	const char *line_end; /* its line feed, or the end of all, if it was looked for */
	struct text command;
};

struct history_entry {
	enum history_shell shell; /* PLAIN: without a time */
	uint64_t line;
	const char *command; /* in h->command; several lines are joined by LF */
	size_t len;
	int64_t seconds;          /* since 1970 */
	uint64_t elapsed_seconds; /* ZSH */
};

/* Releasing is freeing h->command. */
struct history history_begin(const uint8_t *bytes, size_t len);
bool history_next(struct history *h, struct history_entry *entry);

#endif
