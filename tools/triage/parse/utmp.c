/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logins of Linux: records of one length, read piece by piece. */
#include "triage/parse/utmp.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/base/zeros.h"

#define MICROSECONDS 1000000u
#define RECORDS_AT_ONCE 512u
#define RECORDS_AHEAD 3u /* of which a place for the next one is judged */
/* Of lastlog: as many of one size as of the other, and one more. */
#define LASTLOG_BOTH_BYTES (LASTLOG_RECORD_BYTES * (LASTLOG_WIDE_RECORD_BYTES / 4))
#define LATEST_SECOND (INT64_C(1) << 33)

static struct words text_of(struct reader *r, size_t len)
{
	struct reader text = reader_sub(r, len);

	return words_ended(&text, false);
}

/* Does nothing but zeros follow the first one? */
static bool is_text(const uint8_t *p, size_t len)
{
	const uint8_t *end = memchr(p, 0, len);

	return !end || only_zeros(end, len - (size_t)(end - p));
}

/* Are its texts and what nobody uses those of a record, whatever type and time say? */
static bool has_form(const uint8_t *p, size_t record_bytes)
{
	return is_text(p + 8, 32) && is_text(p + 44, 32) && is_text(p + 76, 256) &&
	       only_zeros(p + record_bytes - 20, 20);
}

static struct utmp_record parse_utmp(struct reader r, bool wide)
{
	struct utmp_record u = { .type = reader_le16(&r) };

	reader_skip(&r, 2);
	u.pid = (int32_t)reader_le32(&r);
	u.terminal = text_of(&r, 32);
	u.terminal_id = text_of(&r, 4);
	u.user = text_of(&r, 32);
	u.host = text_of(&r, 256);
	u.termination = (int16_t)reader_le16(&r);
	u.exit = (int16_t)reader_le16(&r);
	u.session = (int32_t)reader_le32(&r);
	if (wide) {
		reader_skip(&r, 4);
		u.seconds = (int64_t)reader_le64(&r);
		uint64_t us = reader_le64(&r);
		u.microseconds = us < MICROSECONDS ? (uint32_t)us : MICROSECONDS;
	} else {
		u.seconds = reader_le32(&r);
		u.microseconds = reader_le32(&r);
	}
	const uint8_t *address = reader_take(&r, 16);
	u.address = address && !only_zeros(address, 16) ? address : NULL;
	return u;
}

static struct utmp_record parse_lastlog(struct reader r, bool wide)
{
	struct utmp_record u = { .seconds = wide ? (int64_t)reader_le64(&r) : reader_le32(&r) };

	u.terminal = text_of(&r, 32);
	u.host = text_of(&r, 256);
	return u;
}

struct walk {
	const struct partition_source *s;
	uint64_t end; /* bytes of it that are read */
	bool is_lastlog, wide;
	size_t record_bytes;
	bool (*each)(void *ctx, const struct utmp_record *r, struct error *e);
	void *ctx;
	const struct parse_problems *problems;
	uint64_t good, bad, odd, formless;
};

static size_t bytes_of(bool wide)
{
	return wide ? UTMP_WIDE_RECORD_BYTES : UTMP_RECORD_BYTES;
}

/* Is this a login beyond doubt? */
static bool is_sure(const uint8_t *p, bool wide)
{
	const size_t n = bytes_of(wide);

	/* The type first: where a file is searched, it is the quickest that can be wrong. */
	return p[0] && p[0] <= UTMP_TYPE_MAX && !p[1] && has_form(p, n) &&
	       parse_utmp(reader_of(p, n), wide).microseconds < MICROSECONDS;
}

/* How far the next record is from one at p without the form of one. Bytes that somebody took out or put in leave
 * all that follow out of step, until two are found, one behind the other, at another place. */
static size_t step(const uint8_t *p, size_t left, bool is_end, bool wide)
{
	const size_t n = bytes_of(wide);

	if (left >= 2 * n && (only_zeros(p + n, n) || is_sure(p + n, wide)))
		return n;
	for (size_t d = 1; d < n && left - d >= n; d++)
		if (is_sure(p + d, wide) &&
		    (left - d >= 2 * n ? is_sure(p + d + n, wide) : is_end && left - d == n))
			return d;
	return n;
}

static void tell_formless(struct walk *w, uint64_t at)
{
	if (w->formless++ == 0)
		parse_problem(w->problems, at,
			      N_("a record has something behind the end of a text: "
				 "bytes may be missing before it"));
}

/* False: it cannot be one. A type or a time that cannot be hides nothing else of it. */
static bool check(struct walk *w, struct utmp_record *u, uint64_t at, bool formed)
{
	const bool can_be = u->type <= UTMP_TYPE_MAX && u->microseconds < MICROSECONDS;

	if (!formed && can_be)
		tell_formless(w, at);
	else if (!formed && w->bad++ == 0)
		parse_problem(w->problems, at, N_("what stands here can be no record"));
	if (!formed)
		return can_be;
	if (!can_be && w->odd++ == 0)
		parse_problem(w->problems, at,
			      N_("a record has a type or microseconds that cannot be"));
	if (u->microseconds >= MICROSECONDS)
		u->microseconds = 0;
	return true;
}

/* How many records of this size can be some, of those that are read first. */
static size_t fitting(const uint8_t *bytes, size_t len, bool wide)
{
	const size_t record = bytes_of(wide);
	size_t n = 0;

	for (size_t at = 0; len - at >= record;) {
		bool sure = is_sure(bytes + at, wide);

		n += sure;
		at += sure ? record : step(bytes + at, len - at, false, wide);
	}
	return n;
}

/* Are the texts of a record of lastlog those of one? */
static bool has_form_of_lastlog(const uint8_t *p, bool wide)
{
	const size_t terminal = wide ? 8 : 4;

	return is_text(p + terminal, 32) && is_text(p + terminal + 32, 256);
}

/* How many of these can be records of lastlog with times of this size. */
static size_t fitting_lastlog(const uint8_t *bytes, size_t len, bool wide)
{
	const size_t record = wide ? LASTLOG_WIDE_RECORD_BYTES : LASTLOG_RECORD_BYTES;
	const size_t terminal = wide ? 8 : 4;
	size_t n = 0;

	for (size_t at = 0; len - at >= record; at += record) {
		const uint8_t *p = bytes + at;
		const int64_t seconds = parse_lastlog(reader_of(p, record), wide).seconds;

		n += seconds > 0 && seconds < LATEST_SECOND && p[terminal] &&
		     has_form_of_lastlog(p, wide);
	}
	return n;
}

/* It ends with a whole record, whoever wrote last: where that leaves it open, the last logins tell. */
static bool choose_size_of_lastlog(struct walk *w, uint8_t *bytes, struct error *e)
{
	const uint64_t size = w->end;
	const bool narrow = w->s->size_bytes % LASTLOG_RECORD_BYTES == 0;

	w->wide = w->s->size_bytes % LASTLOG_WIDE_RECORD_BYTES == 0;
	if (narrow == w->wide) {
		w->wide = false;
		for (uint64_t i = size / LASTLOG_BOTH_BYTES + 1; i-- > 0;) {
			uint64_t at = i * LASTLOG_BOTH_BYTES, left = size - at;
			size_t len = left < LASTLOG_BOTH_BYTES ? (size_t)left : LASTLOG_BOTH_BYTES;

			if (!partition_source_read(w->s, at, bytes, len, e))
				return false;
			size_t n = fitting_lastlog(bytes, len, false);
			size_t n_wide = fitting_lastlog(bytes, len, true);
			w->wide = n_wide > n;
			if (n != n_wide)
				break;
		}
	}
	w->record_bytes = w->wide ? LASTLOG_WIDE_RECORD_BYTES : LASTLOG_RECORD_BYTES;
	return true;
}

/* lastlog2.db: anything in it would be a record of lastlog. Its pages have 512 bytes or a multiple of them. */
static bool is_database(const struct walk *w)
{
	static const char magic[16] = "SQLite format 3";
	struct error quiet = { 0 };
	char head[sizeof(magic)];

	return w->is_lastlog && w->s->size_bytes && w->s->size_bytes % 512 == 0 &&
	       partition_source_read(w->s, 0, head, sizeof(head), &quiet) &&
	       memcmp(head, magic, sizeof(magic)) == 0;
}

/* Nothing in a file says how large its records are. */
static bool choose_size(struct walk *w, uint8_t *bytes, size_t room, struct error *e)
{
	const uint64_t size = w->s->size_bytes;
	const size_t len = size < room ? (size_t)size : room;

	if (w->is_lastlog)
		return choose_size_of_lastlog(w, bytes, e);
	if (!partition_source_read(w->s, 0, bytes, len, e))
		return false;
	w->wide = fitting(bytes, len, true) > fitting(bytes, len, false);
	w->record_bytes = bytes_of(w->wide);
	return true;
}

static bool hand_out(struct walk *w, const struct utmp_record *u, struct error *e)
{
	w->good++;
	return w->each(w->ctx, u, e);
}

/* The record at p, of which `left` bytes are there; *bytes is how far the next one is. */
static bool one(struct walk *w, uint64_t at, const uint8_t *p, size_t left, size_t *bytes,
		struct error *e)
{
	struct reader r = reader_of(p, w->record_bytes);

	*bytes = w->record_bytes;
	if (only_zeros(p, w->record_bytes))
		return true;
	if (w->is_lastlog) {
		struct utmp_record u = parse_lastlog(r, w->wide);

		u.number = at / w->record_bytes;
		if (!has_form_of_lastlog(p, w->wide))
			tell_formless(w, at);
		return hand_out(w, &u, e);
	}
	struct utmp_record u = parse_utmp(r, w->wide);
	bool formed = has_form(p, w->record_bytes);
	if (!formed)
		*bytes = step(p, left, at + left == w->end, w->wide);
	if (*bytes < w->record_bytes)
		parse_problem(w->problems, at + *bytes,
			      N_("bytes were taken out or put in before here: the records are out "
				 "of step"));
	bool is_one = check(w, &u, at, formed) && (u.type || *bytes == w->record_bytes);
	return !is_one || hand_out(w, &u, e);
}

static bool all(struct walk *w, uint8_t *bytes, size_t room, struct error *e)
{
	uint64_t at = 0;
	size_t from = 0, to = 0, next; /* of `bytes`; what is at `from` lies at `at` */

	for (; w->end - at >= w->record_bytes; at += next, from += next) {
		if (to - from < RECORDS_AHEAD * w->record_bytes && at + (to - from) < w->end) {
			to = w->end - at < room ? (size_t)(w->end - at) : room;
			from = 0;
			if (!partition_source_read(w->s, at, bytes, to, e))
				return false;
		}
		if (!one(w, at, bytes + from, to - from, &next, e))
			return false;
	}
	if (at < w->end)
		parse_problem(w->problems, at, N_("the last record is cut off"));
	return true;
}

bool utmp_read(const struct partition_source *s, bool is_lastlog,
	       bool (*each)(void *ctx, const struct utmp_record *r, struct error *e), void *ctx,
	       const struct parse_problems *problems, struct error *e)
{
	struct walk w = {
		.s = s,
		.end = s->size_bytes < UTMP_BYTES_MAX ? s->size_bytes : UTMP_BYTES_MAX,
		.is_lastlog = is_lastlog,
		.each = each,
		.ctx = ctx,
		.problems = problems,
	};
	const size_t room = (size_t)RECORDS_AT_ONCE * UTMP_WIDE_RECORD_BYTES;

	if (is_database(&w))
		return error_set(e, ERROR_UNTRUSTED,
				 _("it is a database, as lastlog2 has: not read"));
	uint8_t *bytes = mem_alloc(room);
	if (s->size_bytes > UTMP_BYTES_MAX)
		parse_problem(problems, UTMP_BYTES_MAX, N_("what lies behind 4 GiB is not read"));
	bool ok = choose_size(&w, bytes, room, e) && all(&w, bytes, room, e);
	if (ok && !w.good && (w.bad || (w.end && w.end < w.record_bytes)))
		ok = error_set(e, ERROR_UNTRUSTED, _("there are no records of logins in it"));
	free(bytes);
	return ok;
}
