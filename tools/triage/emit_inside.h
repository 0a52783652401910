/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_EMIT_INSIDE_H
#define TRIAGE_EMIT_INSIDE_H

/* What the files emit*.c share; nobody else includes it. */
#include <string.h>

#include "lib/base/copy.h"
#include "lib/base/decimal.h"
#include "triage/emit.h"
#include "triage/escape.h"

/* Limits of docs/formats/triage-output.md. */
#define EMIT_BLOCK_BYTES (256u << 10)
#define EMIT_LINE_MAX (8u << 20)
#define EMIT_DEPTH_MAX 32u
#define EMIT_MOMENTS_MAX 256u
#define EMIT_SAYS_MAX (64u << 10)
#define EMIT_REPEATED_MAX (64u << 20) /* bytes of fields, in the timeline's lines of one record */

struct emit_buffer {
	char *s;
	size_t len, capacity;
	bool lent; /* it is not ours to free */
};

struct emit_at { /* a moment */
	int64_t s;
	uint32_t ns;
	uint8_t digits;
	enum emit_moment what;
};

/* A time without its last digits, which neighbours have in common, and its text. */
struct emit_high {
	uint64_t value; /* 0: none yet */
	size_t len;
	char text[24];
};

struct emit_cell {
	size_t at, len; /* in `body` */
	bool there, text;
};

struct emit {
	enum emit_form form;
	bool (*write)(void *ctx, const char *lines, size_t len, struct error *e);
	char *(*lend)(void *ctx, size_t *bytes);
	void *ctx;
	struct error why; /* why `write` ended it */
	bool ended;

	struct emit_buffer lines; /* whole ones, and of EMIT_JSONL the record in work */
	struct emit_buffer body;  /* the fields of the record in work, elsewhere; or a name */
	struct emit_buffer says;
	struct emit_buffer *to; /* where fields go: lines or body */
	size_t record;          /* where in `to` the record begins */

	const char *data_type;
	unsigned partition;
	unsigned depth, skipped; /* groups that are open, and those in one that is left out */
	char closes[EMIT_DEPTH_MAX + 1];
	bool filled; /* something stands in the innermost group */
	bool cut;    /* something was left out */
	bool body_said;
	bool recovered;                 /* of a bodyfile: the record has said so */
	size_t folder_len;              /* what of `body` stands before the name in a bodyfile */
	struct emit_high body_highs[4]; /* of the times in the last line of a bodyfile */
	size_t mark; /* where in `to` the field in work begins, to take it back */
	bool was_filled;

	const char *const *columns;
	struct emit_cell *cells;
	size_t column_count, column_next, column, cell_at;

	struct emit_at *moments;
	size_t moment_count, moment_room;

	int64_t day; /* whose date is in `date` */
	size_t date_len;
	char date[32];
};

/* Room for n bytes behind what is there. */
void emit_grow(struct emit_buffer *b, size_t n);

static inline char *emit_need(struct emit_buffer *b, size_t n)
{
	if (b->capacity - b->len < n)
		emit_grow(b, n);
	return b->s + b->len;
}

static inline void emit_put(struct emit_buffer *b, const char *s, size_t n)
{
	copy_short(emit_need(b, n), s, n);
	b->len += n;
}

/* Text, escaped for where it goes, all of it; false if the buffer would become longer than `max`. */
bool emit_escaped(struct emit_buffer *b, enum escape how, const char *s, size_t len, size_t max);
bool emit_escaped16(struct emit_buffer *b, enum escape how, const uint8_t *units, size_t count,
		    size_t max);

/*
 * A field of any kind: its comma and key (and quote) are written, and there are `room` bytes for
 * its value. NULL: nobody wants it. Then comes emit_value_end() with where the value ends.
 */
enum emit_value {
	VALUE_BARE,
	VALUE_QUOTED,
	VALUE_TEXT, /* from outside: in a cell, it could be taken for a formula */
};
char *emit_value(struct emit *o, const char *key, enum emit_value kind, size_t room);
void emit_value_end(struct emit *o, enum emit_value kind, char *to);

/* "2010-11-21T03:55:59.6264271", up to EMIT_TIME_ROOM. */
#define EMIT_TIME_ROOM 64u
char *emit_time_text(struct emit *o, char *to, const struct emit_at *at);
void emit_moment(struct emit *o, const struct emit_at *at);

/* The lines of a record at its end, of the forms that are no JSONL. */
void emit_csv_header(struct emit *o);
void emit_csv_line(struct emit *o);
void emit_body_lines(struct emit *o);
void emit_timeline_lines(struct emit *o);

#endif
