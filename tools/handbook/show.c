/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing of the kit, whole: who it is, how to reach it, what hangs on it. */
#include <inttypes.h>
#include <string.h>

#include "handbook/book.h"
#include "handbook/deadline.h"
#include "handbook/show.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"
#include "lib/ui/kitframe.h"

/* "Label: value", if there is a value. */
void show_fact(struct book *b, struct text *out, const char *label, const char *value)
{
	if (!*value)
		return;
	text_addf(out, "%s: ", label);
	book_add_words(b, value, out);
	text_add(out, "\n");
}

void show_checked(struct text *out, const char *on, const char *by)
{
	char date[64];

	date_words(date, sizeof(date), on);
	if (!*on)
		text_addf(out, "\n%s\n", _("Nobody has noted when this was last checked."));
	else if (*by)
		text_addf(out, _("\nChecked on %s by %s.\n"), date, by);
	else
		text_addf(out, _("\nChecked on %s.\n"), date);
}

static bool show_deadline(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT title, legal_basis, starts_at, hours, months, ifnull(text,''), applies_if,"
		" ifnull(recipient_id,''), ifnull(contents,''), source, checked_on, checked_by"
		" FROM deadline WHERE deadline_id = ?",
		id, e);

	if (!s)
		return book_absent(b, KIT_DEADLINE, id, e);
	text_addf(out, "# %s\n", db_text(s, 0));
	if (!db_is_null(s, 3))
		text_addf(out,
			  _("Time: %lld hours, through nights, weekends and "
			    "holidays\n"),
			  (long long)db_number(s, 3));
	if (!db_is_null(s, 4))
		text_addf(out,
			  db_number(s, 4) == 1 ? _("Time: %lld calendar month\n")
					       : _("Time: %lld calendar months\n"),
			  (long long)db_number(s, 4));
	show_fact(b, out, _("Time"), db_text(s, 5));
	show_fact(b, out, _("The clock starts"), deadline_start_words(db_text(s, 2)));
	show_fact(b, out, _("Does it apply? Only if"), db_text(s, 6));
	if (*db_text(s, 7)) {
		text_addf(out, "%s: ", _("To"));
		book_add_reach(b, KIT_ORGANISATION, db_text(s, 7), out);
		text_add(out, "\n");
	}
	show_fact(b, out, _("What it must say"), db_text(s, 8));
	show_fact(b, out, _("Legal basis"), db_text(s, 1));
	show_fact(b, out, _("Source"), db_text(s, 9));
	show_checked(out, db_text(s, 10), db_text(s, 11));
	db_finish(s);
	return true;
}

static void add_node(struct book *b, struct db_statement *s, struct text *out)
{
	const char *indent = db_number(s, 0) < 10 ? "   " : "    ";
	struct text say = { 0 };

	text_addf(out, "%" PRId64 ". ", db_number(s, 0));
	book_add_reach(b, kit_kind_parse(db_text(s, 1), strlen(db_text(s, 1))), db_text(s, 2), out);
	text_add(out, "\n");
	if (*db_text(s, 3)) {
		text_addf(out, "%s- %s: ", indent, _("Who calls"));
		book_add_name(b, KIT_ROLE, db_text(s, 3), out);
		text_add(out, "\n");
	}
	text_add(out, indent);
	book_add_words(b, db_text(s, 8), &say);
	text_addf(out, _("- Say: \"%s\"\n"), text_end(&say));
	text_release(&say);
	text_add(out, indent);
	text_addf(out,
		  _("- Try %lld times; without an answer for %lld minutes go on, do not wait\n"),
		  (long long)db_number(s, 4), (long long)db_number(s, 5));
	if (!db_is_null(s, 6)) {
		text_add(out, indent);
		text_addf(out, _("- If nobody answers: call number %lld\n"),
			  (long long)db_number(s, 6));
	}
	if (db_number(s, 7))
		text_addf(out, "%s- %s\n", indent, _("At the same time as its neighbours"));
	if (*db_text(s, 9)) {
		text_addf(out, "%s- %s: ", indent, _("Deadline that starts"));
		book_add_due(b, db_text(s, 9), out);
		text_add(out, "\n");
	}
	text_add(out, "\n");
}

static bool show_chain(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b, "SELECT title, occasion, ifnull(level,'') FROM chain WHERE chain_id = ?", id, e);
	bool row = true, ok;

	if (!s)
		return book_absent(b, KIT_CHAIN, id, e);
	text_addf(out, "# %s\n", db_text(s, 0));
	show_fact(b, out, _("When"), db_text(s, 1));
	show_fact(b, out, _("Level"), db_text(s, 2));
	text_add(out, "\n");
	db_finish(s);
	s = db_prepare(b->db,
		       "SELECT n.nr, n.whom_kind, n.whom_id, ifnull(n.caller_id,''), n.attempts,"
		       " n.acknowledge_min, o.nr, n.parallel, n.text, ifnull(n.deadline_id,'')"
		       " FROM node n LEFT JOIN node o ON o.node_id = n.otherwise_id"
		       " WHERE n.chain_id = ?1 ORDER BY n.nr",
		       e);
	ok = s != NULL;
	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row)
		add_node(b, s, out);
	db_finish(s);
	return ok;
}

bool book_show(struct book *b, enum kit_kind kind, const char *id, struct text *out,
	       struct error *e)
{
	switch (kind) {
	case KIT_ROLE:
		return book_show_role(b, id, out, e);
	case KIT_ORGANISATION:
		return book_show_organisation(b, id, out, e);
	case KIT_PLAN:
		return book_show_plan(b, id, out, e) || book_absent(b, kind, id, e);
	case KIT_STEP:
		return book_show_step(b, id, out, e) || book_absent(b, kind, id, e);
	case KIT_CHAIN:
		return show_chain(b, id, out, e);
	case KIT_DEADLINE:
		return show_deadline(b, id, out, e);
	case KIT_SYSTEM:
		return book_show_system(b, id, out, e);
	case KIT_PERSON:
		return book_show_person(b, id, out, e);
	case KIT_FORM:
		return book_show_form(b, id, out, e) || book_absent(b, kind, id, e);
	case KIT_DOCUMENT:
		return book_show_document(b, id, out, e) || book_absent(b, kind, id, e);
	case KIT_NODE:
	case KIT_DEPARTMENT:
	case KIT_PROCESS:
	case KIT_DEVICE:
	case KIT_NONE:
		break;
	}
	return book_absent(b, kind, id, e);
}
