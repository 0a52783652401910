/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_SYSLOG_H
#define TRIAGE_PARSE_SYSLOG_H

#include "triage/parse/lines.h"

/* Lines of text logs: auth.log, secure, messages, syslog. docs/formats/syslog.md. */
struct syslog_record {
	struct span host, program, message;
	struct span process, message_id, structured; /* of RFC 5424; absent: not said */
	uint64_t pid;
	bool has_pid, has_priority;
	uint32_t priority; /* facility * 8 + severity */
	/* The time as it stands. year 0: it has none (RFC 3164). */
	unsigned year, month, day, second; /* of the day */
	uint32_t ns;
	uint8_t digits; /* behind the point */
	bool has_zone;
	int32_t zone_s; /* east of Greenwich */
};

/* False: it does not begin with a time. */
bool syslog_parse(const struct line *l, struct syslog_record *r);

/* Years of lines that have none: give every line to syslog_years(), in order; `turns` counts how often a
 * year began since the first; start with { 0 }. */
struct syslog_years {
	unsigned turns, month, day;    /* of the last line */
	unsigned left_month, left_day; /* of the last line before the last turn; 0: none */
};
void syslog_years(struct syslog_years *y, const struct syslog_record *r);
/* The latest year in which month and day are not after last_day, in days since 1970. */
unsigned syslog_year_before(unsigned month, unsigned day, int64_t last_day);

#endif
