/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thing of the kit, whole: who it is, how to reach it, what hangs on it. */
#include <inttypes.h>
#include <string.h>

#include "handbook/book.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"
#include "lib/ui/kitframe.h"

static bool absent(enum kit_kind kind, const char *id, struct error *e)
{
	return error_set(e, ERROR_FAILED,
			 _("the handbook has no %s '%s' that can be read without "
			   "a passphrase; 'handbook find' searches by name"),
			 kit_kind_name(kind), id);
}

/* "Label: value", if there is a value. */
static void add_fact(struct book *b, struct text *out, const char *label, const char *value)
{
	if (!*value)
		return;
	text_addf(out, "%s: ", label);
	book_add_words(b, value, out);
	text_add(out, "\n");
}

/* The columns that add_channel() takes, in its order. */
#define CHANNELS                                                                                   \
	"SELECT c.type, c.value, ifnull(c.hours, ''), ifnull(s.name, ''), ifnull(c.note, ''),"     \
	" c.normal FROM channel c LEFT JOIN system s ON s.system_id = c.depends_on"                \
	" WHERE owner_kind = ?1 AND owner_id = ?2 ORDER BY c.priority, c.type, c.value"

#define LABEL_WIDEST 22u /* columns; one that is longer stands out of its column */

/* "  telephone:  +49 69 900 090 22", what else is to be known below it. */
static void add_channel(struct db_statement *s, size_t widest, const char *hours, struct text *out)
{
	const char *label = book_channel_label(db_text(s, 0));
	size_t column = widest + 5, w = text_width(label);

	text_addf(out, "  %s:%*s", label, (int)(w < widest ? widest - w + 2 : 2), "");
	if (db_is_null(s, 5))
		text_add(out, db_text(s, 1));
	else
		dial_add(out, db_text(s, 1));
	if (*db_text(s, 2) && strcmp(db_text(s, 2), hours) != 0)
		text_addf(out, "  (%s)", db_text(s, 2));
	text_add(out, "\n");
	if (*db_text(s, 3)) {
		text_addf(out, "%*s", (int)column, "");
		text_addf(out, _("dead if this has failed: %s\n"), db_text(s, 3));
	}
	if (*db_text(s, 4))
		text_addf(out, "%*s%s\n", (int)column, "", db_text(s, 4));
}

/* Before they are shown: the widest label, and the hours if all have the same. */
static bool look_at_channels(struct db_statement *s, size_t *widest, struct text *hours,
			     struct error *e)
{
	bool row = true, ok = true, same = true;
	size_t count = 0;

	while ((ok = db_step(s, &row, e)) && row) {
		size_t w = text_width(book_channel_label(db_text(s, 0)));

		*widest = w > *widest && w <= LABEL_WIDEST ? w : *widest;
		if (count++ == 0)
			text_add(hours, db_text(s, 2));
		same = same && strcmp(text_end(hours), db_text(s, 2)) == 0;
	}
	if (!same || count < 2)
		text_clear(hours);
	return ok;
}

/* Every way to reach an owner, best first, with the system that each dies with.
 * Hours that are the same for all are said once: `known` stands on the page already. */
static bool add_channels(struct book *b, const char *kind, const char *id, const char *known,
			 struct text *out, struct error *e)
{
	struct text same = { 0 };
	const char *hours = known;
	size_t widest = 0;
	bool row = true, ok = true, any = false;

	for (int pass = 0; ok && pass < 2; pass++) {
		struct db_statement *s = db_prepare(b->db, CHANNELS, e);

		ok = s != NULL;
		if (s) {
			db_bind_text(s, 1, kind);
			db_bind_text(s, 2, id);
		}
		if (ok && pass == 0)
			ok = look_at_channels(s, &widest, &same, e);
		while (ok && pass == 1 && (ok = db_step(s, &row, e)) && row) {
			if (!any) {
				text_addf(out, "\n# %s\n", _("How to reach"));
				if (same.len && strcmp(text_end(&same), known) != 0) {
					add_fact(b, out, _("Hours"), text_end(&same));
					hours = text_end(&same);
				}
			}
			any = true;
			add_channel(s, widest, hours, out);
		}
		db_finish(s);
	}
	text_release(&same);
	return ok;
}

/* Steps in which the role has something to do. */
static bool add_duties(struct book *b, const char *role, struct text *out, struct error *e)
{
	struct db_statement *s =
		db_prepare(b->db,
			   "SELECT plan_id, nr, text, r = ?1 FROM step WHERE r = ?1 OR a = ?1"
			   " ORDER BY plan_id, nr",
			   e);
	bool row = true, ok = s != NULL, any = false;

	if (s)
		db_bind_text(s, 1, role);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		if (!any)
			text_addf(out, "\n# %s\n", _("What to do in the plans"));
		any = true;
		text_addf(out, "- %s/%s%s: ", db_text(s, 0), db_text(s, 1),
			  db_number(s, 3) ? "" : _(" (accountable)"));
		book_add_words(b, db_text(s, 2), out);
		text_add(out, "\n");
	}
	db_finish(s);
	return ok;
}

static void add_checked(struct text *out, const char *on, const char *by)
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

static bool show_role(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT ifnull(short,''), ifnull(board,''), ifnull(task,''), ifnull(synonyms,''),"
		" ifnull(note,''), ifnull(checked_on,''), ifnull(checked_by,'') FROM role"
		" WHERE role_id = ?",
		id, e);
	bool ok;

	if (!s)
		return absent(KIT_ROLE, id, e);
	text_add(out, "# ");
	book_add_name(b, KIT_ROLE, id, out);
	text_add(out, "\n");
	add_fact(b, out, _("Task"), db_text(s, 2));
	add_fact(b, out, _("Note"), db_text(s, 4));
	ok = add_channels(b, "role", id, "", out, e);
	if (ok)
		text_addf(out, "\n%s\n",
			  _("Who holds this role is in the protected part, which "
			    "this version cannot unlock yet. The numbers above are those of the "
			    "function."));
	ok = ok && add_duties(b, id, out, e);
	if (*db_text(s, 3) || *db_text(s, 1))
		text_add(out, "\n");
	add_fact(b, out, _("Also called"), db_text(s, 3));
	add_fact(b, out, _("Member of"), db_text(s, 1));
	add_checked(out, db_text(s, 5), db_text(s, 6));
	db_finish(s);
	return ok;
}

static bool show_organisation(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT type, ifnull(parent_id,''), ifnull(synonyms,''), ifnull(hours,''),"
		" ifnull(note,''), ifnull(source,''), ifnull(checked_on,''), ifnull(checked_by,'')"
		" FROM organisation WHERE organisation_id = ?",
		id, e);
	bool ok;

	if (!s)
		return absent(KIT_ORGANISATION, id, e);
	text_add(out, "# ");
	book_add_name(b, KIT_ORGANISATION, id, out);
	text_add(out, "\n");
	add_fact(b, out, _("Hours"), db_text(s, 3));
	add_fact(b, out, _("Note"), db_text(s, 4));
	ok = add_channels(b, "organisation", id, db_text(s, 3), out, e);
	if (*db_text(s, 1) || *db_text(s, 2) || *db_text(s, 5))
		text_add(out, "\n");
	add_fact(b, out, _("Also called"), db_text(s, 2));
	if (*db_text(s, 1)) {
		text_addf(out, "%s: ", _("Part of"));
		book_add_name(b, KIT_ORGANISATION, db_text(s, 1), out);
		text_add(out, "\n");
	}
	add_fact(b, out, _("Basis"), db_text(s, 5));
	add_checked(out, db_text(s, 6), db_text(s, 7));
	db_finish(s);
	return ok;
}

static const char *start_label(const char *starts_at)
{
	static const struct {
		const char *word, *label;
	} labels[] = {
		{ "awareness", N_("when it became known") },
		{ "occurrence", N_("when it happened") },
		{ "first_report", N_("with the first report") },
		{ "report_72h", N_("with the 72 hour report") },
		{ "decision", N_("with the decision") },
		{ "release", N_("with the release") },
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(labels[i].word, starts_at) == 0)
			return _(labels[i].label);
	return starts_at;
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
		return absent(KIT_DEADLINE, id, e);
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
	add_fact(b, out, _("Time"), db_text(s, 5));
	add_fact(b, out, _("The clock starts"), start_label(db_text(s, 2)));
	add_fact(b, out, _("Does it apply? Only if"), db_text(s, 6));
	if (*db_text(s, 7)) {
		text_addf(out, "%s: ", _("To"));
		book_add_reach(b, KIT_ORGANISATION, db_text(s, 7), out);
		text_add(out, "\n");
	}
	add_fact(b, out, _("What it must say"), db_text(s, 8));
	add_fact(b, out, _("Legal basis"), db_text(s, 1));
	add_fact(b, out, _("Source"), db_text(s, 9));
	add_checked(out, db_text(s, 10), db_text(s, 11));
	db_finish(s);
	return true;
}

static void add_node(struct book *b, struct db_statement *s, struct text *out)
{
	const char *indent = db_number(s, 0) < 10 ? "   " : "    ";

	text_addf(out, "%" PRId64 ". ", db_number(s, 0));
	book_add_reach(b, kit_kind_parse(db_text(s, 1), strlen(db_text(s, 1))), db_text(s, 2), out);
	text_add(out, "\n");
	if (*db_text(s, 3)) {
		text_addf(out, "%s- %s: ", indent, _("Who calls"));
		book_add_name(b, KIT_ROLE, db_text(s, 3), out);
		text_add(out, "\n");
	}
	text_add(out, indent);
	text_addf(out, _("- Say: \"%s\"\n"), db_text(s, 8));
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
		return absent(KIT_CHAIN, id, e);
	text_addf(out, "# %s\n", db_text(s, 0));
	add_fact(b, out, _("When"), db_text(s, 1));
	add_fact(b, out, _("Level"), db_text(s, 2));
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

static bool show_system(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(b,
					  "SELECT name, ifnull(type,'') FROM system"
					  " WHERE system_id = ?",
					  id, e);
	bool row = true, ok;

	if (!s)
		return absent(KIT_SYSTEM, id, e);
	text_addf(out, "# %s\n", db_text(s, 0));
	add_fact(b, out, _("Type"), db_text(s, 1));
	db_finish(s);
	s = db_prepare(b->db,
		       "SELECT to_id, ifnull(reason,'') FROM dependency WHERE from_id = ?1"
		       " ORDER BY to_id",
		       e);
	ok = s != NULL;
	if (s)
		db_bind_text(s, 1, id);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		text_addf(out, "- %s: ", _("Needs"));
		book_add_name(b, KIT_SYSTEM, db_text(s, 0), out);
		if (*db_text(s, 1))
			text_addf(out, " (%s)", db_text(s, 1));
		text_add(out, "\n");
	}
	db_finish(s);
	return ok;
}

bool book_show(struct book *b, enum kit_kind kind, const char *id, struct text *out,
	       struct error *e)
{
	switch (kind) {
	case KIT_ROLE:
		return show_role(b, id, out, e);
	case KIT_ORGANISATION:
		return show_organisation(b, id, out, e);
	case KIT_PLAN:
		return book_show_plan(b, id, out, e) || absent(kind, id, e);
	case KIT_STEP:
		return book_show_step(b, id, out, e) || absent(kind, id, e);
	case KIT_CHAIN:
		return show_chain(b, id, out, e);
	case KIT_DEADLINE:
		return show_deadline(b, id, out, e);
	case KIT_SYSTEM:
		return show_system(b, id, out, e);
	case KIT_FORM:
		return book_show_form(b, id, out, e) || absent(kind, id, e);
	case KIT_DOCUMENT:
		return book_show_document(b, id, out, e) || absent(kind, id, e);
	case KIT_NODE:
	case KIT_PERSON:
	case KIT_DEPARTMENT:
	case KIT_PROCESS:
	case KIT_DEVICE:
	case KIT_NONE:
		break;
	}
	return absent(kind, id, e);
}
