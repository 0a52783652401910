/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ways to reach someone: from wide columns, and from channels.csv. */
#include <stdio.h>
#include <string.h>

#include "kit/tierdb.h"
#include "lib/data/phone.h"

/* Types of channels in the order in which to try them, with the wide column of
 * roles and organisations that holds each, that of people, and the column that names
 * the system it dies with. */
static const struct {
	const char *type, *column, *person, *depends;
	int priority;
	bool phone, private;
} types[] = {
	{ "duty", "duty", NULL, NULL, 10, true, false },
	{ "mobile_work", "mobile", "mobile_work", NULL, 20, true, false },
	{ "landline_work", "phone", "landline_work", "phone_depends_on", 30, true, false },
	{ "mobile_private", NULL, "mobile_private", NULL, 35, true, true },
	{ "landline_private", NULL, "landline_private", NULL, 36, true, true },
	{ "satellite", "satellite", NULL, NULL, 40, true, false },
	{ "radio", "radio", NULL, NULL, 45, false, false },
	{ "pager", NULL, NULL, NULL, 50, false, false },
	{ "messenger", NULL, NULL, NULL, 55, false, false },
	{ "fax", "fax", NULL, "phone_depends_on", 60, true, false },
	{ "email_emergency", "email_emergency", "email_emergency", NULL, 65, false, false },
	{ "email", "email", "email", "email_depends_on", 70, false, false },
	{ "web", "web", NULL, NULL, 80, false, false },
	{ "meeting_point", "meeting_point", NULL, NULL, 85, false, false },
	{ "address", "address", NULL, NULL, 90, false, false },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

static size_t type_of(const char *type)
{
	size_t k = 0;

	while (k + 1 < TYPES && strcmp(types[k].type, type) != 0)
		k++;
	return k;
}

int channel_priority(const char *type)
{
	return types[type_of(type)].priority;
}

/* Parameters: 1 kind and id of the owner ("role:dsb"), 2 priority, 3 type,
 * 4 value, 5 whether it is a number, 6 hours, 7 depends_on, 8 checked_on,
 * 9 checked_by, 10 note. A number is stored twice: to read and to search. */
static const char insert[] =
	"INSERT OR IGNORE INTO channel VALUES(substr(?1, 1, instr(?1, ':') - 1),"
	" substr(?1, instr(?1, ':') + 1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

static void bind_value(struct db_statement *s, const char *value, bool phone)
{
	char readable[PHONE_MAX];

	db_bind_text(s, 4, phone ? phone_readable(value, readable) : value);
	db_bind_text(s, 5, phone ? value : NULL);
}

static bool insert_wide(struct rows *rows, struct db_statement *s, enum table_name name,
			struct error *e)
{
	const struct table *t = &rows->source->tables[name];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		char owner[96], tier = table_tier(t, r);

		snprintf(owner, sizeof(owner), "%s:%s", kit_kind_name(t->layout->kind),
			 table_get(t, r, "id"));
		for (size_t k = 0; k < TYPES; k++) {
			const char *column = name == PEOPLE ? types[k].person : types[k].column;
			const char *value = column ? table_get(t, r, column) : "";

			if (!*value || (types[k].private ? '2' : tier) != rows->tier)
				continue;
			db_bind_text(s, 1, owner);
			db_bind_number(s, 2, types[k].priority);
			db_bind_text(s, 3, types[k].type);
			bind_value(s, value, types[k].phone);
			rows_bind(s, 6, t, r, "hours");
			db_bind_null(s, 7);
			if (types[k].depends && name != PEOPLE)
				rows_bind(s, 7, t, r, types[k].depends);
			rows_bind(s, 8, t, r, "checked_on");
			rows_bind(s, 9, t, r, "checked_by");
			db_bind_null(s, 10);
			if (!rows_run(rows, s, r, e))
				return false;
		}
	}
	return true;
}

static bool insert_further(struct rows *rows, struct db_statement *s, struct error *e)
{
	const struct table *t = &rows->source->tables[CHANNELS];

	for (size_t i = 0; i < t->count; i++) {
		const struct record *r = &t->records[i];
		const char *type = table_get(t, r, "type"), *owner = table_get(t, r, "owner");
		size_t k = type_of(type);

		if (rows_raise(rows, table_tier(t, r), owner) != rows->tier)
			continue;
		rows_bind(s, 1, t, r, "owner");
		db_bind_number(s, 2, types[k].priority);
		if (*table_get(t, r, "priority"))
			rows_bind(s, 2, t, r, "priority");
		db_bind_text(s, 3, type);
		bind_value(s, table_get(t, r, "value"), types[k].phone);
		rows_bind(s, 6, t, r, "hours");
		rows_bind(s, 7, t, r, "depends_on");
		rows_bind(s, 8, t, r, "checked_on");
		rows_bind(s, 9, t, r, "checked_by");
		rows_bind(s, 10, t, r, "note");
		if (!rows_run(rows, s, r, e))
			return false;
	}
	return true;
}

bool channels_insert(struct rows *r, struct error *e)
{
	struct db_statement *s = db_prepare(r->db, insert, e);
	bool ok = s && insert_wide(r, s, ORGANISATIONS, e) && insert_wide(r, s, ROLES, e) &&
		  insert_wide(r, s, PEOPLE, e) && insert_further(r, s, e);

	db_finish(s);
	return ok;
}
