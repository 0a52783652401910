/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook pages`: the home page and what all pages share. */
#include "handbook/pages.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "handbook/handbook.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"
#include "lib/ui/kitframe.h"

void pages_frame(struct pages *p)
{
	struct text header = { 0 }, notice = { 0 };

	kit_frame(&p->book.kit, time(NULL), &header, &notice);
	ui_frame(p->ui, text_end(&header), text_end(&notice));
	text_release(&header);
	text_release(&notice);
}

void pages_error(struct pages *p, const char *title, const struct error *e)
{
	ui_message(p->ui, title, e->text);
}

/* The name is the page's title already: not once more as the first heading. */
static const char *without_title(const char *text)
{
	return strncmp(text, "# ", 2) == 0 ? text + strcspn(text, "\n") + 1 : text;
}

bool page_show(struct pages *p, enum kit_kind kind, const char *id)
{
	enum ui_result r;

	do {
		struct text out = { 0 }, title = { 0 };
		struct error e = { 0 };

		pages_frame(p);
		book_add_name(&p->book, kind, id, &title);
		if (!book_show(&p->book, kind, id, &out, &e)) {
			pages_error(p, text_end(&title), &e);
			r = UI_BACK;
		} else {
			r = ui_text(p->ui, text_end(&title), without_title(text_end(&out)));
		}
		text_release(&out);
		text_release(&title);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r != UI_CLOSED;
}

/* What page_pick() shows, in one piece. */
struct choice {
	struct ui_item *items;
	enum kit_kind *kinds;
	const char **ids;
	size_t count, item_capacity, kind_capacity, id_capacity;
	struct arena memory;
};

static void choice_release(struct choice *c)
{
	free(c->items);
	free(c->kinds);
	free(c->ids);
	arena_release(&c->memory);
	*c = (struct choice){ 0 };
}

/* What stands beside a name, ready to be read. */
static const char *detail_of(struct choice *c, struct book *b, enum kit_kind kind, const char *id,
			     const char *detail)
{
	struct text out = { 0 };
	const char *result;

	if (kind == KIT_ROLE || kind == KIT_ORGANISATION)
		dial_add(&out, detail);
	else if (kind == KIT_DEADLINE)
		book_add_deadline(b, id, &out);
	else
		text_add(&out, detail);
	result = arena_string(&c->memory, text_end(&out));
	text_release(&out);
	return result;
}

static bool choice_load(struct choice *c, struct book *b, const char *sql,
			const char *const *headings, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL;

	if (s && strstr(sql, "?1"))
		db_bind_text(s, 1, language_code());
	while (ok && (ok = db_step(s, &row, e)) && row) {
		const char *kind = db_text(s, 0);

		mem_grow(&c->items, &c->item_capacity, c->count + 1, sizeof(*c->items));
		mem_grow(&c->kinds, &c->kind_capacity, c->count + 1, sizeof(*c->kinds));
		mem_grow(&c->ids, &c->id_capacity, c->count + 1, sizeof(*c->ids));
		c->kinds[c->count] = kit_kind_parse(kind, strlen(kind));
		c->ids[c->count] = arena_string(&c->memory, db_text(s, 1));
		c->items[c->count] = (struct ui_item){
			.label = *kind ? arena_string(&c->memory, db_text(s, 2))
				       : _(headings[db_number(s, 1)]),
			.detail = detail_of(c, b, c->kinds[c->count], c->ids[c->count],
					    db_text(s, 3)),
			.heading = !*kind,
		};
		c->count++;
	}
	db_finish(s);
	return ok;
}

bool page_pick(struct pages *p, const char *title, const char *intro, const char *const *headings,
	       const char *sql)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct choice c = { 0 };
		struct error e = { 0 };

		pages_frame(p);
		if (!choice_load(&c, &p->book, sql, headings, &e)) {
			choice_release(&c);
			pages_error(p, _(title), &e);
			return true;
		}
		const struct ui_list list = {
			.title = _(title),
			.intro = *intro ? _(intro) : "",
			.items = c.items,
			.count = c.count,
			.footer = "",
		};

		if (selected >= c.count)
			selected = 0;
		while (selected + 1 < c.count && c.items[selected].heading)
			selected++;
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && selected < c.count &&
		    !page_show(p, c.kinds[selected], c.ids[selected]))
			r = UI_CLOSED;
		choice_release(&c);
	}
	return r != UI_CLOSED;
}

bool page_plans(struct pages *p)
{
	return page_pick(p, N_("All plans"), "", NULL,
			 "SELECT 'plan', plan_id, plan_id || '  ' || title, ifnull(occasion,'')"
			 " FROM plan ORDER BY card, plan_id");
}

bool page_chains(struct pages *p)
{
	return page_pick(p, N_("Call chains"),
			 N_("Who calls whom, in which order, and what to say. Write down each "
			    "call with its time."),
			 NULL,
			 "SELECT 'chain', chain_id, title, occasion FROM chain ORDER BY chain_id");
}

bool page_deadlines(struct pages *p)
{
	return page_pick(p, N_("Deadlines"),
			 N_("Hours run through nights and weekends. When in doubt, report early."),
			 NULL,
			 "SELECT 'deadline', deadline_id, title, '' FROM deadline"
			 " ORDER BY hours IS NULL, hours, months, deadline_id");
}

/* The first number of an owner, in the list beside its name. */
#define FIRST_NUMBER(kind, id)                                                                     \
	"ifnull((SELECT value FROM channel WHERE owner_kind = '" kind "' AND owner_id = " id       \
	" AND normal IS NOT NULL ORDER BY priority LIMIT 1), '')"
#define ORGANISATIONS(part, types)                                                                 \
	" SELECT " part ", 1, 'organisation', organisation_id, name, " FIRST_NUMBER(               \
		"organisation", "organisation_id") " FROM organisation WHERE type " types          \
						   " ('authority', 'police', 'supervisory')"

static const char numbers[] =
	"SELECT kind, id, label, detail FROM ("
	"SELECT 0 AS part, 0 AS line, '' AS kind, 0 AS id, '' AS label, '' AS detail UNION ALL"
	" SELECT 0, 1, 'role', role_id,"
	" CASE WHEN ?1 = 'en' THEN ifnull(name_en, name) ELSE name END, " FIRST_NUMBER(
		"role",
		"role_id") " FROM role UNION ALL"
			   " SELECT 1, 0, '', 1, '', '' UNION ALL" ORGANISATIONS(
				   "1",
				   "IN") " UNION ALL"
					 " SELECT 2, 0, '', 2, '', '' UNION ALL" ORGANISATIONS(
						 "2",
						 "NOT IN") ")"
							   " ORDER BY part, line, label COLLATE NOCASE, id";

bool page_numbers(struct pages *p)
{
	static const char *const headings[] = {
		N_("Functions"),
		N_("Authorities and police"),
		N_("Partners, suppliers, press"),
	};

	return page_pick(p, N_("Authorities and function numbers"), "", headings, numbers);
}

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

static const struct {
	const char *label, *detail;
	bool (*page)(struct pages *p);
} entries[] = {
	{ N_("Find"), N_("a function, an authority, a plan, a number"), page_find },
	{ N_("All plans"), N_("what to do, step by step"), page_plans },
	{ N_("Call chains"), N_("who calls whom, and what to say"), page_chains },
	{ N_("Authorities and function numbers"), N_("who is reached how"), page_numbers },
	{ N_("Deadlines"), N_("what must be reported, to whom, by when"), page_deadlines },
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
	items[count++] = (struct ui_item){ _("Look up"), "", true, false };
	for (size_t i = 0; i < ENTRIES; i++) {
		opens[count] = FIRST + i;
		items[count++] =
			(struct ui_item){ _(entries[i].label), _(entries[i].detail), false, false };
	}
	return count;
}

static bool home(struct pages *p)
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
		list.footer = _("This is the part that opens without a passphrase. People and "
				"private numbers are not in it.");
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

int handbook_pages(int argc, char **argv)
{
	struct error e = { 0 };
	bool plain = false;
	const struct cli_option options[] = {
		{ "plain", CLI_FLAG, &plain, NULL, N_("lines only: serial line, Braille, scripts"),
		  0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook", "pages", "", N_("The handbook on the screen, page by page."),
		options,    0,       0,
	};
	struct pages p = { 0 };
	struct ui_options open = { .header = "", .notice = "" };

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	open.plain = plain;
	if (book_open(&p.book, &e) && (p.ui = ui_open(&open, &e)))
		home(&p);
	finder_close(p.finder);
	ui_close(p.ui);
	book_close(&p.book);
	return e.kind ? report("handbook", &e) : 0;
}
