/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How someone can be reached, and which of these ways fail with the own systems. */
#include <string.h>

#include "kit/check.h"

/* A column with a way to reach someone. */
struct way {
	const char *column;
	const char *depends; /* the column that says what it fails with, or NULL */
	bool function;       /* a control room may dial it: duty, mobile */
	bool mail;
};

static const struct way of_function[] = {
	{ "duty", NULL, true, false },
	{ "mobile", NULL, true, false },
	{ "satellite", NULL, true, false },
	{ "phone", "phone_depends_on", false, false },
	{ "fax", "phone_depends_on", false, false },
	{ "radio", NULL, false, false },
	{ "email", "email_depends_on", false, true },
	{ "email_emergency", NULL, false, true },
	{ 0 },
};

static const struct way of_person[] = {
	{ "mobile_work", NULL, false, false },
	{ "mobile_private", NULL, false, false },
	{ "landline_work", "phone_depends_on", false, false },
	{ "landline_private", NULL, false, false },
	{ "email", "email_depends_on", false, true },
	{ "email_emergency", NULL, false, true },
	{ 0 },
};

/* Is it the town's own, or a network of somebody else? */
static bool is_own(const struct check *c, const char *system)
{
	const struct record *r = check_by_id(&c->systems, system), *org;

	if (!r)
		return *system != '\0';
	if (table_yes(&c->s->tables[SYSTEMS], r, "self_operated"))
		return true;
	org = check_by_id(&c->organisations, check_cell(c, SYSTEMS, r, "organisation"));
	return !org || strcmp(check_cell(c, ORGANISATIONS, org, "type"), "internal") == 0;
}

static void add_way(struct reach *reach, bool own, bool function)
{
	reach->ways++;
	reach->own += own;
	reach->function_number = reach->function_number || (function && !own);
}

static void add_channels(const struct check *c, const char *owner, struct reach *reach)
{
	size_t count;
	const struct lookup_entry *list = lookup_all(&c->channels, owner, &count);

	for (size_t i = 0; i < count; i++) {
		const struct record *r = list[i].record;
		const char *type = check_cell(c, CHANNELS, r, "type");
		const char *value = check_cell(c, CHANNELS, r, "value");
		const char *depends = check_cell(c, CHANNELS, r, "depends_on");
		bool mail = strcmp(type, "email") == 0 || strcmp(type, "email_emergency") == 0;
		bool function = strcmp(type, "duty") == 0 || strcmp(type, "mobile_work") == 0 ||
				strcmp(type, "satellite") == 0;

		if (!*type || strcmp(type, "web") == 0 || strcmp(type, "address") == 0 ||
		    strcmp(type, "meeting_point") == 0)
			continue;
		add_way(reach, is_own(c, depends) || (mail && hosts_own_mail(&c->hosts, value)),
			function && table_is_open(&c->s->tables[CHANNELS], r));
	}
}

struct reach check_reach(const struct check *c, enum table_name t, const struct record *r)
{
	bool person = t == PEOPLE;
	/* A person's extension and mail fail with those of where they work. */
	const struct record *home =
		person ? check_by_id(&c->organisations, check_cell(c, t, r, "organisation")) : r;
	enum table_name home_table = person ? ORGANISATIONS : t;
	bool open = !person && table_is_open(&c->s->tables[t], r);
	struct reach reach = { 0 };
	struct text owner = { 0 };

	for (const struct way *w = person ? of_person : of_function; w->column; w++) {
		const char *value = check_cell(c, t, r, w->column);
		const char *depends =
			w->depends && home ? check_cell(c, home_table, home, w->depends) : "";
		/* Authorities and suppliers have switchboards, not duty mobiles. */
		bool function = w->function || (t == ORGANISATIONS && !strcmp(w->column, "phone"));

		if (*value)
			add_way(&reach,
				is_own(c, depends) || (w->mail && hosts_own_mail(&c->hosts, value)),
				function && open);
	}
	text_addf(&owner, "%s:%s", kit_kind_name(layout_of(t)->kind), check_cell(c, t, r, "id"));
	add_channels(c, text_end(&owner), &reach);
	text_release(&owner);
	return reach;
}
