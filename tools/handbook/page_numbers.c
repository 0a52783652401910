/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Authorities, partners and functions with their first number that works. */
#include <stdlib.h>
#include <string.h>

#include "handbook/channels.h"
#include "handbook/pages.h"
#include "handbook/people.h"
#include "lib/base/language.h"
#include "lib/data/namefold.h"
#include "lib/ui/dial.h"

/* One line: who, and the number. */
struct contact {
	enum kit_kind kind;
	const char *id, *label, *detail, *sort;
	bool dead; /* no number works: below those that can be called */
};

struct contacts {
	struct contact *items;
	size_t count, capacity;
	struct arena memory;
};

static int by_name(const void *a, const void *b)
{
	const struct contact *x = a, *y = b;
	int order;

	if (x->dead != y->dead)
		return x->dead ? 1 : -1;
	order = strcmp(x->sort, y->sort);
	return order ? order : strcmp(x->id, y->id);
}

/* The number, behind the name of who is on duty where that is open; or why there is none. */
static const char *detail_of(struct contacts *list, struct book *b, enum kit_kind kind,
			     const char *id, const struct channels *ways)
{
	const struct channel *first = channels_first(ways);
	struct text out = { 0 }, person = { 0 };
	const char *kept;

	if (kind == KIT_ROLE && book_on_duty(b, id, &person)) {
		book_add_name(b, KIT_PERSON, text_end(&person), &out);
		text_add(&out, "  ");
	}
	if (first)
		dial_add(&out, first->value);
	else if (channels_dead(ways))
		text_add(&out, _("no number works now"));
	kept = arena_string(&list->memory, text_end(&out));
	text_release(&out);
	text_release(&person);
	return kept;
}

static bool add(struct contacts *list, struct book *b, enum kit_kind kind, const char *id,
		struct error *e)
{
	struct channels ways = { 0 };
	struct text name = { 0 };
	char sort[256];
	bool ok = book_reach(b, kind, id, &ways, e);

	book_add_name(b, kind, id, &name);
	mem_grow(&list->items, &list->capacity, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = (struct contact){
		.kind = kind,
		.id = arena_string(&list->memory, id),
		.label = arena_string(&list->memory, text_end(&name)),
		.detail = detail_of(list, b, kind, id, &ways),
		.sort = arena_string(&list->memory,
				     name_fold(sort, sizeof(sort), text_end(&name), FOLD_PLAIN)),
		.dead = channels_dead(&ways),
	};
	text_release(&name);
	channels_release(&ways);
	return ok;
}

#define OFFICIAL "('authority', 'police', 'supervisory')"

static const struct section {
	const char *heading;
	enum kit_kind kind;
	const char *sql;
} sections[] = {
	{ N_("Functions"), KIT_ROLE, "SELECT role_id FROM role" },
	{ N_("Authorities and police"), KIT_ORGANISATION,
	  "SELECT organisation_id FROM organisation WHERE type IN " OFFICIAL },
	{ N_("Partners, suppliers, press"), KIT_ORGANISATION,
	  "SELECT organisation_id FROM organisation WHERE type NOT IN " OFFICIAL },
};
#define SECTIONS (sizeof(sections) / sizeof(sections[0]))

/* A heading, and below it whom it holds. */
static bool add_section(struct contacts *list, struct book *b, const struct section *section,
			struct error *e)
{
	struct db_statement *s = db_prepare(b->db, section->sql, e);
	bool row = true, ok = s != NULL;
	size_t first = list->count + 1;

	mem_grow(&list->items, &list->capacity, first, sizeof(*list->items));
	list->items[list->count++] =
		(struct contact){ .kind = KIT_NONE, .label = _(section->heading), .detail = "" };
	while (ok && (ok = db_step(s, &row, e)) && row)
		ok = add(list, b, section->kind, db_text(s, 0), e);
	db_finish(s);
	if (list->count > first)
		qsort(list->items + first, list->count - first, sizeof(*list->items), by_name);
	return ok;
}

static enum ui_result choose(struct pages *p, const struct contacts *contacts, size_t *selected)
{
	struct ui_item *items = mem_array(contacts->count + 1, sizeof(*items));
	const struct ui_list list = {
		.title = _("Authorities and function numbers"),
		.intro = "",
		.items = items,
		.count = contacts->count,
		.footer = "",
	};
	enum ui_result r;

	for (size_t i = 0; i < contacts->count; i++)
		items[i] = (struct ui_item){ .label = contacts->items[i].label,
					     .detail = contacts->items[i].detail,
					     .heading = contacts->items[i].kind == KIT_NONE };
	r = ui_list(p->ui, &list, selected);
	free(items);
	return r;
}

bool page_numbers(struct pages *p)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 1;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct contacts list = { 0 };
		struct error e = { 0 };
		bool ok = true;

		pages_frame(p);
		for (size_t i = 0; ok && i < SECTIONS; i++)
			ok = add_section(&list, &p->book, &sections[i], &e);
		if (ok) {
			r = choose(p, &list, &selected);
		} else {
			pages_error(p, _("Authorities and function numbers"), &e);
			r = UI_BACK;
		}
		if (r == UI_CHOSEN && selected < list.count &&
		    !page_show(p, list.items[selected].kind, list.items[selected].id))
			r = UI_CLOSED;
		free(list.items);
		arena_release(&list.memory);
	}
	return r != UI_CLOSED;
}
