/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_ESCAPE_H
#define TRIAGE_ESCAPE_H

/* Characters and UTF-16 from outside, escaped for where they go: the one place that knows how. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum escape {
	ESCAPE_JSON,  /* within quotes */
	ESCAPE_PLAIN, /* a cell */
	ESCAPE_BODY,  /* a bodyfile's name */
};

/* The two ASCII characters, besides controls, that cannot be written as they are. */
static inline char escape_first(enum escape how)
{
	return how == ESCAPE_JSON ? '"' : how == ESCAPE_BODY ? '|' : 0x7f; /* odd anyway */
}

static inline char escape_second(enum escape how)
{
	return how == ESCAPE_JSON ? '\\' : how == ESCAPE_BODY ? '%' : 0x7f;
}

static inline bool escape_is_hex(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Any character, in at most 12 bytes. before_hex: two of 0-9a-fA-F follow it. Returns the new `to`. */
char *escape_one(enum escape how, char *to, uint32_t c, bool before_hex);

/* UTF-16 up to `stop`, which is not within a pair, of a text that ends at `end`. Writes at most 6 bytes a unit;
 * ESCAPE_MORE behind them are scratched. Returns the new `to`. */
#define ESCAPE_MORE 16u
char *escape16(enum escape how, char *to, const uint8_t *units, const uint8_t *stop,
	       const uint8_t *end);

#endif
