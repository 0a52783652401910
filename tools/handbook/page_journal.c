/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal on the screen: what was noted, the newest first; one entry whole. */
#include <stdlib.h>
#include <string.h>

#include "handbook/log.h"
#include "handbook/page_entry.h"
#include "handbook/page_handover.h"
#include "lib/base/language.h"

#define SHOWN 300 /* entries; all are in `handbook journal` and `journal export` */

/* What became of an order. */
static void tick_off(struct pages *p, const char *ref, const char *state)
{
	struct message m;

	log_order_event(ref, state, p->author, &m);
	(void)pages_record(p, &m);
	explicit_bzero(&m, sizeof(m));
}

static const struct tick {
	const char *label, *state;
} ticks[] = {
	{ N_("The order is done"), "done" },
	{ N_("The order is cancelled"), "cancelled" },
	{ N_("The order is open again"), "open" },
};
#define TICKS (sizeof(ticks) / sizeof(ticks[0]))

/* One event whole. Only an entry can be corrected, only an order ticked off. */
static bool page_row(struct pages *p, const struct log_row *row)
{
	bool entry = strcmp(row->kind, "entry") == 0;
	bool order = strcmp(log_get(row, "type"), "order") == 0;
	struct ui_item items[1 + TICKS];
	struct text intro = { 0 };
	size_t selected = 0;
	enum ui_result r;

	do {
		struct ui_list list = { .title = _("Journal"), .items = items, .footer = "" };

		if (entry)
			items[list.count++] = (struct ui_item){
				.label = _("Correct it"),
				.detail = _("by a new entry; this one stays"),
			};
		for (size_t i = 0; order && i < TICKS; i++)
			items[list.count++] =
				(struct ui_item){ .label = _(ticks[i].label), .detail = "" };
		text_clear(&intro);
		log_add_whole(row, &p->book, &p->view, book_now_ms(&p->book), &intro);
		(void)pages_frame(p);
		if (!list.count) {
			r = ui_text(p->ui, list.title, text_end(&intro));
			continue;
		}
		list.intro = text_end(&intro);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && selected > 0)
			tick_off(p, row->ref, ticks[selected - 1].state);
		else if (r == UI_CHOSEN && !page_write(p, false, row->ref))
			r = UI_CLOSED;
	} while (r == UI_REDRAW || r == UI_REFRESH);
	text_release(&intro);
	return r != UI_CLOSED;
}

static bool page_rows(struct pages *p)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct arena memory = { 0 };
		struct log l = { 0 };
		struct error e = { 0 };
		struct ui_item *items = NULL;

		pages_refresh(p);
		(void)pages_frame(p);
		if (!log_load(&l, &p->view, NULL, SHOWN, &e)) {
			pages_error(p, _("Journal"), &e);
			log_release(&l);
			return true;
		}
		items = mem_array(l.count + 1, sizeof(*items));
		for (size_t i = 0; i < l.count; i++) {
			struct text label = { 0 };

			log_add_time(&l.rows[i], book_now_ms(&p->book), &label);
			text_add(&label, "  ");
			log_add_words(&l.rows[i], &p->book, &label);
			items[i] = (struct ui_item){
				.label = arena_string(&memory, text_end(&label)),
				.detail = log_get(&l.rows[i], "author"),
			};
			text_release(&label);
		}
		const struct ui_list list = {
			.title = _("All entries"),
			.intro = l.count ? "" : _("The journal is empty."),
			.items = items,
			.count = l.count,
			.footer = "",
		};

		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && selected < l.count && !page_row(p, &l.rows[selected]))
			r = UI_CLOSED;
		free(items);
		arena_release(&memory);
		log_release(&l);
	}
	return r != UI_CLOSED;
}

static bool write_entry(struct pages *p)
{
	return page_write(p, false, "");
}

static bool write_decision(struct pages *p)
{
	return page_decision(p, "", "") != UI_CLOSED;
}

static bool write_paper(struct pages *p)
{
	return page_write(p, true, "");
}

static bool record_incident(struct pages *p, const char *state, const char *name)
{
	struct message m;

	message_start(&m, "kind", "incident");
	message_add(&m, "state", state);
	if (*name)
		message_add(&m, "name", name);
	if (*p->author)
		message_add(&m, "author", p->author);
	(void)pages_record(p, &m);
	explicit_bzero(&m, sizeof(m));
	return true;
}

static bool name_incident(struct pages *p)
{
	static const struct ui_line line = {
		.title = N_("Name the incident"),
		.intro = N_("Short, and nothing that a stranger may not see on a screen."),
		.prompt = N_("Name"),
	};
	char typed[128] = "";
	enum ui_result r = pages_ask(p, &line, typed, sizeof(typed));

	if (r == UI_CHOSEN && *typed)
		(void)record_incident(p, "named", typed);
	return r != UI_CLOSED;
}

static bool close_incident(struct pages *p)
{
	enum ui_result r;

	do
		r = ui_confirm(p->ui, _("Close the incident"),
			       _("Close the incident? Steps, deadlines, call chains and failed "
				 "systems begin anew; every entry stays in the journal."));
	while (r == UI_REDRAW || r == UI_REFRESH);
	if (r == UI_CHOSEN)
		(void)record_incident(p, "closed", "");
	return r != UI_CLOSED;
}

static const struct {
	const char *label, *detail;
	bool (*page)(struct pages *p);
} entries[] = {
	{ N_("Write an entry"), N_("report, order, measure, observation, note"), write_entry },
	{ N_("Write a decision"), N_("with its reason"), write_decision },
	{ N_("Type in from paper"), N_("with the time at which it happened"), write_paper },
	{ N_("Read all entries"), N_("newest first; correct, tick off orders"), page_rows },
	{ N_("Hand over"), N_("one sheet: what is open, what runs, who is reachable"),
	  page_handover },
	{ N_("Name the incident"), "", name_incident },
	{ N_("Close the incident"), N_("asks first"), close_incident },
};
#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

bool page_journal(struct pages *p)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct ui_item items[ENTRIES];
		struct text intro = { 0 };
		struct ui_list list = {
			.title = _("Journal"), .items = items, .count = ENTRIES, .footer = ""
		};

		pages_refresh(p);
		(void)pages_frame(p);
		handover_add_head(&p->view, &p->journal, &intro);
		list.intro = text_end(&intro);
		for (size_t i = 0; i < ENTRIES; i++)
			items[i] = (struct ui_item){ .label = _(entries[i].label),
						     .detail = *entries[i].detail
								       ? _(entries[i].detail)
								       : "" };
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && !entries[selected].page(p))
			r = UI_CLOSED;
		text_release(&intro);
	}
	return r != UI_CLOSED;
}
