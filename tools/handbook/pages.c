/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook pages`: the home page and what all pages share. */
#include "handbook/pages.h"

#include <string.h>
#include <time.h>

#include "handbook/handbook.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
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

/* Roles have an English name too; all others are called what the list says. */
static const char *name_of(struct choice *c, struct book *b, enum kit_kind kind, const char *id,
			   const char *label)
{
	struct text name = { 0 };
	const char *result;

	if (kind == KIT_ROLE)
		book_add_name(b, kind, id, &name);
	result = arena_string(&c->memory, name.len ? text_end(&name) : label);
	text_release(&name);
	return result;
}

static bool choice_load(struct choice *c, struct book *b, const char *sql,
			const char *const *headings, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		const char *kind = db_text(s, 0), *label = db_text(s, 2);

		mem_grow(&c->items, &c->item_capacity, c->count + 1, sizeof(*c->items));
		mem_grow(&c->kinds, &c->kind_capacity, c->count + 1, sizeof(*c->kinds));
		mem_grow(&c->ids, &c->id_capacity, c->count + 1, sizeof(*c->ids));
		c->kinds[c->count] = kit_kind_parse(kind, strlen(kind));
		c->ids[c->count] = arena_string(&c->memory, db_text(s, 1));
		c->items[c->count] = (struct ui_item){
			.label = *kind ? name_of(c, b, c->kinds[c->count], c->ids[c->count], label)
				       : _(headings[db_number(s, 1)]),
			.detail = arena_string(&c->memory, db_text(s, 3)),
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
	return page_pick(p, N_("Plans"), "", NULL,
			 "SELECT 'plan', plan_id, plan_id || '  ' || title, ifnull(occasion,'')"
			 " FROM plan ORDER BY plan_id");
}

bool page_chains(struct pages *p)
{
	return page_pick(p, N_("Call chain"),
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
			 "SELECT 'deadline', deadline_id, title, CASE WHEN hours IS NOT NULL"
			 " THEN hours || ' h' ELSE ifnull(text, legal_basis) END FROM deadline"
			 " ORDER BY hours IS NULL, hours, months, deadline_id");
}

/* The first number of an owner, in the list beside its name. */
#define FIRST_NUMBER(kind, id)                                                                     \
	"ifnull((SELECT value FROM channel WHERE owner_kind = '" kind "' AND owner_id = " id       \
	" AND normal IS NOT NULL ORDER BY priority LIMIT 1), '')"

bool page_numbers(struct pages *p)
{
	static const char *const headings[] = {
		N_("Functions"),
		N_("Authorities and police"),
		N_("Partners, suppliers, press"),
	};

	return page_pick(
		p, N_("Authorities and function numbers"), "", headings,
		"SELECT kind, id, label, detail FROM ("
		"SELECT 0 AS part, 0 AS line, '' AS kind, 0 AS id, '' AS label, '' AS detail"
		" UNION ALL SELECT 0, 1, 'role', role_id, name, " FIRST_NUMBER(
			"role",
			"role_id") " FROM role"
				   " UNION ALL SELECT 1, 0, '', 1, '', ''"
				   " UNION ALL SELECT 1, 1, 'organisation', organisation_id, name, " FIRST_NUMBER(
					   "organisation",
					   "organisation_id") " FROM organisation WHERE type IN ('authority', 'police', 'supervisory')"
							      " UNION ALL SELECT 2, 0, '', 2, '', ''"
							      " UNION ALL SELECT 2, 1, 'organisation', organisation_id, name, " FIRST_NUMBER(
								      "organisation",
								      "organisation_id") " FROM organisation WHERE type NOT IN ('authority', 'police', 'supervisory'))"
											 " ORDER BY part, line, label COLLATE NOCASE, id");
}

static bool home(struct pages *p)
{
	static const struct {
		const char *label, *detail;
		bool (*page)(struct pages *p);
	} entries[] = {
		{ N_("Find"), N_("a function, an authority, a plan, a number"), page_find },
		{ N_("Plans"), N_("what to do, step by step"), page_plans },
		{ N_("Call chain"), N_("who calls whom, and what to say"), page_chains },
		{ N_("Authorities and function numbers"), N_("who is reached how"), page_numbers },
		{ N_("Deadlines"), N_("what must be reported, to whom, by when"), page_deadlines },
	};
	const size_t count = sizeof(entries) / sizeof(entries[0]);
	size_t selected = 0;

	for (;;) {
		struct ui_item items[sizeof(entries) / sizeof(entries[0])] = { 0 };
		struct ui_list list = { .title = _("Handbook"), .items = items, .count = count };
		enum ui_result r;

		for (size_t i = 0; i < count; i++)
			items[i] = (struct ui_item){ .label = _(entries[i].label),
						     .detail = _(entries[i].detail) };
		list.intro = "";
		list.footer = _("This is the part that opens without a passphrase. People and "
				"private numbers are not in it.");
		pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_BACK)
			return true;
		if (r == UI_CLOSED || (r == UI_CHOSEN && !entries[selected].page(p)))
			return false;
	}
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
