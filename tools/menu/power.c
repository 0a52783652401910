/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Switching the PC off, or starting it anew. */
#include "lib/base/language.h"
#include "menu/menu.h"

static bool do_it(struct menu *m, enum broker_power what)
{
	const char *title = what == POWER_OFF ? _("Switch off") : _("Restart");
	struct error e = { 0 };
	enum ui_result r;

	r = ui_confirm(m->ui, title,
		       what == POWER_OFF
			       ? _("Switch this PC off now?")
			       : _("Restart this PC now? With the stick out it starts from its own "
				   "disk: do that only if its system is known to be good."));
	if (r != UI_CHOSEN)
		return r != UI_CLOSED;
	if (!menu_connect(m, &e) || !broker_power(&m->broker, what, &e)) {
		/* What the broker says itself is what to do: to wait, perhaps. */
		bool refused = m->broker.fd >= 0 && e.kind == ERROR_FAILED;

		menu_disconnect(m);
		if (!refused)
			error_prefix(&e, "%s\n\n",
				     _("This PC could not be switched off from here. Hold its "
				       "power button for five seconds. What is just being written "
				       "to a stick is lost then."));
		menu_error(m, title, &e);
	}
	return true;
}

bool power_page(struct menu *m)
{
	size_t selected = 0;

	for (;;) {
		const struct ui_item items[] = {
			{ _("Switch off"), "", false, false },
			{ _("Restart"), "", false, false },
		};
		const struct ui_list list = {
			.title = _("Power"),
			.intro = "",
			.items = items,
			.count = 2,
			.footer = "",
		};

		switch (ui_list(m->ui, &list, &selected)) {
		case UI_CHOSEN:
			if (!do_it(m, selected == 0 ? POWER_OFF : POWER_REBOOT))
				return false;
			break;
		case UI_BACK:
			return true;
		case UI_CLOSED:
			return false;
		case UI_REDRAW:
			menu_frame(m);
			break;
		case UI_REFRESH:
			break;
		}
	}
}
