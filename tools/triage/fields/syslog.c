/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text logs of Linux: docs/formats/syslog.md. */
#include "triage/parse/syslog.h"

#include <time.h>

#include "lib/base/language.h"
#include "lib/data/date.h"
#include "triage/fields/span.h"
#include "triage/format.h"
#include "triage/packed.h"

#define FIRST_YEAR 1900 /* what lib/data/date.h knows */
#define LAST_YEAR 2199

struct log {
	struct emit *out;
	struct syslog_years years;
	unsigned year; /* of the first line */
};

static const char *const columns[] = {
	"timestamp", "hostname",   "reporter",        "pid",          "message", "priority",
	"process",   "message_id", "structured_data", "year_guessed", "no_zone", "line",
	NULL,
};

static void when(struct emit *o, const struct syslog_record *r, unsigned year)
{
	if (year < FIRST_YEAR || year > LAST_YEAR) { /* years turn that often in no log */
		emit_null(o, "timestamp");
		return;
	}
	/* 29 February of a year that was guessed and has none: the day behind. */
	bool exists = date_exists(year, r->month, r->day);
	int64_t day = exists ? date_day(year, r->month, r->day) : date_day(year, 3, 1);

	emit_unix(o, "timestamp", day * DATE_SECONDS + r->second - r->zone_s, r->ns, r->digits,
		  MOMENT_RECORDED);
}

static bool record(void *ctx, const struct line *l, struct error *e)
{
	struct syslog_record r;
	struct log *log = ctx;
	struct emit *o = log->out;

	if (!l->len)
		return true;
	bool known = syslog_parse(l, &r);
	emit_begin(o, "syslog:line");
	if (!known) { /* also the further lines of a message */
		emit_says(o, l->s, l->len);
		emit_null(o, "timestamp");
		emit_text(o, "message", l->s, l->len);
		emit_number(o, "line", l->number);
		return emit_end(o, e);
	}
	syslog_years(&log->years, &r);
	if (r.program.s) {
		emit_says(o, r.program.s, r.program.len);
		if (r.has_pid)
			emit_saysf(o, "[%llu]", r.pid + 0ULL);
		emit_says(o, ": ", 2);
	}
	emit_says(o, r.message.s, r.message.len);
	when(o, &r, r.year ? r.year : log->year + log->years.turns);
	emit_span(o, "hostname", r.host);
	emit_span(o, "reporter", r.program);
	if (r.has_pid)
		emit_number(o, "pid", r.pid);
	emit_span(o, "message", r.message);
	if (r.has_priority)
		emit_number(o, "priority", r.priority);
	if (r.process.s && !r.has_pid)
		emit_span(o, "process", r.process);
	if (r.message_id.s)
		emit_span(o, "message_id", r.message_id);
	if (r.structured.s)
		emit_span(o, "structured_data", r.structured);
	if (!r.year)
		emit_bool(o, "year_guessed", true);
	if (!r.has_zone)
		emit_bool(o, "no_zone", true);
	emit_number(o, "line", l->number);
	return emit_end(o, e);
}

static bool count(void *ctx, const struct line *l, struct error *e)
{
	struct syslog_record r;
	(void)e;

	if (syslog_parse(l, &r))
		syslog_years(ctx, &r);
	return true;
}

#define YEARS_FROM 1990u /* what is before it is seconds since 1970 (dateformat %s of logrotate) */

/* A day at s: "20240512" or "2024-05-12", also with _ or a dot. */
static bool day_at(const char *s, int64_t *day)
{
	uint64_t y, m, d;

	if (!span_number((struct span){ s, 4 }, &y))
		return false;
	const size_t gap = s[4] == '-' || s[4] == '_' || s[4] == '.';
	const char *month = s + 4 + gap;
	if (!span_number((struct span){ month, 2 }, &m) || (gap && month[2] != s[4]) ||
	    !span_number((struct span){ month + 2 + gap, 2 }, &d) || y < YEARS_FROM ||
	    !date_exists((unsigned)y, (unsigned)m, (unsigned)d))
		return false;
	*day = date_day((unsigned)y, (unsigned)m, (unsigned)d);
	return true;
}

/* The last day in the name, as logrotate and others put one there, else today; and the day behind: with `dateyesterday`
 * it is that of the lines, and those up to the hour when it ran are of the next, and it may be tomorrow where the log
 * is from. */
static int64_t last_day(const char *name)
{
	int64_t day = time(NULL) / DATE_SECONDS;

	for (const char *s = name; *s; s++)
		if (s == name || s[-1] < '0' || s[-1] > '9')
			(void)day_at(s, &day);
	return day + 1;
}

/* auth.log.2.gz among auth.log*: its bytes are lines, too, and say nothing. */
static bool begins_packed(const struct partition_source *s)
{
	char head[PACKED_HEAD_BYTES];
	struct error quiet = { 0 };

	return s->size_bytes >= sizeof(head) &&
	       partition_source_read(s, 0, head, sizeof(head), &quiet) && is_packed(head);
}

static bool run(const struct format_job *job, struct emit *o, struct error *e)
{
	struct log log = { .out = o };
	struct syslog_years years = { 0 };

	if (begins_packed(&job->inputs[0]))
		parse_problem(&job->problems, 0, PACKED_WORDS);
	if (!lines_each_of_log(&job->inputs[0], NULL, count, &years, e))
		return false;
	if (years.month)
		log.year = syslog_year_before(years.month, years.day, last_day(job->names[0]));
	log.year = log.year > years.turns ? log.year - years.turns : 0;
	return lines_each_of_log(&job->inputs[0], &job->problems, record, &log, e);
}

const struct format format_syslog = {
	.name = "syslog",
	.help = N_("text logs of Linux: auth.log, secure, messages, syslog"),
	.columns = columns,
	.has_moments = true,
	.inputs_max = 1,
	.run = run,
};
