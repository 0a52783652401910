/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_CRON_H
#define TRIAGE_PARSE_CRON_H

#include "triage/parse/lines.h"

/* Lines of crontabs, crontab(5): docs/formats/cron.md. */
enum cron_kind {
	CRON_NOTHING, /* empty, or a comment */
	CRON_JOB,
	CRON_ENVIRONMENT,
	CRON_UNKNOWN,
};

struct cron_line {
	struct span schedule; /* "@reboot"; empty: the five */
	struct span minute, hour, day_of_month, month, day_of_week;
	struct span user; /* of a table of the system */
	struct span command;
	struct span name, value; /* of the environment, without quotes */
};

/* with_user: /etc/crontab and /etc/cron.d, where it stands before the command. */
enum cron_kind cron_parse(const struct line *l, bool with_user, struct cron_line *c);

#endif
