/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Crontabs: when, who, what. */
#include "triage/parse/cron.h"

static struct span unquoted(struct span s)
{
	if (s.len >= 2 && (*s.s == '"' || *s.s == '\'') && s.s[s.len - 1] == *s.s)
		return (struct span){ s.s + 1, s.len - 2 };
	return s;
}

/* NAME = value; the name may be in quotes. */
static bool environment(struct span all, struct cron_line *c)
{
	struct span name;

	if (!span_until(&all, '=', &name) || !all.s)
		return false;
	name = unquoted(span_trim(name));
	for (size_t i = 0; i < name.len; i++)
		if (is_blank(name.s[i]))
			return false;
	c->name = name;
	c->value = unquoted(span_trim(all));
	return name.len > 0;
}

/* Of digits, names of months and days, and * , - / ~ */
static bool is_time(struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		char ch = s.s[i];

		if (!(ch >= '0' && ch <= '9') && !(ch >= 'A' && ch <= 'Z') &&
		    !(ch >= 'a' && ch <= 'z') && !memchr("*,-/~", ch, 5))
			return false;
	}
	return s.len > 0;
}

enum cron_kind cron_parse(const struct line *l, bool with_user, struct cron_line *c)
{
	struct span rest = span_trim((struct span){ l->s, l->len }), all = rest;

	*c = (struct cron_line){ 0 };
	if (!rest.len || *rest.s == '#')
		return CRON_NOTHING;
	if (*rest.s == '-') /* cron of SUSE: do not log it */
		rest = (struct span){ rest.s + 1, rest.len - 1 };
	bool is_job = rest.len && (*rest.s == '@' || *rest.s == '*' || *rest.s == '~' ||
				   (*rest.s >= '0' && *rest.s <= '9'));
	if (!is_job)
		return environment(all, c) ? CRON_ENVIRONMENT : CRON_UNKNOWN;
	if (*rest.s == '@') {
		c->schedule = span_word(&rest);
	} else {
		struct span *const five[] = { &c->minute, &c->hour, &c->day_of_month, &c->month,
					      &c->day_of_week };

		for (size_t i = 0; i < 5; i++) {
			*five[i] = span_word(&rest);
			if (!is_time(*five[i]))
				return CRON_UNKNOWN;
		}
	}
	if (with_user)
		c->user = span_word(&rest);
	c->command = rest;
	return rest.len ? CRON_JOB : CRON_UNKNOWN;
}
