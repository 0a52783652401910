/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Can the people, functions and bodies of a kit be reached, and did anyone try? */
#include <string.h>

#include "kit/check.h"
#include "lib/base/language.h"

/* Someone tried it, not too long ago. */
static void check_checked(struct check *c, enum table_name t, const struct record *r,
			  const char *what)
{
	const char *date = check_cell(c, t, r, "checked_on");
	int64_t days;

	if (!check_age(c, date, &days))
		check_say(c, WARNING, "contact-unchecked", r,
			  _("nobody has checked the numbers of %s; try them and enter checked_on"),
			  what);
	else if (days > CHECK_CONTACT_DAYS)
		check_say(c, WARNING, "contact-unchecked", r,
			  _("the numbers of %s were last checked on %s, %lld days ago; try them "
			    "and renew checked_on"),
			  what, date, (long long)days);
	else if (days < 0)
		check_say(c, WARNING, "date-ahead", r,
			  _("checked_on is %s, which is still to come; correct the date"), date);
}

/* In people.csv or in channels.csv. */
static bool has_private(struct check *c, const struct record *r)
{
	const struct lookup_entry *list;
	struct text owner = { 0 };
	bool private = *check_cell(c, PEOPLE, r, "mobile_private") ||
		       *check_cell(c, PEOPLE, r, "landline_private");
	size_t count;

	text_addf(&owner, "%s:%s", kit_kind_name(KIT_PERSON), check_cell(c, PEOPLE, r, "id"));
	list = lookup_all(&c->channels, text_end(&owner), &count);
	for (size_t i = 0; i < count; i++)
	private = private || strstr(check_cell(c, CHANNELS, list[i].record, "type"), "_private");
	text_release(&owner);
	return private;
}

static void check_consent(struct check *c, const struct record *r)
{
	const char *id = check_cell(c, PEOPLE, r, "id");
	const char *delete_by = check_cell(c, PEOPLE, r, "delete_by");
	int64_t days;

	if (!*check_cell(c, PEOPLE, r, "consent_on") && has_private(c, r))
		check_say(c, WARNING, "private-without-consent", r,
			  _("'%s' has a private number but no consent_on; ask the person and enter "
			    "the date, or take the number out"),
			  id);
	if (check_age(c, delete_by, &days) && days > 0)
		check_say(c, WARNING, "person-overdue", r,
			  _("'%s' was to be deleted by %s; delete the line, or renew delete_by"),
			  id, delete_by);
}

/* Does everything hang on systems that may be what has failed? */
static void check_own(struct check *c, const char *rule, const struct record *r, const char *id,
		      const struct reach *reach)
{
	if (reach->ways && reach->own == reach->ways)
		check_say(c, WARNING, rule, r,
			  _("every way to reach '%s' fails with your own systems; add a mobile "
			    "number or another way of its own"),
			  id);
}

static void check_mail(struct check *c, enum table_name t, const struct record *r)
{
	const char *mail = check_cell(c, t, r, "email");

	if (*mail && !*check_cell(c, t, r, "email_depends_on") && hosts_own_mail(&c->hosts, mail))
		check_say(c, WARNING, "mail-dependency", r,
			  _("%s is at your own domain, but email_depends_on is empty; name the "
			    "system that it fails with"),
			  mail);
}

static void check_functions(struct check *c, enum table_name t, const char *rule)
{
	const struct table *table = &c->s->tables[t];

	for (size_t i = 0; i < table->count; i++) {
		const struct record *r = &table->records[i];
		const char *id = check_cell(c, t, r, "id");
		struct reach reach = check_reach(c, t, r);

		if (!reach.ways)
			continue;
		check_checked(c, t, r, id);
		check_own(c, rule, r, id, &reach);
		check_mail(c, t, r);
	}
}

/* A channel may have a date of its own; without one, its owner's counts. */
static void check_channels(struct check *c)
{
	const struct table *t = &c->s->tables[CHANNELS];

	for (size_t i = 0; i < t->count; i++)
		if (*check_cell(c, CHANNELS, &t->records[i], "checked_on"))
			check_checked(c, CHANNELS, &t->records[i],
				      check_cell(c, CHANNELS, &t->records[i], "owner"));
}

void check_people(struct check *c)
{
	const struct table *t = &c->s->tables[PEOPLE];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *id = check_cell(c, PEOPLE, r, "id");
		struct reach reach = check_reach(c, PEOPLE, r);

		if (reach.ways < 2)
			check_say(c, WARNING, "person-few-channels", r,
				  reach.ways ? _("'%s' can be reached in one way only; add a "
						 "second one")
					     : _("there is no way to reach '%s'; add at least two "
						 "numbers"),
				  id);
		check_own(c, "person-own-channels", r, id, &reach);
		if (reach.ways)
			check_checked(c, PEOPLE, r, id);
		check_consent(c, r);
	}
	check_functions(c, ROLES, "role-own-channels");
	check_functions(c, ORGANISATIONS, "organisation-own-channels");
	check_channels(c);
}
