/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the kit lists: plans, chains, deadlines. */
#include "handbook/pages.h"
#include "lib/base/language.h"

static bool plans(struct pages *p)
{
	return page_pick(p, N_("All plans"), "",
			 "SELECT 'plan', plan_id, plan_id || '  ' || title, ifnull(occasion,'')"
			 " FROM plan ORDER BY card, plan_id");
}

static bool chains(struct pages *p)
{
	return page_pick(p, N_("Call chains"),
			 N_("Who calls whom, in which order, and what to say. The result of a "
			    "call is noted with its time when it is chosen."),
			 "SELECT 'chain', chain_id, title, occasion FROM chain ORDER BY chain_id");
}

bool page_look_up(struct pages *p)
{
	static const struct {
		const char *label, *detail;
		bool (*page)(struct pages *p);
	} lists[] = {
		{ N_("All plans"), N_("what to do, step by step"), plans },
		{ N_("Call chains"), N_("who calls whom, and what to say"), chains },
		{ N_("Authorities and function numbers"), N_("who is reached how"), page_numbers },
		{ N_("Print"), N_("numbers, deadlines, plans; on a printer or as a file"),
		  page_prints },
	};
	enum { LISTS = sizeof(lists) / sizeof(lists[0]) };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct ui_item items[LISTS];
		const struct ui_list list = { .title = _("Look up and print"),
					      .intro = "",
					      .items = items,
					      .count = LISTS,
					      .footer = "" };

		for (size_t i = 0; i < LISTS; i++)
			items[i] = (struct ui_item){ .label = _(lists[i].label),
						     .detail = _(lists[i].detail) };
		(void)pages_frame(p);
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && !lists[selected].page(p))
			r = UI_CLOSED;
	}
	return r != UI_CLOSED;
}
