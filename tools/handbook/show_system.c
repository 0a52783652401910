/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A system as text: does it work, what does it need, what hangs on it. */
#include "handbook/show.h"
#include "lib/base/language.h"

/* Each line a system, behind what it is to this one. */
static bool add_neighbours(struct book *b, const char *sql, const char *label, const char *id,
			   struct text *out, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL;

	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		text_addf(out, "- %s: ", label);
		book_add_name(b, KIT_SYSTEM, db_text(s, 0), out);
		if (*db_text(s, 1))
			text_addf(out, " (%s)", db_text(s, 1));
		text_add(out, "\n");
	}
	db_finish(s);
	return ok;
}

static bool add_detail(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT ifnull(site,''), ifnull(address,''), ifnull(os,''), ifnull(support_end,''),"
		" ifnull(organisation_id,''), ifnull(note,'') FROM system_detail"
		" WHERE system_id = ?",
		id, e);

	if (!s)
		return e->kind == ERROR_NONE;
	show_fact(b, out, _("Where it stands"), db_text(s, 0));
	show_fact(b, out, _("Address"), db_text(s, 1));
	show_fact(b, out, _("Operating system"), db_text(s, 2));
	if (*db_text(s, 3)) {
		text_addf(out, "%s: ", _("Support ends"));
		book_add_date(db_text(s, 3), out);
		text_add(out, "\n");
	}
	if (*db_text(s, 4)) {
		text_addf(out, "%s: ", _("Who runs it"));
		book_add_reach(b, KIT_ORGANISATION, db_text(s, 4), out);
		text_add(out, "\n");
	}
	show_fact(b, out, _("Note"), db_text(s, 5));
	db_finish(s);
	return true;
}

bool book_show_system(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s =
		book_ask(b, "SELECT name, ifnull(type,'') FROM system WHERE system_id = ?", id, e);

	if (!s)
		return book_absent(b, KIT_SYSTEM, id, e);
	text_addf(out, "# %s\n", db_text(s, 0));
	if (outage_is_dead(&b->outage, id)) {
		text_addf(out, "%s: ", _("DEAD NOW"));
		outage_add_why(&b->outage, id, out);
		text_add(out, "\n");
	}
	show_fact(b, out, _("Type"), db_text(s, 1));
	db_finish(s);
	return add_detail(b, id, out, e) &&
	       add_neighbours(b,
			      "SELECT to_id, ifnull(reason,'') FROM dependency WHERE from_id = ?1"
			      " ORDER BY to_id",
			      _("Needs"), id, out, e) &&
	       add_neighbours(b,
			      "SELECT from_id, ifnull(reason,'') FROM dependency WHERE to_id = ?1"
			      " ORDER BY from_id",
			      _("Is needed by"), id, out, e);
}
