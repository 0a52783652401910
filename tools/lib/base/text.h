/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_BAD 0xfffdu /* U+FFFD, what stands for bytes that are not UTF-8 */

/* Decode one character at *s, not past end, and advance *s. Bytes that are
 * not UTF-8 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF)
 * give TEXT_BAD and advance by one byte. *s < end must hold. */
uint32_t text_next(const char **s, const char *end);

/* Encode c; returns the number of bytes written to out (1 to 4). Characters
 * that cannot be encoded become TEXT_BAD. */
size_t text_put(char out[4], uint32_t c);

/* True if the whole string is valid UTF-8. */
bool text_is_utf8(const char *s, size_t len);

/* Characters that a terminal or a reader must not be given from outside:
 * C0 and C1 controls, DEL, bidi embeddings and marks, zero width characters,
 * line and paragraph separators, BOM, private use, noncharacters. */
bool text_is_unsafe(uint32_t c);

/* Copy s to out (size bytes, always ended) with every unsafe character and
 * every broken byte shown as U+FFFD. Cuts at a character. Returns out. */
char *text_mask(char *out, size_t size, const char *s);

/* Columns that a character takes on a terminal: 0 combining, 2 wide, else 1.
 * From Unicode 15 East Asian Width W and F, and general category Mn, Me. */
int text_columns(uint32_t c);

/* Columns of a whole string. */
size_t text_width(const char *s);

/* Bytes of s that fit into `columns` columns, never splitting a character. */
size_t text_fit(const char *s, size_t columns);

/* The lower case of a character of the Latin, Greek and Cyrillic blocks. */
uint32_t text_lower(uint32_t c);

/*
 * A growing string; { 0 } is empty. `s` is always ended once anything was
 * added; text_end() gives "" for the empty one.
 */
struct text {
	char *s;
	size_t len, capacity; /* bytes, without and with the end */
};

void text_add(struct text *t, const char *s);
void text_add_n(struct text *t, const char *s, size_t n);
void text_add_char(struct text *t, uint32_t c);
__attribute__((format(printf, 2, 3)))
void text_addf(struct text *t, const char *fmt, ...);
const char *text_end(struct text *t);
void text_clear(struct text *t); /* empty again, memory kept */
void text_release(struct text *t);

#endif
