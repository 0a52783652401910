/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_EMIT_SINK_H
#define TRIAGE_EMIT_SINK_H

/* What emits its lines into a text, which is compared at the end. */
#include "lib/base/text.h"
#include "triage/emit.h"

struct sink {
	struct text text;
	size_t blocks, fail_at; /* the block that cannot be written, from 1 */
};

static inline bool take(void *ctx, const char *lines, size_t len, struct error *e)
{
	struct sink *s = ctx;

	assert_int_equal(lines[len - 1], '\n');
	if (++s->blocks == s->fail_at)
		return error_set(e, ERROR_FAILED, "the disk is full");
	text_add_n(&s->text, lines, len);
	return true;
}

static const char *const columns[] = { "name", "size", "times", NULL };

static inline struct emit *open_sink(enum emit_form form, struct sink *s)
{
	*s = (struct sink){ 0 };
	return emit_new(form, columns, take, s);
}

static inline void done(struct emit *o, struct sink *s, const char *want)
{
	struct error e = { 0 };

	assert_true(emit_flush(o, &e));
	emit_free(o);
	assert_string_equal(text_end(&s->text), want);
	text_release(&s->text);
}

static inline void end(struct emit *o)
{
	struct error e = { 0 };

	assert_true(emit_end(o, &e));
}

#endif
