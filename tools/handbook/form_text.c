/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forms and documents as text: what they ask for, and where they are on paper. */
#include <string.h>

#include "handbook/show.h"
#include "lib/base/language.h"

static void add_part(struct book *b, struct db_statement *s, struct text *out)
{
	const char *kind = db_text(s, 0), *words = db_text(s, 1);

	if (strcmp(kind, "heading") == 0) {
		text_addf(out, "\n## %s\n", words);
	} else if (strcmp(kind, "tick") == 0) {
		text_add(out, "- [ ] ");
		book_add_words(b, words, out);
		text_add(out, "\n");
	} else if (strcmp(kind, "field") == 0) {
		book_add_words(b, words, out);
		text_addf(out, "%s%s\n", *words ? ": " : "",
			  db_number(s, 2) ? "______________________________" : "__________");
	} else {
		book_add_words(b, words, out);
		text_add(out, "\n");
	}
}

bool book_show_form(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b, "SELECT title, data_date, ifnull(intro,'') FROM form WHERE form_id = ?", id, e);
	bool row = true, ok;

	if (!s)
		return false;
	text_addf(out, "# %s\n%s: ", db_text(s, 0), _("Form, as of"));
	book_add_date(db_text(s, 1), out);
	text_addf(out, "\n%s\n\n", _("To be filled in on paper; it can be printed."));
	if (*db_text(s, 2)) {
		book_add_words(b, db_text(s, 2), out);
		text_add(out, "\n\n");
	}
	db_finish(s);
	s = db_prepare(b->db,
		       "SELECT kind, ifnull(text,''), full FROM form_part WHERE form_id = ?"
		       " ORDER BY nr",
		       e);
	ok = s != NULL;
	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row)
		add_part(b, s, out);
	db_finish(s);
	return ok;
}

bool book_show_document(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s =
		book_ask(b,
			 "SELECT title, file, (length(bytes) + 1023) / 1024, ifnull(paper_copy, 0),"
			 " ifnull(note,'') FROM document WHERE document_id = ?",
			 id, e);

	if (!s)
		return false;
	text_addf(out, "# %s\n%s: %s, %lld KiB\n", db_text(s, 0), _("Document"), db_text(s, 1),
		  (long long)db_number(s, 2));
	if (db_number(s, 3))
		text_addf(out, "%s\n", _("It is also in the paper folder."));
	if (*db_text(s, 4)) {
		text_add(out, "\n");
		book_add_words(b, db_text(s, 4), out);
		text_add(out, "\n");
	}
	db_finish(s);
	return true;
}
