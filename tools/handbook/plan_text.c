/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans as text: phases, steps, who does each, by when. */
#include <inttypes.h>
#include <string.h>

#include "handbook/book.h"
#include "lib/base/language.h"

/* The columns that add_step() takes, in its order. */
#define STEP_COLUMNS                                                                               \
	"SELECT nr, text, ifnull(detail,''), ifnull(r,''), ifnull(a,''), ifnull(c,''),"            \
	" ifnull(i,''), by_min, kind, ifnull(needs,''), ifnull(deadline_id,''),"                   \
	" ifnull(chain_id,''), phase, plan_id FROM step "

static void add_roles(struct book *b, const char *label, const char *ids, struct text *out)
{
	if (!*ids)
		return;
	text_addf(out, "- %s: ", label);
	while (*ids) {
		size_t n = strcspn(ids, ",");
		char *id = mem_string_n(ids, n);

		book_add_reach(b, KIT_ROLE, id, out);
		free(id);
		ids += n + (ids[n] == ',');
		text_add(out, *ids ? "; " : "\n");
	}
}

static void add_step(struct book *b, struct db_statement *s, struct text *out)
{
	/* The kind as a word in front: colour alone would tell nobody anything. */
	text_addf(out, "%" PRId64 ". %s: ", db_number(s, 0), book_step_label(db_text(s, 8)));
	book_add_words(b, db_text(s, 1), out);
	text_add(out, "\n");
	if (*db_text(s, 2)) {
		book_add_words(b, db_text(s, 2), out);
		text_add(out, "\n");
	}
	add_roles(b, _("Who"), db_text(s, 3), out);
	add_roles(b, _("Accountable"), db_text(s, 4), out);
	add_roles(b, _("Ask"), db_text(s, 5), out);
	add_roles(b, _("Tell"), db_text(s, 6), out);
	if (!db_is_null(s, 7)) {
		text_addf(out, "- %s: ", _("Within"));
		book_add_minutes(db_number(s, 7), out);
		text_add(out, "\n");
	}
	if (*db_text(s, 9))
		text_addf(out, "- %s: %s\n", _("Needed"), db_text(s, 9));
	if (*db_text(s, 10)) {
		text_addf(out, "- %s: ", _("Deadline"));
		book_add_name(b, KIT_DEADLINE, db_text(s, 10), out);
		text_add(out, "\n");
	}
	if (*db_text(s, 11)) {
		text_addf(out, "- %s: ", _("Call chain"));
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

static bool add_head(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s =
		book_ask(b,
			 "SELECT title, ifnull(occasion,''), ifnull(audience,''), ifnull(goal,''),"
			 " responsible_id, ifnull(version,''), data_date, review_by,"
			 " ifnull(last_exercised,'') FROM plan WHERE plan_id = ?",
			 id, e);

	if (!s)
		return false;
	text_addf(out, "# %s %s\n", id, db_text(s, 0));
	add_line(b, _("When"), db_text(s, 1), out);
	add_line(b, _("For"), db_text(s, 2), out);
	add_line(b, _("Goal"), db_text(s, 3), out);
	text_addf(out, "%s: ", _("Responsible"));
	book_add_reach(b, KIT_ROLE, db_text(s, 4), out);
	text_addf(out, _("\nAs of %s, review by %s"), db_text(s, 6), db_text(s, 7));
	if (*db_text(s, 5))
		text_addf(out, _(", version %s"), db_text(s, 5));
	if (*db_text(s, 8))
		text_addf(out, _(", last exercised %s"), db_text(s, 8));
	else
		text_add(out, _(", never exercised"));
	text_add(out, "\n\n");
	db_finish(s);
	return true;
}

/* The phase and its introduction. */
static bool add_phase(struct book *b, const char *id, int64_t nr, struct text *out, struct error *e)
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

	if (!add_head(b, id, out, e) || !add_phase(b, id, 0, out, e))
		return false;
	phase = 0;
	s = db_prepare(b->db, STEP_COLUMNS "WHERE plan_id = ?1 ORDER BY nr", e);
	ok = s != NULL;
	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		/* A phase without steps of its own is shown on the way as well. */
		while (ok && phase < db_number(s, 12))
			ok = add_phase(b, id, ++phase, out, e);
		add_step(b, s, out);
	}
	db_finish(s);
	return ok;
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
