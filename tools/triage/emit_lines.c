/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of a record, where they are no JSON object as it was said. */
#include "lib/base/memory.h"
#include "triage/emit_inside.h"

/* CSV: RFC 4180. */

void emit_csv_header(struct emit *o)
{
	for (size_t i = 0; i < o->column_count; i++) {
		if (i)
			emit_put(&o->lines, ",", 1);
		emit_put(&o->lines, o->columns[i], strlen(o->columns[i]));
	}
	emit_put(&o->lines, "\r\n", 2);
}

static void put_cell(struct emit_buffer *lines, const char *s, size_t len, bool text)
{
	/* Spreadsheets calculate what begins so, and some start programs for it. */
	bool formula = text && len && strchr("=+-@", *s);
	bool quote = formula;

	for (size_t i = 0; i < len && !quote; i++)
		quote = s[i] == '"' || s[i] == ',';
	if (!quote) {
		emit_put(lines, s, len);
		return;
	}
	char *to = emit_need(lines, 2 * len + 3), *start = to;
	*to++ = '"';
	if (formula)
		*to++ = '\'';
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			*to++ = '"';
		*to++ = s[i];
	}
	*to++ = '"';
	lines->len += (size_t)(to - start);
}

void emit_csv_line(struct emit *o)
{
	for (size_t i = 0; i < o->column_count; i++) {
		const struct emit_cell *c = &o->cells[i];

		if (i)
			emit_put(&o->lines, ",", 1);
		if (c->there)
			put_cell(&o->lines, o->body.s + c->at, c->len, c->text);
	}
	emit_put(&o->lines, "\r\n", 2);
}

/* Moments. */

static const struct {
	const char *name; /* as plaso calls it */
	char column;      /* of a bodyfile: a m c b */
} moments[MOMENT_COUNT] = {
	[MOMENT_CREATED] = { "Creation Time", 'b' },
	[MOMENT_MODIFIED] = { "Content Modification Time", 'm' },
	[MOMENT_CHANGED] = { "Metadata Modification Time", 'c' },
	[MOMENT_ACCESSED] = { "Last Access Time", 'a' },
	[MOMENT_RECORDED] = { "Recorded Time", 'm' },
	[MOMENT_RUN] = { "Last Time Executed", 'a' },
	[MOMENT_RUN_BEFORE] = { "Previous Last Time Executed", 'a' },
	[MOMENT_DELETED] = { "Content Deletion Time", 'c' },
	[MOMENT_SCHEDULED] = { "Scheduled to Start Time", 'm' },
	[MOMENT_STARTED] = { "Start Time", 'm' },
	[MOMENT_ENDED] = { "End Time", 'm' },
	[MOMENT_INSTALLED] = { "Installation Time", 'b' },
};

void emit_moment(struct emit *o, const struct emit_at *at)
{
	if (at->what == MOMENT_NONE || o->form == EMIT_JSONL || o->form == EMIT_CSV)
		return;
	if (o->moment_count == EMIT_MOMENTS_MAX) {
		o->cut = true;
		return;
	}
	mem_grow(&o->moments, &o->moment_room, o->moment_count + 1, sizeof(*o->moments));
	o->moments[o->moment_count++] = *at;
}

/* Bodyfile: MD5|name|inode|mode|UID|GID|size|atime|mtime|ctime|crtime */

#define BODY_ROOM 320u /* for what follows the name */
#define LOW 10000      /* its digits differ from one file to the next */

/* A time as text. */
static char *put_second(struct emit_high *high, char *to, int64_t s)
{
	const uint64_t value = (uint64_t)s / LOW;
	const unsigned low = (unsigned)((uint64_t)s % LOW);

	if (s < LOW)
		return decimal_put_signed(to, s);
	if (value != high->value) {
		high->value = value;
		high->len = (size_t)(decimal_put(high->text, value) - high->text);
	}
	memcpy(to, high->text, 16); /* a fixed size is faster */
	to = decimal_two(to + high->len, low / 100);
	return decimal_two(to, low % 100);
}

static char *put_times(struct emit *o, char *to, const int64_t times[4])
{
	for (size_t i = 0; i < 4; i++) {
		*to++ = '|';
		to = put_second(&o->body_highs[i], to, times[i]);
	}
	*to++ = '\n';
	return to;
}

/* The MD5, which is never known, and what stands before the name. */
static void put_first(struct emit *o)
{
	char *to = emit_need(&o->lines, 32), *start = to;

	*to++ = '0';
	*to++ = '|';
	if (o->partition) {
		*to++ = 'p';
		to = decimal_put(to, o->partition);
	}
	o->lines.len += (size_t)(to - start);
}

static void add_name(struct emit *o, const char *s, size_t len)
{
	if (len) /* what is too long shows by its length */
		(void)emit_escaped(&o->body, ESCAPE_BODY, s, len, EMIT_LINE_MAX);
}

static void flush_full(struct emit *o)
{
	if (o->lines.len >= EMIT_BLOCK_BYTES) {
		struct error e = { 0 }; /* half a KiB to clear: not for every line */

		(void)!emit_flush(o, &e); /* emit_end() reports it */
	}
}

/* The folder and the name, escaped once for all lines that have them. False: they are too long. */
static bool keep_name(struct emit *o, const struct emit_body *b)
{
	if (b->same_name)
		return o->body.len <= EMIT_LINE_MAX;
	if (!b->same_folder) {
		o->body.len = 0;
		add_name(o, b->folder, b->folder_len);
		o->folder_len = o->body.len;
	}
	o->body.len = o->folder_len;
	add_name(o, b->name, b->name_len);
	return o->body.len <= EMIT_LINE_MAX;
}

static bool put_name(struct emit *o, const struct emit_body *b)
{
	const size_t max = o->lines.len + EMIT_LINE_MAX;

	emit_put(&o->lines, o->body.s, o->body.len);
	if (b->suffix_len && !emit_escaped(&o->lines, ESCAPE_BODY, b->suffix, b->suffix_len, max))
		return false;
	emit_put(&o->lines, b->mark, b->mark_len);
	return true;
}

static char *put_inode(char *to, const struct emit_body *b)
{
	to = decimal_put(to, b->inode);
	if (b->type) {
		*to++ = '-';
		to = decimal_put(to, b->type);
		*to++ = '-';
		to = decimal_put(to, b->id);
	}
	return to;
}

void emit_body(struct emit *o, const struct emit_body *b)
{
	const size_t start = o->lines.len;

	if (o->form != EMIT_BODYFILE)
		return;
	o->body_said = true;
	/* Without any time mactime has no use for it. */
	if (!keep_name(o, b) || !(b->accessed | b->modified | b->changed | b->created))
		return;
	put_first(o);
	if (!put_name(o, b)) {
		o->lines.len = start;
		return;
	}
	char *to = emit_need(&o->lines, BODY_ROOM), *from = to;
	*to++ = '|';
	to = put_inode(to, b);
	*to++ = '|';
	memcpy(to, b->mode, EMIT_MODE_BYTES);
	to += EMIT_MODE_BYTES;
	*to++ = '|';
	to = decimal_put(to, b->uid);
	*to++ = '|';
	to = decimal_put(to, b->gid);
	*to++ = '|';
	to = decimal_put(to, b->size_bytes);
	to = put_times(o, to,
		       (const int64_t[]){ b->accessed, b->modified, b->changed, b->created });
	o->lines.len += (size_t)(to - from);
	flush_full(o); /* a file of many names has as many lines for each of its many streams */
}

static void put_says(struct emit *o)
{
	if (o->partition && o->form == EMIT_BODYFILE)
		emit_put(&o->lines, ": ", 2);
	if (o->says.len)
		emit_put(&o->lines, o->says.s, o->says.len);
	else
		emit_put(&o->lines, o->data_type, strlen(o->data_type));
}

void emit_body_lines(struct emit *o)
{
	static const char columns[] = "amcb";

	for (size_t i = 0; i < o->moment_count && !o->ended; i++) {
		const struct emit_at *at = &o->moments[i];
		int64_t times[4] = { 0 };
		const char *name = moments[at->what].name;

		if (!at->s)
			continue;
		times[strchr(columns, moments[at->what].column) - columns] = at->s;
		put_first(o);
		put_says(o);
		emit_put(&o->lines, " (", 2);
		emit_put(&o->lines, name, strlen(name));
		emit_put(&o->lines, ")", 1);
		if (o->recovered)
			emit_put(&o->lines, " (recovered)", 12);
		emit_put(&o->lines, "|0|----------|0|0|0", 19);
		char *to = emit_need(&o->lines, 100);
		o->lines.len += (size_t)(put_times(o, to, times) - to);
		flush_full(o);
	}
}

/* Timesketch: message, datetime, timestamp (microseconds), timestamp_desc, data_type, fields. */

static void put_literal(struct emit *o, const char *s)
{
	emit_put(&o->lines, s, strlen(s));
}

static int64_t microseconds(const struct emit_at *at)
{
	int64_t us;

	if (__builtin_mul_overflow(at->s, INT64_C(1000000), &us) ||
	    __builtin_add_overflow(us, (int64_t)(at->ns / 1000), &us))
		return at->s < 0 ? INT64_MIN : INT64_MAX;
	return us;
}

void emit_timeline_lines(struct emit *o)
{
	size_t repeated = 0;

	for (size_t i = 0; i < o->moment_count && !o->ended; i++) {
		const struct emit_at *at = &o->moments[i];

		put_literal(o, "{\"message\":\"");
		put_says(o);
		put_literal(o, "\",\"datetime\":\"");
		char *to = emit_need(&o->lines, EMIT_TIME_ROOM + 64);
		o->lines.len += (size_t)(emit_time_text(o, to, at) - to);
		put_literal(o, "+00:00\",\"timestamp\":");
		to = emit_need(&o->lines, 24);
		o->lines.len += (size_t)(decimal_put_signed(to, microseconds(at)) - to);
		put_literal(o, ",\"timestamp_desc\":\"");
		put_literal(o, moments[at->what].name);
		put_literal(o, "\",\"data_type\":\"");
		put_literal(o, o->data_type);
		put_literal(o, "\"");
		repeated += o->body.len;
		if (i && repeated > EMIT_REPEATED_MAX) {
			put_literal(o, ",\"truncated\":true");
		} else if (o->body.len) {
			put_literal(o, ",");
			emit_put(&o->lines, o->body.s, o->body.len);
		}
		put_literal(o, "}\n");
		flush_full(o);
	}
}
