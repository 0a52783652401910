/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_WORDS_H
#define TRIAGE_PARSE_WORDS_H

#include <stdbool.h>

#include "lib/base/reader.h"
#include "lib/base/zeros.h"

/*
 * Text in evidence, where it stands: borrowed bytes, UTF-16LE or the code page of that PC. It is
 * made into something printable by fields/words.h only. { 0 } is none.
 */
struct words {
	const uint8_t *at; /* NULL: there is none */
	size_t bytes;      /* of UTF-16 an even number */
	bool is_utf16;
};

static inline struct words words_none(void)
{
	return (struct words){ 0 };
}

/* All of a reader. */
static inline struct words words_all(struct reader r, bool is_utf16)
{
	if (r.bad)
		return words_none();
	return (struct words){ r.at, is_utf16 ? r.left - r.left % 2 : r.left, is_utf16 };
}

/* Whether nothing stands in the rest of a field. */
static inline bool words_is_zero(struct reader r)
{
	return only_zeros(r.at, r.left);
}

/* All of it without the zeros at its end: one within hides nothing behind it. */
static inline struct words words_trimmed(struct reader r, bool is_utf16)
{
	const size_t unit = is_utf16 ? 2 : 1;
	struct words w = words_all(r, is_utf16);

	while (w.bytes && !w.at[w.bytes - 1] && !w.at[w.bytes - unit])
		w.bytes -= unit;
	return w;
}

/* As far as the first zero, or all of it; *r is set behind that zero. */
static inline struct words words_ended(struct reader *r, bool is_utf16)
{
	const size_t unit = is_utf16 ? 2 : 1;
	struct words w = { .at = r->at, .is_utf16 = is_utf16 };

	if (r->bad)
		return words_none();
	while (w.bytes + unit <= r->left && (w.at[w.bytes] || (is_utf16 && w.at[w.bytes + 1])))
		w.bytes += unit;
	bool has_end = w.bytes + unit <= r->left;
	reader_skip(r, has_end ? w.bytes + unit : r->left);
	return w;
}

/* The same at an offset of r, which stays as it is; none if it lies outside. */
static inline struct words words_at(struct reader r, size_t offset, bool is_utf16)
{
	reader_skip(&r, offset);
	return r.bad || r.left == 0 ? words_none() : words_ended(&r, is_utf16);
}

#endif
