/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All numbers on paper: functions, authorities, others, and people where they are unlocked. */
#include <string.h>

#include "handbook/channels.h"
#include "handbook/print.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

/* A line for each way, the number first: it is what is looked for. */
static void add_ways(const struct channels *list, struct text *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct channel *c = &list->items[i];

		if (out->len)
			text_add(out, "\n");
		if (*c->normal) {
			text_add(out, "**");
			dial_add(out, c->value);
			text_add(out, "**");
		} else {
			text_add(out, c->value);
		}
		text_addf(out, " (%s)", book_channel_label(c->type));
		if (c->dead)
			text_addf(out, " %s", c->why);
		else if (*c->system)
			text_addf(out, _(", fails with: %s"), c->system);
	}
}

/* Rows of id, name and what else is to be said, of owners of one kind. */
static bool add_owners(struct book *b, struct document *d, enum kit_kind kind, const char *heading,
		       const char *sql, struct error *e)
{
	const struct document_column columns[] = {
		{ _("Name"), 150, true },
		{ _("How to reach"), 200, false },
		{ _("Remarks"), 133, false },
	};
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL, any = false;

	if (s)
		db_bind_text(s, 1, language_code());
	while (ok && (ok = db_step(s, &row, e)) && row) {
		struct channels list = { 0 };
		struct text ways = { 0 }, remarks = { 0 };

		ok = book_channels(b, kind, db_text(s, 0), &list, e);
		add_ways(&list, &ways);
		book_add_words(b, db_text(s, 2), &remarks);
		if (ok && list.count) {
			const char *const cells[] = { db_text(s, 1), text_end(&ways),
						      text_end(&remarks) };

			if (!any) {
				document_heading(d, 2, heading);
				document_table(d, columns, 3, DOCUMENT_RULED);
			}
			any = true;
			document_row(d, cells);
		}
		channels_release(&list);
		text_release(&ways);
		text_release(&remarks);
	}
	db_finish(s);
	return ok;
}

#define BODIES(types)                                                                                    \
	"SELECT organisation_id, name, ifnull(hours,'') FROM organisation WHERE ?1 = ?1 AND type " types \
	" ('authority','police','supervisory') ORDER BY name COLLATE NOCASE"

bool print_phones(const struct print_from *from, struct document *d, struct error *e)
{
	struct book *b = from->book;

	document_heading(d, 1, _("All numbers"));
	document_text(d, b->kit.organisation);
	return add_owners(b, d, KIT_ROLE, _("Functions"),
			  "SELECT role_id, CASE WHEN ?1 = 'en' THEN ifnull(name_en, name)"
			  " ELSE name END AS label, ifnull(hours,'') FROM role"
			  " ORDER BY label COLLATE NOCASE",
			  e) &&
	       add_owners(b, d, KIT_ORGANISATION, _("Authorities and police"), BODIES("IN"), e) &&
	       add_owners(b, d, KIT_ORGANISATION, _("Partners, suppliers, press"), BODIES("NOT IN"),
			  e) &&
	       /* Empty as long as the protected part is locked. */
	       add_owners(b, d, KIT_PERSON, _("People"),
			  "SELECT person_id, last_name || ifnull(', ' || first_name, ''),"
			  " ifnull(function,'') FROM person WHERE ?1 = ?1"
			  " ORDER BY last_name COLLATE NOCASE, first_name COLLATE NOCASE",
			  e);
}
