/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans as text: phases, steps, who does each, by when. */
#include <inttypes.h>
#include <string.h>

#include "handbook/plan_text.h"
#include "handbook/show.h"
#include "lib/base/language.h"

/* The columns that add_step() takes, in its order. */
#define STEP_COLUMNS                                                                               \
	"SELECT nr, text, ifnull(detail,''), ifnull(r,''), ifnull(a,''), ifnull(c,''),"            \
	" ifnull(i,''), by_min, kind, ifnull(needs,''), ifnull(deadline_id,''),"                   \
	" ifnull(chain_id,''), phase, plan_id FROM step "

/* A line below a step: moved in, so that the numbers of the steps stand alone. */
static void add_below(const char *indent, const char *label, struct text *out)
{
	text_addf(out, "%s- %s: ", indent, label);
}

static void add_roles(struct book *b, const char *indent, const char *label, const char *ids,
		      struct text *out)
{
	if (!*ids)
		return;
	add_below(indent, label, out);
	while (*ids) {
		size_t n = strcspn(ids, ",");
		char *id = mem_string_n(ids, n);

		book_add_reach(b, KIT_ROLE, id, out);
		free(id);
		ids += n + (ids[n] == ',');
		text_add(out, *ids ? "; " : "\n");
	}
}

/* The lines of a text, each moved in. */
static void add_detail(struct book *b, const char *indent, const char *detail, struct text *out)
{
	struct text words = { 0 };

	book_add_words(b, detail, &words);
	for (const char *line = text_end(&words); *line;) {
		size_t n = strcspn(line, "\n");

		if (n)
			text_add(out, indent);
		text_add_n(out, line, n);
		text_add(out, "\n");
		line += n + (line[n] == '\n');
	}
	text_release(&words);
}

static void add_step(struct book *b, struct db_statement *s, struct text *out)
{
	const char *indent = db_number(s, 0) < 10 ? "   " : "    ";

	/* The kind as a word in front: colour alone would tell nobody anything. */
	text_addf(out, "%" PRId64 ". %s: ", db_number(s, 0), book_step_label(db_text(s, 8)));
	book_add_words(b, db_text(s, 1), out);
	text_add(out, "\n");
	add_detail(b, indent, db_text(s, 2), out);
	add_roles(b, indent, _("Who"), db_text(s, 3), out);
	add_roles(b, indent, _("Accountable"), db_text(s, 4), out);
	add_roles(b, indent, _("Ask"), db_text(s, 5), out);
	add_roles(b, indent, _("Tell"), db_text(s, 6), out);
	if (!db_is_null(s, 7)) {
		add_below(indent, _("Within"), out);
		book_add_minutes(db_number(s, 7), out);
		text_add(out, "\n");
	}
	if (*db_text(s, 9)) {
		add_below(indent, _("Needed"), out);
		text_addf(out, "%s\n", db_text(s, 9));
	}
	if (*db_text(s, 10)) {
		add_below(indent, _("Deadline"), out);
		book_add_due(b, db_text(s, 10), out);
		text_add(out, "\n");
	}
	if (*db_text(s, 11)) {
		add_below(indent, _("Call chain"), out);
		book_add_name(b, KIT_CHAIN, db_text(s, 11), out);
		text_add(out, "\n");
	}
	text_add(out, "\n");
}

static void add_line(struct book *b, const char *label, const char *value, struct text *out)
{
	if (!*value)
		return;
	text_addf(out, "%s: ", label);
	book_add_words(b, value, out);
	text_add(out, "\n");
}

bool plan_add_head(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(b,
					  "SELECT title, ifnull(occasion,''), ifnull(goal,''),"
					  " responsible_id FROM plan WHERE plan_id = ?",
					  id, e);

	if (!s)
		return false;
	text_addf(out, "# %s %s\n", id, db_text(s, 0));
	add_line(b, _("When"), db_text(s, 1), out);
	add_line(b, _("Goal"), db_text(s, 2), out);
	text_addf(out, "%s: ", _("Responsible"));
	book_add_reach(b, KIT_ROLE, db_text(s, 3), out);
	text_add(out, "\n\n");
	db_finish(s);
	return true;
}

static void add_date(const char *label, const char *date, struct text *out)
{
	text_addf(out, "%s: ", label);
	book_add_date(date, out);
	text_add(out, "\n");
}

bool plan_add_tail(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s =
		book_ask(b,
			 "SELECT ifnull(audience,''), ifnull(version,''), data_date, review_by,"
			 " ifnull(last_exercised,'') FROM plan WHERE plan_id = ?",
			 id, e);

	if (!s)
		return false;
	text_addf(out, "# %s\n", _("About this plan"));
	add_line(b, _("For"), db_text(s, 0), out);
	add_line(b, _("Version"), db_text(s, 1), out);
	add_date(_("As of"), db_text(s, 2), out);
	add_date(_("Review by"), db_text(s, 3), out);
	if (*db_text(s, 4))
		add_date(_("Last exercised"), db_text(s, 4), out);
	else
		text_addf(out, "%s\n", _("This plan was never exercised."));
	db_finish(s);
	return true;
}

bool plan_add_phase(struct book *b, const char *id, int64_t nr, struct text *out, struct error *e)
{
	struct db_statement *s = db_prepare(b->db,
					    "SELECT ifnull(title,''), ifnull(intro,'') FROM phase"
					    " WHERE plan_id = ?1 AND nr = ?2",
					    e);
	bool row = false, ok;

	if (!s)
		return false;
	db_bind_text(s, 1, id);
	db_bind_number(s, 2, nr);
	ok = db_step(s, &row, e);
	if (row && *db_text(s, 0)) {
		text_add(out, "# ");
		book_add_words(b, db_text(s, 0), out);
		text_add(out, "\n");
	}
	if (row && *db_text(s, 1)) {
		book_add_words(b, db_text(s, 1), out);
		text_add(out, "\n");
	}
	if (row)
		text_add(out, "\n");
	db_finish(s);
	return ok;
}

bool book_show_plan(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s;
	bool row = true, ok;
	int64_t phase = -1;

	if (!plan_add_head(b, id, out, e) || !plan_add_phase(b, id, 0, out, e))
		return false;
	phase = 0;
	s = db_prepare(b->db, STEP_COLUMNS "WHERE plan_id = ?1 ORDER BY nr", e);
	ok = s != NULL;
	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		/* A phase without steps of its own is shown on the way as well. */
		while (ok && phase < db_number(s, 12))
			ok = plan_add_phase(b, id, ++phase, out, e);
		add_step(b, s, out);
	}
	db_finish(s);
	return ok && plan_add_tail(b, id, out, e);
}

bool book_show_step(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(b, STEP_COLUMNS "WHERE plan_id || '/' || nr = ?", id, e);

	if (!s)
		return false;
	text_add(out, "# ");
	book_add_name(b, KIT_PLAN, db_text(s, 13), out);
	text_add(out, "\n");
	add_step(b, s, out);
	db_finish(s);
	return true;
}
