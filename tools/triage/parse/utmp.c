/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logins of Linux: records of one length, read piece by piece. */
#include "triage/parse/utmp.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"

#define TYPES 10u
#define RECORDS_AT_ONCE 512u

static bool is_zero(const uint8_t *p, size_t n)
{
	return *p == 0 && memcmp(p, p + 1, n - 1) == 0;
}

static struct words text_of(struct reader *r, size_t len)
{
	struct reader text = reader_sub(r, len);

	return words_ended(&text, false);
}

/* False: it cannot be a record. */
static bool parse_utmp(struct reader r, struct utmp_record *u)
{
	u->type = reader_le16(&r);
	reader_skip(&r, 2);
	u->pid = (int32_t)reader_le32(&r);
	u->terminal = text_of(&r, 32);
	u->terminal_id = text_of(&r, 4);
	u->user = text_of(&r, 32);
	u->host = text_of(&r, 256);
	u->termination = (int16_t)reader_le16(&r);
	u->exit = (int16_t)reader_le16(&r);
	u->session = (int32_t)reader_le32(&r);
	u->seconds = (int32_t)reader_le32(&r);
	u->microseconds = reader_le32(&r);
	const uint8_t *address = reader_take(&r, 16);
	u->address = address && !is_zero(address, 16) ? address : NULL;
	return u->type < TYPES && u->microseconds < 1000000;
}

static bool parse_lastlog(struct reader r, struct utmp_record *u)
{
	u->seconds = reader_le32(&r);
	u->terminal = text_of(&r, 32);
	u->host = text_of(&r, 256);
	return true;
}

struct walk {
	const struct partition_source *s;
	bool is_lastlog;
	size_t record_bytes;
	bool (*each)(void *ctx, const struct utmp_record *r, struct error *e);
	void *ctx;
	const struct parse_problems *problems;
	uint64_t good, bad;
};

static bool piece(struct walk *w, const uint8_t *bytes, uint64_t first, size_t count,
		  struct error *e)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = bytes + i * w->record_bytes;
		struct reader r = reader_of(p, w->record_bytes);
		struct utmp_record u = { .number = first + i };

		if (is_zero(p, w->record_bytes))
			continue;
		if (!(w->is_lastlog ? parse_lastlog(r, &u) : parse_utmp(r, &u))) {
			if (w->bad++ == 0)
				parse_problem(w->problems, (first + i) * w->record_bytes,
					      N_("a record can be none"));
			continue;
		}
		w->good++;
		if (!w->each(w->ctx, &u, e))
			return false;
	}
	return true;
}

bool utmp_read(const struct partition_source *s, bool is_lastlog,
	       bool (*each)(void *ctx, const struct utmp_record *r, struct error *e), void *ctx,
	       const struct parse_problems *problems, struct error *e)
{
	struct walk w = { .s = s,
			  .is_lastlog = is_lastlog,
			  .record_bytes = is_lastlog ? LASTLOG_RECORD_BYTES : UTMP_RECORD_BYTES,
			  .each = each,
			  .ctx = ctx,
			  .problems = problems };
	uint64_t size = s->size_bytes < UTMP_BYTES_MAX ? s->size_bytes : UTMP_BYTES_MAX;
	uint64_t records = size / w.record_bytes;
	uint8_t *bytes = mem_alloc(RECORDS_AT_ONCE * w.record_bytes);
	bool ok = true;

	if (s->size_bytes > UTMP_BYTES_MAX)
		parse_problem(problems, UTMP_BYTES_MAX, N_("what lies behind 4 GiB is not read"));
	for (uint64_t i = 0; ok && i < records;) {
		size_t n = records - i < RECORDS_AT_ONCE ? (size_t)(records - i) : RECORDS_AT_ONCE;

		ok = partition_source_read(s, i * w.record_bytes, bytes, n * w.record_bytes, e) &&
		     piece(&w, bytes, i, n, e);
		i += n;
	}
	if (ok && size % w.record_bytes)
		parse_problem(problems, records * w.record_bytes, N_("the last record is cut off"));
	if (ok && !w.good && (w.bad || (size && !records)))
		ok = error_set(e, ERROR_UNTRUSTED, _("there are no records of logins in it"));
	free(bytes);
	return ok;
}
