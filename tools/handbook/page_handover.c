/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hand-over on the screen: the sheet to read out, then who hands over to whom. */
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

bool page_handover(struct pages *p)
{
	static enum ui_result (*const runs[])(struct pages * p) = { read_sheet, record };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		const struct ui_item items[] = {
			{ .label = _("Read the sheet"),
			  .detail = _("what is open, what runs, who is reachable") },
			{ .label = _("Note the hand-over"), .detail = _("from, to, and the head") },
			{ .label = _("Print the sheet"), .detail = _("with lines to sign") },
		};
		struct text head = { 0 };
		struct ui_list list = {
			.title = _("Hand-over"), .items = items, .count = 3, .footer = ""
		};

		(void)pages_frame(p);
		handover_add_head(&p->view, &p->journal, &head);
		list.intro = text_end(&head);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && runs[selected](p) == UI_CLOSED)
			r = UI_CLOSED;
		text_release(&head);
	}
	return r != UI_CLOSED;
}
