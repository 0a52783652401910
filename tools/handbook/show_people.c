/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Roles, people and organisations as text: who it is, and how to reach them. */
#include <string.h>

#include "handbook/people.h"
#include "handbook/show.h"
#include "handbook/unlock.h"
#include "lib/base/language.h"

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

/* What is not seen because it is locked; in general words, for how much there is would tell
 * something too. */
static void add_locked(const struct book *b, enum tier tier, const char *words, struct text *out)
{
	if (!b->tiers[tier].open && book_has_tier(tier))
		text_addf(out, "\n%s\n", words);
}

/* "Can Öztürk, on duty until 27 Nov 2026 16:00, +49 171 392 00 44" */
static void add_holder(const struct holder *h, const struct channels *ways, struct text *out)
{
	text_addf(out, "- %s", h->name);
	if (h->on_duty) {
		text_addf(out, ", %s ", _("ON DUTY until"));
		book_add_time(h->until, out);
	} else if (h->rank == 1) {
		text_addf(out, ", %s", _("first holder"));
	} else if (h->rank != HOLDER_NO_RANK) {
		text_addf(out, ", %s", _("deputy"));
	}
	show_first(ways, KIT_PERSON, h->person_id, out);
	if (!h->on_duty && *h->next) {
		text_addf(out, "; %s ", _("next on duty from"));
		book_add_time(h->next, out);
	}
	text_add(out, "\n");
}

static bool add_holders(struct book *b, const char *role, const struct channels *ways,
			struct text *out, struct error *e)
{
	struct holders holders = { 0 };
	bool ok = book_holders(b, role, &holders, e);

	if (ok && holders.count)
		text_addf(out, "\n# %s\n", _("Who holds this role"));
	for (size_t i = 0; ok && i < holders.count; i++)
		add_holder(&holders.items[i], ways, out);
	holders_release(&holders);
	return ok;
}

bool book_show_role(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT ifnull(short,''), ifnull(board,''), ifnull(task,''), ifnull(synonyms,''),"
		" ifnull(note,''), ifnull(checked_on,''), ifnull(checked_by,'') FROM role"
		" WHERE role_id = ?",
		id, e);
	struct channels ways = { 0 };
	bool ok;

	if (!s)
		return book_absent(b, KIT_ROLE, id, e);
	text_add(out, "# ");
	book_add_name(b, KIT_ROLE, id, out);
	text_add(out, "\n");
	show_fact(b, out, _("Task"), db_text(s, 2));
	show_fact(b, out, _("Note"), db_text(s, 4));
	ok = book_reach(b, KIT_ROLE, id, &ways, e);
	show_channels(b, &ways, KIT_ROLE, id, "", db_text(s, 5), out);
	ok = ok && add_holders(b, id, &ways, out, e);
	show_dead(b, &ways, out);
	add_locked(b, TIER_PROTECTED,
		   _("Who holds this role is in the protected part: unlock it on the first page. "
		     "The numbers above are those of the function."),
		   out);
	ok = ok && add_duties(b, id, out, e);
	if (*db_text(s, 3) || *db_text(s, 1))
		text_add(out, "\n");
	show_fact(b, out, _("Also called"), db_text(s, 3));
	show_fact(b, out, _("Member of"), db_text(s, 1));
	show_checked(out, db_text(s, 5), db_text(s, 6));
	db_finish(s);
	channels_release(&ways);
	return ok;
}

/* What a person holds, and until when she is on duty or when next. */
static bool add_functions(struct book *b, const char *person, struct text *out, struct error *e)
{
	struct db_statement *s =
		db_prepare(b->db,
			   "SELECT role_id FROM holder WHERE person_id = ?1 UNION"
			   " SELECT role_id FROM roster WHERE person_id = ?1 AND to_time > ?2"
			   " ORDER BY role_id",
			   e);
	bool row = true, ok = s != NULL, any = false;
	char now[BOOK_TIME];

	if (s) {
		db_bind_text(s, 1, person);
		db_bind_text(s, 2, book_local_time(b, now));
	}
	while (ok && (ok = db_step(s, &row, e)) && row) {
		struct holders holders = { 0 };
		const struct holder *h = NULL;

		ok = book_holders(b, db_text(s, 0), &holders, e);
		for (size_t i = 0; i < holders.count; i++)
			if (strcmp(holders.items[i].person_id, person) == 0)
				h = &holders.items[i];
		if (h) {
			const struct channels none = { 0 };
			struct holder named = *h;
			struct text role = { 0 };

			if (!any)
				text_addf(out, "\n# %s\n", _("Roles"));
			any = true;
			book_add_name(b, KIT_ROLE, db_text(s, 0), &role);
			named.name = text_end(&role);
			add_holder(&named, &none, out);
			text_release(&role);
		}
		holders_release(&holders);
	}
	db_finish(s);
	return ok;
}

bool book_show_person(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct book_person p = { 0 };
	bool ok = book_person(b, id, &p, e);

	if (ok) {
		text_addf(out, "# %s\n", p.name);
		show_fact(b, out, _("Function"), p.function);
		show_fact(b, out, _("Organisation"), p.organisation);
		show_fact(b, out, _("Salutation"), p.salutation);
		show_fact(b, out, _("Languages"), p.languages);
		show_fact(b, out, _("Hours"), p.hours);
		show_fact(b, out, _("Note"), p.note);
		show_channels(b, &p.channels, KIT_PERSON, id, p.hours, p.checked_on, out);
		show_dead(b, &p.channels, out);
		add_locked(
			b, TIER_STRICT,
			_("Private numbers are in the strict part: unlock it on the first page."),
			out);
		ok = add_functions(b, id, out, e);
		show_checked(out, p.checked_on, p.checked_by);
	}
	book_person_release(&p);
	return ok;
}

static bool add_people(struct book *b, const char *organisation, struct channels *ways,
		       struct text *out, struct error *e)
{
	struct people people = { 0 };
	bool ok = book_people(b, organisation, &people, e);

	if (people.count)
		text_addf(out, "\n# %s\n", _("People"));
	for (size_t i = 0; ok && i < people.count; i++) {
		const struct person_name *p = &people.items[i];

		text_addf(out, "- %s", p->name);
		if (*p->function)
			text_addf(out, " (%s)", p->function);
		ok = book_channels(b, KIT_PERSON, p->id, ways, e);
		show_first(ways, KIT_PERSON, p->id, out);
		text_add(out, "\n");
	}
	people_release(&people);
	return ok;
}

static bool add_contracts(struct book *b, const char *organisation, struct text *out,
			  struct error *e)
{
	struct db_statement *s = db_prepare(
		b->db,
		"SELECT subject, ifnull(contract_number,''), ifnull(customer_number,''),"
		" ifnull(response_time,''), ifnull(may_order,''), ifnull(until,''), ifnull(note,'')"
		" FROM contract WHERE organisation_id = ?1 ORDER BY contract_id",
		e);
	bool row = true, ok = s != NULL;

	if (s)
		db_bind_text(s, 1, organisation);
	while (ok && (ok = db_step(s, &row, e)) && row) {
		text_addf(out, "\n# %s: %s\n", _("Contract"), db_text(s, 0));
		show_fact(b, out, _("Contract number"), db_text(s, 1));
		show_fact(b, out, _("Customer number"), db_text(s, 2));
		show_fact(b, out, _("Response time"), db_text(s, 3));
		show_fact(b, out, _("Who may order"), db_text(s, 4));
		if (*db_text(s, 5)) {
			text_addf(out, "%s: ", _("Runs until"));
			book_add_date(db_text(s, 5), out);
			text_add(out, "\n");
		}
		show_fact(b, out, _("Note"), db_text(s, 6));
	}
	db_finish(s);
	return ok;
}

/* What is to be known about it itself, below what is dialled. */
static void add_about(struct book *b, struct db_statement *s, struct text *out)
{
	if (*db_text(s, 1) || *db_text(s, 2) || *db_text(s, 5))
		text_add(out, "\n");
	show_fact(b, out, _("Also called"), db_text(s, 2));
	if (*db_text(s, 1)) {
		text_addf(out, "%s: ", _("Part of"));
		book_add_name(b, KIT_ORGANISATION, db_text(s, 1), out);
		text_add(out, "\n");
	}
	show_fact(b, out, _("Basis"), db_text(s, 5));
	show_checked(out, db_text(s, 6), db_text(s, 7));
}

bool book_show_organisation(struct book *b, const char *id, struct text *out, struct error *e)
{
	struct db_statement *s = book_ask(
		b,
		"SELECT type, ifnull(parent_id,''), ifnull(synonyms,''), ifnull(hours,''),"
		" ifnull(note,''), ifnull(source,''), ifnull(checked_on,''), ifnull(checked_by,'')"
		" FROM organisation WHERE organisation_id = ?",
		id, e);
	struct channels ways = { 0 };
	bool ok;

	if (!s)
		return book_absent(b, KIT_ORGANISATION, id, e);
	text_add(out, "# ");
	book_add_name(b, KIT_ORGANISATION, id, out);
	text_add(out, "\n");
	show_fact(b, out, _("Hours"), db_text(s, 3));
	show_fact(b, out, _("Note"), db_text(s, 4));
	ok = book_channels(b, KIT_ORGANISATION, id, &ways, e);
	show_channels(b, &ways, KIT_ORGANISATION, id, db_text(s, 3), db_text(s, 6), out);
	ok = ok && add_people(b, id, &ways, out, e);
	show_dead(b, &ways, out);
	add_locked(b, TIER_PROTECTED,
		   _("People are in the protected part: unlock it on the first page."), out);
	ok = ok && add_contracts(b, id, out, e);
	add_about(b, s, out);
	db_finish(s);
	channels_release(&ways);
	return ok;
}
