/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plan on paper: its steps with boxes to tick and room for the time. */
#include <inttypes.h>
#include <string.h>

#include "handbook/print.h"
#include "lib/base/language.h"

static void add_fact(struct text *out, const char *label, const char *value)
{
	if (*value)
		text_addf(out, "\n%s: %s", label, value);
}

/* A function with its number: on paper nothing else tells it. */
static void add_role(struct book *b, struct text *out, const char *label, const char *id)
{
	struct text reach = { 0 };

	if (*id)
		book_add_reach(b, KIT_ROLE, id, &reach);
	add_fact(out, label, text_end(&reach));
	text_release(&reach);
}

/* nr, text, detail, r, a, by_min, kind, needs, deadline, chain, phase */
static void add_step(struct book *b, const char *plan, struct db_statement *s, struct document *d)
{
	struct text number = { 0 }, words = { 0 }, within = { 0 }, due = { 0 }, chain = { 0 };

	text_addf(&number, "%s/%" PRId64, plan, db_number(s, 0));
	text_addf(&words, "**%s:** ", book_step_label(db_text(s, 6)));
	book_add_words(b, db_text(s, 1), &words);
	if (*db_text(s, 2)) {
		text_add(&words, "\n");
		book_add_words(b, db_text(s, 2), &words);
	}
	add_role(b, &words, _("Who"), db_text(s, 3));
	add_role(b, &words, _("Accountable"), db_text(s, 4));
	add_fact(&words, _("Needed"), db_text(s, 7));
	if (*db_text(s, 8))
		book_add_due(b, db_text(s, 8), &due);
	add_fact(&words, _("Deadline"), text_end(&due));
	if (*db_text(s, 9))
		book_add_name(b, KIT_CHAIN, db_text(s, 9), &chain);
	add_fact(&words, _("Call chain"), text_end(&chain));
	if (!db_is_null(s, 5))
		book_add_minutes(db_number(s, 5), &within);
	{
		const char *const cells[] = { "x", text_end(&number), text_end(&words),
					      text_end(&within), "" };

		document_row(d, cells);
	}
	text_release(&number);
	text_release(&words);
	text_release(&within);
	text_release(&due);
	text_release(&chain);
}

/* The phase's title and introduction, and the table of its steps. */
static bool add_phase(struct book *b, const char *plan, int64_t nr, struct document *d,
		      struct error *e)
{
	const struct document_column columns[] = {
		{ NULL, 0, false },
		{ _("Step"), 48, true },
		{ _("What is to be done"), 305, false },
		{ _("Within"), 47, true },
		{ _("Done: time, initials"), 63, false },
	};
	struct db_statement *s = db_prepare(b->db,
					    "SELECT ifnull(title,''), ifnull(intro,'') FROM phase"
					    " WHERE plan_id = ?1 AND nr = ?2",
					    e);
	struct text title = { 0 }, intro = { 0 };
	bool row = false, ok = s != NULL;

	if (s) {
		db_bind_text(s, 1, plan);
		db_bind_number(s, 2, nr);
	}
	if (ok && (ok = db_step(s, &row, e)) && row) {
		book_add_words(b, db_text(s, 0), &title);
		book_add_words(b, db_text(s, 1), &intro);
	}
	if (title.len)
		document_heading(d, 2, title.s);
	if (intro.len)
		document_text(d, intro.s);
	document_table(d, columns, 5, DOCUMENT_RULED);
	text_release(&title);
	text_release(&intro);
	db_finish(s);
	return ok;
}

static bool add_head(struct book *b, const char *id, struct document *d, struct error *e)
{
	struct db_statement *s = book_ask(b,
					  "SELECT ifnull(occasion,''), ifnull(goal,''),"
					  " responsible_id, data_date, review_by,"
					  " ifnull(last_exercised,'') FROM plan WHERE plan_id = ?",
					  id, e);
	struct text name = { 0 }, words = { 0 };

	if (!s)
		return book_absent(b, KIT_PLAN, id, e);
	book_add_name(b, KIT_PLAN, id, &name);
	document_heading(d, 1, text_end(&name));
	text_addf(&words, "**%s:** ", _("When"));
	book_add_words(b, db_text(s, 0), &words);
	if (*db_text(s, 1)) {
		text_addf(&words, "\n**%s:** ", _("Goal"));
		book_add_words(b, db_text(s, 1), &words);
	}
	text_addf(&words, "\n**%s:** ", _("Responsible"));
	book_add_reach(b, KIT_ROLE, db_text(s, 2), &words);
	text_addf(&words, "\n**%s:** ", _("As of"));
	book_add_date(db_text(s, 3), &words);
	text_addf(&words, "\n**%s:** ", _("Last exercised"));
	if (*db_text(s, 5))
		book_add_date(db_text(s, 5), &words);
	else
		text_add(&words, _("This plan was never exercised."));
	document_text(d, text_end(&words));
	text_release(&name);
	text_release(&words);
	db_finish(s);
	return true;
}

bool print_plan(struct book *b, const char *id, struct document *d, struct error *e)
{
	struct db_statement *s;
	bool row = true, ok = add_head(b, id, d, e);
	int64_t phase = -1;

	if (!ok)
		return false;
	s = db_prepare(
		b->db,
		"SELECT nr, text, ifnull(detail,''), ifnull(r,''), ifnull(a,''), by_min, kind,"
		" ifnull(needs,''), ifnull(deadline_id,''), ifnull(chain_id,''), phase"
		" FROM step WHERE plan_id = ?1 ORDER BY nr",
		e);
	ok = s != NULL;
	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		if (db_number(s, 10) != phase)
			ok = add_phase(b, id, phase = db_number(s, 10), d, e);
		if (ok)
			add_step(b, id, s, d);
	}
	db_finish(s);
	return ok;
}
