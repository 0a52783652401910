/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call chain as the sheet beside the telephone: whom to call, what to say, when it was. */
#include <string.h>

#include "handbook/channels.h"
#include "handbook/print.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

/* A name with all numbers that can be dialled, best first. */
static bool add_whom(struct book *b, enum kit_kind kind, const char *id, struct text *out,
		     struct error *e)
{
	struct channels list = { 0 };
	bool ok = book_reach(b, kind, id, &list, e), any = false;

	text_add(out, "**");
	book_add_name(b, kind, id, out);
	text_add(out, "**");
	for (size_t i = 0; ok && i < list.count; i++) {
		const struct channel *c = &list.items[i];

		if (!*c->normal || strcmp(c->type, "fax") == 0)
			continue;
		any = true;
		text_add(out, "\n**");
		dial_add(out, c->value);
		text_add(out, "**");
		if (c->owner_kind == KIT_PERSON) {
			text_add(out, " ");
			book_add_name(b, KIT_PERSON, c->owner_id, out);
		}
		if (c->dead)
			text_addf(out, " %s", c->why);
	}
	if (ok && !any)
		text_addf(out, "\n%s", _("no number"));
	channels_release(&list);
	return ok;
}

/* nr, whom, caller, attempts, minutes, otherwise, parallel, text, deadline */
static bool add_call(struct book *b, struct db_statement *s, struct document *d, struct error *e)
{
	const char *kind = db_text(s, 1);
	struct text number = { 0 }, whom = { 0 }, say = { 0 };
	bool ok;

	text_addf(&number, "%lld", (long long)db_number(s, 0));
	ok = add_whom(b, kit_kind_parse(kind, strlen(kind)), db_text(s, 2), &whom, e);
	if (*db_text(s, 3)) {
		text_addf(&whom, "\n%s: ", _("Who calls"));
		book_add_name(b, KIT_ROLE, db_text(s, 3), &whom);
	}
	text_add(&whom, "\n");
	text_addf(&whom, _("Without an answer for %lld minutes: go on."),
		  (long long)db_number(s, 5));
	if (!db_is_null(s, 6))
		text_addf(&whom, _(" If nobody answers: number %lld."), (long long)db_number(s, 6));
	if (*db_text(s, 9)) {
		text_addf(&whom, "\n%s: ", _("Deadline that starts"));
		book_add_due(b, db_text(s, 9), &whom);
	}
	/* Nothing but what is to be read out, word for word. */
	book_add_words(b, db_text(s, 8), &say);
	if (ok) {
		const char *const cells[] = { text_end(&number), text_end(&whom), text_end(&say),
					      "" };

		document_row(d, cells);
	}
	text_release(&number);
	text_release(&whom);
	text_release(&say);
	return ok;
}

bool print_chain(struct book *b, const char *id, struct document *d, struct error *e)
{
	const struct document_column columns[] = {
		{ _("No."), 28, true },
		{ _("Call, in this order"), 190, false },
		{ _("Read out"), 195, false },
		{ _("Result, time"), 70, false },
	};
	struct db_statement *s;
	struct text when = { 0 };
	bool row = true, ok;

	s = book_ask(b, "SELECT title, occasion FROM chain WHERE chain_id = ?", id, e);
	if (!s)
		return book_absent(b, KIT_CHAIN, id, e);
	document_heading(d, 1, db_text(s, 0));
	text_addf(&when, "**%s:** ", _("When"));
	book_add_words(b, db_text(s, 1), &when);
	document_text(d, text_end(&when));
	text_release(&when);
	db_finish(s);
	document_text(d, _("Call in this order. Read the text out word for word, with the words "
			   "in brackets filled in. Note the time and the result of each call. If "
			   "nobody answers, go on: do not wait."));
	document_table(d, columns, 4, DOCUMENT_GRID);
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
		ok = add_call(b, s, d, e);
	db_finish(s);
	document_field(d, _("Who reports, from where"), false);
	document_field(d, _("Number to call back"), false);
	document_field(d, _("What is to be seen, since when"), true);
	return ok;
}
