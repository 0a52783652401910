/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hand-over on the screen: the sheet to read out, who hands over to whom, printing. */
#include "handbook/page_handover.h"

#include <string.h>

#include "lib/base/language.h"

static enum ui_result record(struct pages *p)
{
	static const struct {
		const char *intro, *prompt;
	} questions[] = {
		{ N_("Who goes?"), N_("From") },
		{ N_("Who takes over?"), N_("To") },
		{ N_("What the sheet does not say. Enter alone: nothing."), N_("Remarks") },
	};
	char typed[3][256] = { "", "", "" };
	enum ui_result r = UI_CHOSEN;
	struct error e = { 0 };
	struct message m;

	for (size_t i = 0; r == UI_CHOSEN && i < 3; i++) {
		const struct ui_line line = { .title = N_("Hand-over"),
					      .intro = questions[i].intro,
					      .prompt = questions[i].prompt,
					      .optional = i == 2 };

		r = pages_ask(p, &line, typed[i], sizeof(typed[i]));
	}
	if (r != UI_CHOSEN)
		return r;
	if (!handover_event(&p->journal, typed[0], typed[1], typed[2], &m, &e))
		pages_error(p, _("Hand-over"), &e);
	else if (pages_record(p, &m))
		/* Another person writes from here on. */
		p->author_asked = false;
	explicit_bzero(&m, sizeof(m));
	return UI_CHOSEN;
}

static enum ui_result read_sheet(struct pages *p)
{
	enum ui_result r;

	do {
		struct text out = { 0 };
		struct error e = { 0 };

		pages_refresh(p);
		(void)pages_frame(p);
		if (handover_add(&p->book, &p->view, &p->journal, &out, &e)) {
			r = ui_text(p->ui, _("Hand-over"), text_end(&out));
		} else {
			pages_error(p, _("Hand-over"), &e);
			r = UI_BACK;
		}
		text_release(&out);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

static enum ui_result print_sheet(struct pages *p)
{
	return page_print(p, "handover") ? UI_CHOSEN : UI_CLOSED;
}

bool page_handover(struct pages *p)
{
	static const struct {
		const char *label, *detail;
		enum ui_result (*run)(struct pages *p);
	} entries[] = {
		{ N_("Read the sheet"), N_("what is open, what runs, who is reachable"),
		  read_sheet },
		{ N_("Note the hand-over"), N_("from, to, and the head"), record },
		{ N_("Print the sheet"), N_("with lines to sign"), print_sheet },
	};
	enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct ui_item items[ENTRIES] = { 0 };
		struct text head = { 0 };
		struct ui_list list = {
			.title = _("Hand-over"), .items = items, .count = ENTRIES, .footer = ""
		};

		for (size_t i = 0; i < ENTRIES; i++) {
			items[i].label = _(entries[i].label);
			items[i].detail = _(entries[i].detail);
		}
		(void)pages_frame(p);
		handover_add_head(&p->view, &p->journal, &head);
		list.intro = text_end(&head);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && entries[selected].run(p) == UI_CLOSED)
			r = UI_CLOSED;
		text_release(&head);
	}
	return r != UI_CLOSED;
}
