/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records as lines: what every form shares, and the fields. */
#include "triage/emit.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/memory.h"
#include "triage/emit_inside.h"

static const char hex_digits[16] = "0123456789abcdef";

void emit_grow(struct emit_buffer *b, size_t n)
{
	size_t capacity = b->capacity ? b->capacity : 4096;

	while (capacity - b->len < n)
		capacity *= 2;
	if (b->lent) {
		struct emit_buffer own = { .len = b->len };

		mem_grow(&own.s, &own.capacity, capacity, 1);
		memcpy(own.s, b->s, b->len);
		*b = own;
	} else {
		mem_grow(&b->s, &b->capacity, capacity, 1);
	}
}

static void release(struct emit_buffer *b)
{
	if (!b->lent)
		free(b->s);
	*b = (struct emit_buffer){ 0 };
}

/* What stands in the lines goes on in memory that is lent. */
static void borrow(struct emit *o)
{
	size_t bytes;
	char *s = o->lend(o->ctx, &bytes);

	if (o->lines.len > bytes)
		return;
	const struct emit_buffer lent = { s, o->lines.len, bytes, true };
	memcpy(s, o->lines.s, o->lines.len);
	release(&o->lines);
	o->lines = lent;
}

void emit_lend(struct emit *o, char *(*lend)(void *ctx, size_t *bytes))
{
	o->lend = lend;
	borrow(o);
}

struct emit *emit_new(enum emit_form form, const char *const *columns,
		      bool (*write)(void *ctx, const char *lines, size_t len, struct error *e),
		      void *ctx)
{
	struct emit *o = mem_alloc(sizeof(*o));

	o->form = form;
	o->write = write;
	o->ctx = ctx;
	o->to = form == EMIT_JSONL ? &o->lines : &o->body;
	emit_grow(&o->lines, EMIT_BLOCK_BYTES);
	if (form == EMIT_CSV) {
		o->columns = columns;
		while (columns[o->column_count])
			o->column_count++;
		o->cells = mem_array(o->column_count + 1, sizeof(*o->cells));
		emit_csv_header(o);
	}
	return o;
}

enum emit_form emit_form(const struct emit *o)
{
	return o->form;
}

bool emit_flush(struct emit *o, struct error *e)
{
	if (!o->ended && o->lines.len)
		o->ended = !o->write(o->ctx, o->lines.s, o->lines.len, &o->why);
	o->lines.len = 0;
	if (o->lend)
		borrow(o);
	return !o->ended ||
	       error_set(e, o->why.kind ? o->why.kind : ERROR_FAILED, "%s", o->why.text);
}

void emit_free(struct emit *o)
{
	if (!o)
		return;
	release(&o->lines);
	release(&o->body);
	release(&o->says);
	free(o->cells);
	free(o->moments);
	free(o);
}

void emit_partition(struct emit *o, unsigned number)
{
	o->partition = number;
}

void emit_begin(struct emit *o, const char *data_type)
{
	o->body.len = 0;
	o->says.len = 0;
	o->record = o->to->len;
	o->data_type = data_type;
	o->depth = 1;
	o->skipped = 0;
	o->closes[1] = '}';
	o->filled = o->cut = o->body_said = o->recovered = false;
	o->moment_count = 0;
	if (o->form == EMIT_CSV) {
		memset(o->cells, 0, o->column_count * sizeof(*o->cells));
		o->column_next = 0;
	} else if (o->form == EMIT_JSONL) {
		emit_put(o->to, "{", 1);
	}
	if (o->partition)
		emit_number(o, "partition", o->partition);
}

bool emit_end(struct emit *o, struct error *e)
{
	assert(o->depth == 1 && !o->skipped);
	if (o->cut && (o->form == EMIT_JSONL || o->form == EMIT_TIMELINE)) {
		const char *said = o->filled ? ",\"truncated\":true" : "\"truncated\":true";

		emit_put(o->to, said, strlen(said));
	}
	switch (o->form) {
	case EMIT_JSONL:
		emit_put(o->to, "}\n", 2);
		break;
	case EMIT_CSV:
		emit_csv_line(o);
		break;
	case EMIT_BODYFILE:
		if (!o->body_said)
			emit_body_lines(o);
		break;
	case EMIT_TIMELINE:
		emit_timeline_lines(o);
		break;
	}
	o->depth = 0;
	return o->lines.len < EMIT_BLOCK_BYTES && !o->ended ? true : emit_flush(o, e);
}

/* Fields. */

/* Which column a key is: mostly the one behind the last. */
static bool find_column(struct emit *o, const char *key)
{
	size_t n = o->column_next;

	for (size_t i = 0; i < o->column_count; i++, n++) {
		if (n >= o->column_count)
			n = 0;
		if (o->columns[n] == key || strcmp(o->columns[n], key) == 0) {
			o->column = n;
			o->column_next = n + 1;
			return true;
		}
	}
	return false;
}

/* Keys that a line of the timeline has already. */
static bool is_taken(const char *key)
{
	static const char *const taken[] = { "message",        "datetime",  "timestamp",
					     "timestamp_desc", "data_type", "tag" };

	if (*key != 'm' && *key != 'd' && *key != 't')
		return false;
	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (strcmp(key, taken[i]) == 0)
			return true;
	return false;
}

static inline bool in_json(const struct emit *o)
{
	return o->form != EMIT_CSV || o->depth > 1;
}

char *emit_value(struct emit *o, const char *key, enum emit_value kind, size_t room)
{
	if (o->form == EMIT_BODYFILE || o->skipped)
		return NULL;
	assert(o->depth && (key || o->closes[o->depth] == ']'));
	o->mark = o->to->len;
	o->was_filled = o->filled;
	if (!in_json(o)) {
		if (!find_column(o, key))
			return NULL;
		return emit_need(o->to, room + 2);
	}

	size_t key_len = key ? strlen(key) : 0;
	char *start = emit_need(o->to, key_len + room + sizeof(",\"record_\":\"\""));
	char *to = start;
	if (o->filled)
		*to++ = ',';
	o->filled = true;
	if (key) {
		*to++ = '"';
		if (o->form == EMIT_TIMELINE && o->depth == 1 && is_taken(key)) {
			memcpy(to, "record_", 7);
			to += 7;
		}
		copy_short(to, key, key_len);
		to += key_len;
		*to++ = '"';
		*to++ = ':';
	}
	if (kind != VALUE_BARE)
		*to++ = '"';
	o->to->len += (size_t)(to - start);
	return to;
}

/* A field that made the line too long is left out, whole. */
static void take_back(struct emit *o)
{
	o->to->len = o->mark;
	o->filled = o->was_filled;
	o->cut = true;
}

void emit_value_end(struct emit *o, enum emit_value kind, char *to)
{
	if (in_json(o) && kind != VALUE_BARE)
		*to++ = '"';
	o->to->len = (size_t)(to - o->to->s);
	if (o->to->len - o->record > EMIT_LINE_MAX)
		take_back(o);
	else if (!in_json(o))
		o->cells[o->column] = (struct emit_cell){ o->mark, o->to->len - o->mark, true,
							  kind == VALUE_TEXT };
}

static inline enum escape escape_of(const struct emit *o)
{
	return in_json(o) ? ESCAPE_JSON : ESCAPE_PLAIN;
}

static inline size_t longest(const struct emit *o)
{
	return o->record + EMIT_LINE_MAX;
}

void emit_text(struct emit *o, const char *key, const char *s, size_t len)
{
	if (!emit_value(o, key, VALUE_TEXT, 0))
		return;
	if (!emit_escaped(o->to, escape_of(o), s, len, longest(o)))
		take_back(o);
	else
		emit_value_end(o, VALUE_TEXT, emit_need(o->to, 1));
}

void emit_string(struct emit *o, const char *key, const char *s)
{
	if (s)
		emit_text(o, key, s, strlen(s));
	else
		emit_null(o, key);
}

void emit_utf16(struct emit *o, const char *key, const uint8_t *units, size_t count)
{
	if (!emit_value(o, key, VALUE_TEXT, 0))
		return;
	if (!emit_escaped16(o->to, escape_of(o), units, count, longest(o)))
		take_back(o);
	else
		emit_value_end(o, VALUE_TEXT, emit_need(o->to, 1));
}

void emit_number(struct emit *o, const char *key, uint64_t value)
{
	char *to = emit_value(o, key, VALUE_BARE, 21);

	if (to)
		emit_value_end(o, VALUE_BARE, decimal_put(to, value));
}

void emit_signed(struct emit *o, const char *key, int64_t value)
{
	char *to = emit_value(o, key, VALUE_BARE, 21);

	if (to)
		emit_value_end(o, VALUE_BARE, decimal_put_signed(to, value));
}

static void put_word(struct emit *o, const char *key, const char *word, size_t len)
{
	char *to = emit_value(o, key, VALUE_BARE, 5);

	if (!to)
		return;
	copy_short(to, word, len);
	emit_value_end(o, VALUE_BARE, to + len);
}

void emit_bool(struct emit *o, const char *key, bool value)
{
	/* The one field that a bodyfile shows, too; not that of a group within. */
	if (o->form == EMIT_BODYFILE && !o->skipped && value && strcmp(key, "recovered") == 0)
		o->recovered = true;
	if (value)
		put_word(o, key, "true", 4);
	else
		put_word(o, key, "false", 5);
}

void emit_null(struct emit *o, const char *key)
{
	put_word(o, key, "null", in_json(o) ? 4 : 0); /* an empty cell */
}

static char *put_hex(char *to, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		*to++ = hex_digits[bytes[i] >> 4];
		*to++ = hex_digits[bytes[i] & 15];
	}
	return to;
}

void emit_hex(struct emit *o, const char *key, const uint8_t *bytes, size_t len)
{
	if (len > EMIT_LINE_MAX / 2) {
		o->cut = true;
		return;
	}
	char *to = emit_value(o, key, VALUE_QUOTED, len * 2);
	if (to)
		emit_value_end(o, VALUE_QUOTED, put_hex(to, bytes, len));
}

void emit_flags(struct emit *o, const char *key, uint64_t value)
{
	char *to = emit_value(o, key, VALUE_QUOTED, 18);
	unsigned digits = 8;

	if (!to)
		return;
	while (digits < 16 && value >> (4 * digits))
		digits++;
	*to++ = '0';
	*to++ = 'x';
	while (digits--)
		*to++ = hex_digits[value >> (4 * digits) & 15];
	emit_value_end(o, VALUE_QUOTED, to);
}

void emit_guid(struct emit *o, const char *key, const uint8_t guid[16])
{
	/* The first three groups are little-endian numbers. */
	static const uint8_t order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	char *to = emit_value(o, key, VALUE_QUOTED, 36);

	if (!to)
		return;
	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		to = put_hex(to, &guid[order[i]], 1);
	}
	emit_value_end(o, VALUE_QUOTED, to);
}

static void open_group(struct emit *o, const char *key, char open, char close)
{
	if (o->form == EMIT_BODYFILE || o->skipped) {
		o->skipped++;
		return;
	}
	bool too_deep = o->depth == EMIT_DEPTH_MAX ||
			o->to->len - o->record > EMIT_LINE_MAX - EMIT_DEPTH_MAX;
	char *to = too_deep ? NULL : emit_value(o, key, VALUE_BARE, 1);
	o->cut |= too_deep;
	if (!to) {
		o->skipped = 1;
		return;
	}
	*to++ = open;
	o->to->len = (size_t)(to - o->to->s);
	if (!in_json(o))
		o->cell_at = o->mark;
	o->closes[++o->depth] = close;
	o->filled = false;
}

void emit_object(struct emit *o, const char *key)
{
	open_group(o, key, '{', '}');
}

void emit_array(struct emit *o, const char *key)
{
	open_group(o, key, '[', ']');
}

void emit_close(struct emit *o)
{
	if (o->skipped) {
		o->skipped--;
		return;
	}
	assert(o->depth > 1);
	emit_put(o->to, &o->closes[o->depth--], 1);
	o->filled = true;
	if (!in_json(o))
		o->cells[o->column] =
			(struct emit_cell){ o->cell_at, o->to->len - o->cell_at, true, false };
}

char *emit_room(struct emit *o, size_t len)
{
	assert(o->form == EMIT_JSONL || o->form == EMIT_TIMELINE);
	o->mark = o->to->len;
	o->was_filled = o->filled;
	char *to = emit_need(o->to, len + 1);
	if (o->filled) {
		*to++ = ',';
		o->to->len++;
	}
	return to;
}

void emit_used(struct emit *o, size_t len)
{
	o->to->len += len;
	o->filled = true;
	if (!len || o->to->len - o->record > EMIT_LINE_MAX) {
		bool cut = o->cut;

		take_back(o);
		o->cut = len || cut;
	}
}

/* What a timeline says. */

static inline bool is_silent(const struct emit *o)
{
	return o->form == EMIT_JSONL || o->form == EMIT_CSV;
}

/* Bytes of an escape at `s`, of which `left` are there; 1 if it is none. */
static size_t escape_bytes(bool json, const char *s, size_t left)
{
	const size_t x = *s == '%' ? 1 : 2; /* where the digits of "%7C" and "\\x0a" are */

	if (json)
		return *s != '\\' ? 1 : s[1] == 'u' ? 6 : 2;
	if ((*s != '%' && *s != '\\') || left < x + 2 || (x == 2 && s[1] != 'x'))
		return 1;
	return escape_is_hex((uint8_t)s[x]) && escape_is_hex((uint8_t)s[x + 1]) ? x + 2 : 1;
}

/* The last end of a character, or of its escape, up to `max`; there is more than that. */
static size_t whole_says(const struct emit *o, size_t max)
{
	size_t at = 0, step;

	for (; at < max; at += step) {
		const char *s = o->says.s + at;
		const uint8_t c = (uint8_t)*s;

		step = c < 0x80   ? escape_bytes(o->form == EMIT_TIMELINE, s, o->says.len - at)
		       : c < 0xe0 ? 2
		       : c < 0xf0 ? 3
				  : 4;
		if (at + step > max)
			break;
	}
	return at;
}

/* What is too much goes back to a space, if there is one near: a text without any is not lost for that. */
static void cut_says(struct emit *o)
{
	size_t len = EMIT_SAYS_MAX;

	while (len > EMIT_SAYS_MAX - 1024 && o->says.s[len] != ' ')
		len--;
	o->says.len = o->says.s[len] == ' ' ? len : whole_says(o, EMIT_SAYS_MAX);
	o->cut = true;
}

void emit_says(struct emit *o, const char *s, size_t len)
{
	if (is_silent(o))
		return;
	if (!emit_escaped(&o->says, o->form == EMIT_BODYFILE ? ESCAPE_BODY : ESCAPE_JSON, s, len,
			  EMIT_SAYS_MAX))
		cut_says(o);
}

void emit_says16(struct emit *o, const uint8_t *units, size_t count)
{
	if (is_silent(o))
		return;
	if (!emit_escaped16(&o->says, o->form == EMIT_BODYFILE ? ESCAPE_BODY : ESCAPE_JSON, units,
			    count, EMIT_SAYS_MAX))
		cut_says(o);
}

void emit_saysf(struct emit *o, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (is_silent(o))
		return;
	va_start(args, fmt);
	int len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len > 0)
		emit_says(o, text, len < (int)sizeof(text) ? (size_t)len : sizeof(text) - 1);
}
