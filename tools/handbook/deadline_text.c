/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One deadline in words: where it stands, what the kit says of it, what was entered. */
#include "handbook/deadline_text.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/data/berlin.h"

void deadline_add_head(struct book *b, const struct deadline *d, int64_t now_ms, struct text *out)
{
	struct error ignored = { 0 };
	struct db_statement *s = book_ask(
		b, "SELECT applies_if FROM deadline WHERE deadline_id = ?", d->id, &ignored);
	char words[BERLIN_WORDS];

	/* TRANSLATORS: what has become of a deadline: "Now: running, due ..." */
	text_addf(out, "%s: ", _("Now"));
	deadline_add_now(d, now_ms, out);
	text_addf(out, "\n%s: ", _("The clock starts"));
	if (d->start_ms)
		text_addf(out, _("%s, at %s\n"), deadline_start_words(d->starts_at),
			  berlin_words(words, d->start_ms));
	else
		text_addf(out, "%s\n", deadline_start_words(d->starts_at));
	if (s && *db_text(s, 0)) {
		text_addf(out, "%s: ", _("Does it apply? Only if"));
		book_add_words(b, db_text(s, 0), out);
		text_add(out, "\n");
	}
	db_finish(s);
}

static void add_fact(struct book *b, struct text *out, const char *label, const char *value)
{
	if (!*value)
		return;
	text_addf(out, "%s: ", label);
	book_add_words(b, value, out);
	text_add(out, "\n");
}

void deadline_add_body(struct book *b, const struct deadline *d, struct text *out)
{
	struct error ignored = { 0 };
	struct db_statement *s =
		book_ask(b,
			 "SELECT ifnull(contents,''), legal_basis, source, checked_on, checked_by"
			 " FROM deadline WHERE deadline_id = ?",
			 d->id, &ignored);

	if (*d->recipient) {
		text_addf(out, "%s: ", _("To"));
		book_add_reach(b, KIT_ORGANISATION, d->recipient, out);
		text_add(out, "\n");
	}
	if (s) {
		add_fact(b, out, _("What it must say"), db_text(s, 0));
		add_fact(b, out, _("Legal basis"), db_text(s, 1));
		text_addf(out, "%s: ", _("Length"));
		deadline_add_length(d, out);
		text_add(out, "\n");
		add_fact(b, out, _("Source"), db_text(s, 2));
		text_addf(out, "%s: ", _("Last checked"));
		book_add_date(db_text(s, 3), out);
		text_addf(out, ", %s\n", db_text(s, 4));
	}
	db_finish(s);
	text_add(out, "\n");
	deadline_add_rule(d, out);
	text_add(out, "\n");
}

void deadline_add_zone(struct book *b, struct text *out)
{
	struct error ignored = { 0 };
	struct db_statement *s = book_ask(b, "SELECT timezone FROM kit", NULL, &ignored);

	if (s && !berlin_same_rules(db_text(s, 0)))
		text_addf(out,
			  _("This kit is for the time zone %s; all times here are those of "
			    "Europe/Berlin.\n"),
			  db_text(s, 0));
	db_finish(s);
}

/* How far the time of an entry is known. */
static const char *clock_words(const char *clock)
{
	if (strcmp(clock, "corrected") == 0)
		return _(" (time corrected later)");
	return strcmp(clock, "confirmed") == 0 ? "" : _(" (time not confirmed)");
}

/* The columns that add_entry() takes, in its order. */
#define HISTORY                                                                                    \
	"SELECT e.time, e.clock, e.locked, e.live,"                                                \
	" ifnull((SELECT value FROM field WHERE event = e.id AND key = 'state'), ''),"             \
	" ifnull((SELECT CAST(value AS INTEGER) FROM field WHERE event = e.id AND key = 'start')," \
	"  0),"                                                                                    \
	" ifnull((SELECT CAST(value AS INTEGER) FROM field WHERE event = e.id AND key = 'due'),"   \
	"  0),"                                                                                    \
	" ifnull((SELECT value FROM field WHERE event = e.id AND key = 'reason'), ''),"            \
	" ifnull((SELECT value FROM field WHERE event = e.id AND key = 'reference'), ''),"         \
	" ifnull((SELECT value FROM field WHERE event = e.id AND key = 'author'), '')"             \
	" FROM event e JOIN field i ON i.event = e.id AND i.key = 'deadline' AND i.value = ?1"     \
	" WHERE e.kind = 'deadline' ORDER BY e.rank, e.boot, e.seq"

static void add_said(struct text *out, const char *label, const char *value)
{
	if (*value)
		text_addf(out, "; %s: %s", label, value);
}

static void add_entry(struct db_statement *s, struct text *out)
{
	char words[BERLIN_WORDS];
	enum deadline_state state;

	text_addf(out, "- %s%s: ", berlin_words(words, db_number(s, 0)),
		  clock_words(db_text(s, 1)));
	text_add(out, deadline_state_parse(db_text(s, 4), &state) ? deadline_state_words(state)
								  : db_text(s, 4));
	if (db_number(s, 5))
		text_addf(out, _(", from %s"), berlin_words(words, db_number(s, 5)));
	if (db_number(s, 6))
		text_addf(out, _(", due %s"), berlin_words(words, db_number(s, 6)));
	add_said(out, _("Reason"), db_text(s, 7));
	add_said(out, _("Reference"), db_text(s, 8));
	add_said(out, _("Entered by"), db_text(s, 9));
	if (db_number(s, 2))
		text_addf(out, "; %s", _("more is sealed: unlock to read it"));
	if (!db_number(s, 3))
		text_addf(out, "; %s", _("of an incident that is closed"));
	text_add(out, "\n");
}

void deadline_add_history(struct view *v, const struct deadline *d, struct text *out)
{
	struct error ignored = { 0 };
	struct db_statement *s = v->db ? db_prepare(v->db, HISTORY, &ignored) : NULL;
	bool row = true, any = false;

	if (s)
		db_bind_text(s, 1, d->id);
	while (s && db_step(s, &row, &ignored) && row) {
		if (!any)
			text_addf(out, "\n# %s\n", _("What was entered"));
		any = true;
		add_entry(s, out);
	}
	db_finish(s);
}
