/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lasts as long as the menu: the connection to the broker, the frame. */
#include <time.h>

#include "lib/base/language.h"
#include "lib/ui/kitframe.h"
#include "menu/menu.h"

#define PAINTED_MS 20 /* a page that waited this long for a key is on the screen */

bool menu_connect(struct menu *m, struct error *e)
{
	if (m->broker.fd < 0 && !broker_connect(&m->broker, e))
		return false;
	if (m->machine_known)
		return true;
	arena_release(&m->machine_memory);
	if (!broker_machine(&m->broker, &m->machine_memory, &m->machine, e)) {
		menu_disconnect(m);
		return false;
	}
	m->machine_known = true;
	if (m->keyboard_waits) {
		struct error refused = { 0 };

		/* Told before the broker was there; F3 tells what is wrong with it. */
		m->keyboard_waits = !broker_keyboard(&m->broker, m->keyboard, &refused);
		if (m->broker.fd < 0) { /* no word against it: all of this anew */
			*e = refused;
			menu_disconnect(m);
			m->machine_known = false;
			return false;
		}
	}
	return true;
}

void menu_disconnect(struct menu *m)
{
	broker_close(&m->broker);
	m->broker = (struct broker)BROKER_NONE;
	m->told_ready = false; /* the next one may be another broker, that was started anew */
}

void menu_frame(struct menu *m)
{
	struct text header = { 0 }, notice = { 0 };

	if (m->kit_loaded)
		kit_frame(&m->kit, time(NULL), &header, &notice);
	else
		text_addf(&header, "Blackstart %s", BLACKSTART_VERSION);
	if (m->boot.on_stick && !m->kit_loaded)
		text_add(&notice, _("NO HANDBOOK"));
	notices_add(m, &notice);
	ui_frame(m->ui, text_end(&header), text_end(&notice));
	text_release(&header);
	text_release(&notice);
}

static void tell_ready(struct menu *m)
{
	struct error ignored = { 0 };

	if (!menu_connect(m, &ignored))
		return;
	m->told_ready = broker_ready(&m->broker, &ignored);
	if (!m->told_ready)
		menu_disconnect(m);
}

enum ui_result menu_list(struct menu *m, const struct ui_list *list, size_t *selected)
{
	struct ui_list first = *list;
	enum ui_result r;

	if (m->told_ready)
		return ui_list(m->ui, list, selected);
	first.refresh_ms = PAINTED_MS;
	r = ui_list(m->ui, &first, selected);
	if (!m->told_ready) /* a page over it may have done so */
		tell_ready(m);
	return r == UI_REFRESH ? ui_list(m->ui, list, selected) : r;
}

void menu_error(struct menu *m, const char *title, const struct error *e)
{
	ui_message(m->ui, title, e->text);
}
