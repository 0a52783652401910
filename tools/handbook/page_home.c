/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first page: what is needed first, then the ways to everything else. */
#include <stdio.h>

#include "handbook/lock.h"
#include "lib/base/language.h"

/* What is needed at half past four: the first plan, and who to call. */
struct first {
	enum kit_kind kind;
	const char *words, *sql; /* the words around its name, a message id */
	char id[96];
	struct text label;
};

/* False if the kit has no such thing. */
static bool first_load(struct first *f, struct book *b)
{
	struct error ignored = { 0 }; /* the lists below say what is wrong */
	struct db_statement *s = book_ask(b, f->sql, NULL, &ignored);
	struct text name = { 0 };

	text_clear(&f->label);
	if (!s)
		return false;
	snprintf(f->id, sizeof(f->id), "%s", db_text(s, 0));
	book_add_name(b, f->kind, f->id, &name);
	text_addf(&f->label, "%s: %s", _(f->words), text_end(&name));
	text_release(&name);
	db_finish(s);
	return true;
}

#define FIRST 2

/* The ways to everything else, in the order in which a tired person needs them; never more than
 * seven at once, so that one key is enough. `shown` is NULL for those that are always there. */
static const struct {
	const char *label, *detail;
	bool (*page)(struct pages *p);
	bool (*shown)(struct pages *p);
} entries[] = {
	{ N_("Deadlines"), N_("what must be reported, to whom, by when"), page_deadlines, NULL },
	{ N_("Journal"), N_("write down, decide, order, hand over"), page_journal, NULL },
	{ N_("Find"), N_("a person, a function, a plan, a number"), page_find, NULL },
	{ N_("What has failed?"), N_("then numbers that do not work stand last"), page_failed,
	  NULL },
	{ N_("Look up and print"), N_("all plans, call chains, authorities and numbers"),
	  page_look_up, NULL },
	{ N_("Unlock people"), N_("who it is, and who is on duty"), page_unlock, can_unlock },
	{ N_("Unlock private numbers"), N_("contracts too; asked for once more"),
	  page_unlock_strict, can_unlock_strict },
	{ N_("Lock"), N_("before you leave this PC"), page_lock, can_lock },
};
#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

/* Fill in the entries, and for each what it opens: below FIRST one of `first`, then
 * one of `entries`. The number of items. */
static size_t home_items(struct pages *p, struct first *first, struct ui_item *items, size_t *opens)
{
	size_t count = 0;

	items[count++] = (struct ui_item){ _("First of all"), "", true, false };
	for (size_t i = 0; i < FIRST; i++) {
		if (!first_load(&first[i], &p->book))
			continue;
		opens[count] = i;
		items[count++] = (struct ui_item){ text_end(&first[i].label), "", false, false };
	}
	/* A heading with nothing below it would only be a riddle. */
	count = count == 1 ? 0 : count + 1;
	for (size_t i = 0; i < ENTRIES; i++) {
		if (entries[i].shown && !entries[i].shown(p))
			continue;
		opens[count] = FIRST + i;
		items[count++] =
			(struct ui_item){ _(entries[i].label), _(entries[i].detail), false, false };
	}
	return count;
}

/* What is open, and what is not. */
static const char *footer(struct pages *p)
{
	if (pages_are_open(p))
		return _("People are open. Lock before you leave; after ten minutes without a key "
			 "it locks by itself.");
	if (!book_has_tier(TIER_PROTECTED) && !book_has_tier(TIER_STRICT))
		return _("This kit has no people in it: it was made without keys.");
	return _("This is the part that opens without a passphrase. People and "
		 "private numbers are locked.");
}

bool page_home(struct pages *p)
{
	struct first first[FIRST] = {
		{ KIT_PLAN,
		  N_("Act now"),
		  "SELECT plan_id FROM plan ORDER BY card, plan_id",
		  "",
		  { 0 } },
		{ KIT_CHAIN,
		  N_("Call now"),
		  "SELECT c.chain_id FROM chain c LEFT JOIN step s ON s.chain_id = c.chain_id"
		  " ORDER BY s.plan_id IS NULL, s.plan_id, s.nr, c.chain_id",
		  "",
		  { 0 } },
	};
	size_t selected = 0, opens[FIRST + ENTRIES + 3] = { 0 };
	enum ui_result r = UI_REDRAW;
	bool open = true;

	while (open && r != UI_BACK) {
		struct ui_item items[FIRST + ENTRIES + 3] = { 0 };
		struct ui_list list = { .title = _("Handbook"), .items = items };

		list.count = home_items(p, first, items, opens);
		list.intro = "";
		list.footer = footer(p);
		pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CLOSED)
			open = false;
		else if (r == UI_CHOSEN && opens[selected] < FIRST)
			open = page_show(p, first[opens[selected]].kind, first[opens[selected]].id);
		else if (r == UI_CHOSEN)
			open = entries[opens[selected] - FIRST].page(p);
	}
	for (size_t i = 0; i < FIRST; i++)
		text_release(&first[i].label);
	return open;
}
