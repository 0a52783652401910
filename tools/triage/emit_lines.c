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
	[MOMENT_LINKED] = { "Link Time", 'b' },
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

static char *put_times(char *to, const int64_t times[4])
{
	for (size_t i = 0; i < 4; i++) {
		*to++ = '|';
		to = decimal_put_signed(to, times[i]);
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

/* The name, escaped once for all of its lines. False: it is too long. */
static bool put_name(struct emit *o, const struct emit_body *b)
{
	const size_t max = o->lines.len + EMIT_LINE_MAX;

	if (!b->same_name) {
		o->body.len = 0;
		o->body_cut =
			!emit_escaped(&o->body, ESCAPE_BODY, b->name, b->name_len, EMIT_LINE_MAX);
	}
	if (o->body_cut)
		return false;
	emit_put(&o->lines, o->body.s, o->body.len);
	return !b->suffix_len ||
	       emit_escaped(&o->lines, ESCAPE_BODY, b->suffix, b->suffix_len, max);
}

static void keep_times(struct emit *o, const struct emit_body *b)
{
	o->body_times[0] = b->accessed;
	o->body_times[1] = b->modified;
	o->body_times[2] = b->changed;
	o->body_times[3] = b->created;
	o->body_times_len =
		(size_t)(put_times(o->body_times_text, o->body_times) - o->body_times_text);
}

void emit_body(struct emit *o, const struct emit_body *b)
{
	const size_t start = o->lines.len, inode = strlen(b->inode), mode = strlen(b->mode);

	if (o->form != EMIT_BODYFILE)
		return;
	o->body_said = true;
	put_first(o);
	/* Without any time mactime has no use for it. */
	if (!put_name(o, b) || !(b->accessed | b->modified | b->changed | b->created)) {
		o->lines.len = start;
		return;
	}
	char *to = emit_need(&o->lines, inode + mode + 200), *from = to;
	*to++ = '|';
	copy_short(to, b->inode, inode);
	to += inode;
	*to++ = '|';
	copy_short(to, b->mode, mode);
	to += mode;
	*to++ = '|';
	to = decimal_put(to, b->uid);
	*to++ = '|';
	to = decimal_put(to, b->gid);
	*to++ = '|';
	to = decimal_put(to, b->size_bytes);
	if (b->accessed != o->body_times[0] || b->modified != o->body_times[1] ||
	    b->changed != o->body_times[2] || b->created != o->body_times[3] || !o->body_times_len)
		keep_times(o, b);
	memcpy(to, o->body_times_text, sizeof(o->body_times_text)); /* a fixed size is faster */
	to += o->body_times_len;
	o->lines.len += (size_t)(to - from);
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

static void flush_full(struct emit *o)
{
	struct error e = { 0 };

	if (o->lines.len >= EMIT_BLOCK_BYTES)
		(void)!emit_flush(o, &e); /* emit_end() reports it */
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
		emit_put(&o->lines, ")|0|----------|0|0|0", 20);
		char *to = emit_need(&o->lines, 100);
		o->lines.len += (size_t)(put_times(to, times) - to);
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
