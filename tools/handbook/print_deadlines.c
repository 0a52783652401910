/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be reported, to whom, by when: with lines to write on. */
#include <string.h>

#include "handbook/print.h"
#include "lib/base/language.h"

static bool add_deadline(struct book *b, const char *id, struct document *d, struct error *e)
{
	struct text words = { 0 };
	bool ok = book_show(b, KIT_DEADLINE, id, &words, e);

	if (ok) {
		document_words(d, text_end(&words));
		document_field(d, _("The clock started on, at"), false);
		document_field(d, _("Due on, at"), false);
		document_field(d, _("Reported on, at, by whom"), false);
		document_field(d, _("File number"), false);
		document_field(d, _("Does not apply, because (decided by)"), true);
	}
	text_release(&words);
	return ok;
}

bool print_deadlines(const struct print_from *from, struct document *d, struct error *e)
{
	struct book *b = from->book;
	struct db_statement *s = db_prepare(
		b->db,
		"SELECT deadline_id FROM deadline ORDER BY hours IS NULL, hours, months, deadline_id",
		e);
	bool row = true, ok = s != NULL;

	document_heading(d, 1, _("Deadlines"));
	document_text(d, _("Hours run through nights, weekends and the change of the clocks. In "
			   "doubt the earlier end counts. Whether a deadline applies is decided by "
			   "a person and written down with the reason."));
	while (ok && (ok = db_step(s, &row, e)) && row)
		ok = add_deadline(b, db_text(s, 0), d, e);
	db_finish(s);
	return ok;
}
