/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deadlines: somebody looked at the law within the last year. */
#include "kit/check.h"
#include "lib/base/language.h"

void check_deadlines(struct check *c)
{
	const struct table *t = &c->s->tables[DEADLINES];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = table_get(t, r, "id"), *date = table_get(t, r, "checked_on");
		int64_t days;

		if (check_age(c, date, &days) && days > CHECK_DEADLINE_DAYS)
			check_say(c, WARNING, "deadline-old", r,
				  _("the deadline '%s' was last checked on %s; read its source "
				    "again and renew checked_on"),
				  id, date);
		else if (days < 0)
			check_say(c, WARNING, "date-ahead", r,
				  _("checked_on is %s, which is still to come; correct the date"),
				  date);
		if (!*table_get(t, r, "hours") && !*table_get(t, r, "months") &&
		    !*table_get(t, r, "text"))
			check_say(c, WARNING, "deadline-without-length", r,
				  _("the deadline '%s' does not say how long it is; enter hours, "
				    "months or text"),
				  id);
	}
}
