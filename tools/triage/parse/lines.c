/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines, and the parts that they are made of. */
#include "triage/parse/lines.h"

#include <stdlib.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define BLOCK_BYTES (4 * LINE_BYTES)

struct window {
	const struct parse_problems *problems;
	bool (*each)(void *ctx, const struct line *l, struct error *e);
	void *ctx;
	uint64_t number; /* of the line in work */
	bool zero_ends;
	bool skipping; /* the rest of a line that was too long */
};

static bool one_line(struct window *w, const char *s, size_t len, uint64_t offset, struct error *e)
{
	if (len && s[len - 1] == '\r')
		len--;
	const struct line l = { s, len, offset, w->number };
	return w->each(w->ctx, &l, e);
}

/* The lines of these bytes; how many of them were used, or SIZE_MAX. */
static size_t use(struct window *w, const char *s, size_t len, uint64_t offset, bool at_end,
		  struct error *e)
{
	size_t at = 0, lf = 0; /* the next line feed from `at` on, or len */
	bool sought = false;

	while (at < len) {
		/* There may be more of them than a line has bytes. */
		if (!s[at] && !w->skipping) {
			at++;
			continue;
		}
		if (!sought || lf < at) {
			const char *next = memchr(s + at, '\n', len - at);

			lf = next ? (size_t)(next - s) : len;
			sought = true;
		}
		const char *zero = w->zero_ends ? memchr(s + at, 0, lf - at) : NULL;
		const size_t end = zero ? (size_t)(zero - s) : lf, n = end - at;
		const bool ended = end < len;

		if (!ended && !at_end && n <= LINE_BYTES)
			break;
		if (w->skipping) {
			w->skipping = !ended;
		} else {
			bool cut = n > LINE_BYTES;

			if (cut) {
				parse_problem(w->problems, offset + at,
					      N_("a line is longer than 64 KiB: it is cut off"));
				w->skipping = !ended;
			}
			if (!one_line(w, s + at, cut ? LINE_BYTES : n, offset + at, e))
				return SIZE_MAX;
		}
		w->number += ended && !zero;
		at += n + ended;
	}
	return at;
}

static bool all_lines(const struct partition_source *s, struct window w, struct error *e)
{
	char *block = mem_alloc(BLOCK_BYTES);
	uint64_t offset = 0; /* of the block */
	size_t held = 0;
	bool good = true;

	while (good && offset + held < s->size_bytes) {
		uint64_t left = s->size_bytes - offset - held;
		size_t n = left < BLOCK_BYTES - held ? (size_t)left : BLOCK_BYTES - held;

		good = partition_source_read(s, offset + held, block + held, n, e);
		if (!good)
			break;
		held += n;
		size_t used = use(&w, block, held, offset, offset + held == s->size_bytes, e);
		good = used != SIZE_MAX;
		if (good) {
			memmove(block, block + used, held - used);
			offset += used;
			held -= used;
		}
	}
	free(block);
	return good;
}

bool lines_each(const struct partition_source *s, const struct parse_problems *problems,
		bool (*each)(void *ctx, const struct line *l, struct error *e), void *ctx,
		struct error *e)
{
	return all_lines(
		s, (struct window){ .problems = problems, .each = each, .ctx = ctx, .number = 1 },
		e);
}

bool lines_each_of_log(const struct partition_source *s, const struct parse_problems *problems,
		       bool (*each)(void *ctx, const struct line *l, struct error *e), void *ctx,
		       struct error *e)
{
	return all_lines(s,
			 (struct window){ .problems = problems,
					  .each = each,
					  .ctx = ctx,
					  .number = 1,
					  .zero_ends = true },
			 e);
}

struct span span_word(struct span *rest)
{
	*rest = span_trim(*rest);
	struct span word = { rest->s, 0 };
	while (word.len < rest->len && !is_blank(rest->s[word.len]))
		word.len++;
	rest->s += word.len;
	rest->len -= word.len;
	*rest = span_trim(*rest);
	return word;
}

bool span_until(struct span *rest, char c, struct span *out)
{
	if (!rest->s)
		return false;
	const char *end = rest->len ? memchr(rest->s, c, rest->len) : NULL;

	*out = (struct span){ rest->s, end ? (size_t)(end - rest->s) : rest->len };
	if (end)
		*rest = (struct span){ end + 1, rest->len - out->len - 1 };
	else
		*rest = (struct span){ 0 };
	return true;
}

bool span_number(struct span a, uint64_t *out)
{
	*out = 0;
	if (!a.len || a.len > 19)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		if (a.s[i] < '0' || a.s[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(a.s[i] - '0');
	}
	return true;
}
