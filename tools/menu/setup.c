/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The very first page: language and keyboard, and keeping them on the stick. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/ui/progress.h"
#include "lib/ui/settings.h"
#include "menu/menu.h"

static const struct {
	const char *layout, *name;
} keyboards[] = {
	{ "de", N_("German") }, { "us", N_("English (US)") },      { "fr", N_("French") },
	{ "ch", N_("Swiss") },  { "gb", N_("English (British)") },
};
#define KEYBOARDS (sizeof(keyboards) / sizeof(keyboards[0]))

static const char *keyboard_name(const char *layout)
{
	for (size_t i = 0; i < KEYBOARDS; i++)
		if (strcmp(keyboards[i].layout, layout) == 0)
			return _(keyboards[i].name);
	return layout;
}

static void keep_keyboard(struct menu *m, const char *layout)
{
	struct ui_settings s;

	if (layout != m->keyboard)
		snprintf(m->keyboard, sizeof(m->keyboard), "%s", layout);
	settings_load(&s);
	snprintf(s.language, sizeof(s.language), "%s", language_code());
	snprintf(s.keyboard, sizeof(s.keyboard), "%s", m->keyboard);
	settings_save(&s);
}

/* A serial line has its keyboard at the other end. */
static bool console_has_keyboard(void)
{
	char tty[64];

	return ttyname_r(STDIN_FILENO, tty, sizeof(tty)) != 0 ||
	       (strncmp(tty, "/dev/ttyS", 9) != 0 && strncmp(tty, "/dev/hvc", 8) != 0);
}

/* The layout that a person has just chosen. */
static void use_keyboard(struct menu *m, const char *layout)
{
	struct error e = { 0 };

	if (!console_has_keyboard())
		return;
	if (menu_connect(m, &e) && broker_keyboard(&m->broker, layout, &e))
		return;
	menu_disconnect(m);
	/* On an ordinary PC the keyboard is right already. */
	if (m->boot.on_stick)
		menu_error(m, _("Keyboard"), &e);
}

/* The layout that is known from before; the broker may not be up yet. */
static void use_known_keyboard(struct menu *m)
{
	struct error ignored = { 0 };

	m->keyboard_waits = console_has_keyboard();
	(void)!menu_connect(m, &ignored);
}

bool setup_keyboard(struct menu *m)
{
	struct ui_item items[KEYBOARDS];
	size_t selected = 0;
	enum ui_result r;

	for (size_t i = 0; i < KEYBOARDS; i++)
		if (strcmp(keyboards[i].layout, m->keyboard) == 0)
			selected = i;
	do {
		for (size_t i = 0; i < KEYBOARDS; i++)
			items[i] = (struct ui_item){ _(keyboards[i].name), "", false, false };
		const struct ui_list list = {
			.title = _("Keyboard"),
			.intro = _("Which letters are printed on the keys of this PC?"),
			.items = items,
			.count = KEYBOARDS,
			.footer = "",
		};

		r = menu_list(m, &list, &selected);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	if (r == UI_CHOSEN) {
		use_keyboard(m, keyboards[selected].layout);
		keep_keyboard(m, keyboards[selected].layout);
	}
	return r != UI_CLOSED;
}

/* Both names stand in their own language: whoever cannot read one reads the other. */
static bool ask_language(struct menu *m)
{
	static const struct ui_item items[] = {
		{ "Deutsch", "", false, false },
		{ "English", "", false, false },
	};
	const struct ui_list list = {
		.title = "Sprache / Language",
		.intro = "Bitte wählen Sie die Sprache.\nPlease choose your language.",
		.items = items,
		.count = 2,
		.footer = "",
		.first_page = true,
	};
	size_t selected = strcmp(language_code(), "de") == 0 ? 0 : 1;
	enum ui_result r;

	do
		r = menu_list(m, &list, &selected);
	while (r != UI_CHOSEN && r != UI_CLOSED);
	if (r == UI_CHOSEN)
		language_set(selected == 0 ? "de" : "en");
	menu_frame(m);
	return r != UI_CLOSED;
}

bool setup_page(struct menu *m)
{
	struct ui_settings s;
	const char *wanted = m->boot.keyboard;
	bool language_done, keyboard_done;

	settings_load(&s);
	/* What was chosen on this console before it was started anew comes first,
	 * then what the stick remembers, then what the kit proposes. */
	if (!s.language[0] && m->boot.language[0])
		language_set(m->boot.language);
	else if (!s.language[0] && m->boot.on_stick && m->kit_loaded &&
		 language_known(m->kit.language))
		language_set(m->kit.language);
	if (!*wanted && keyboard_known(s.keyboard))
		wanted = s.keyboard;
	if (!*wanted && m->kit_loaded && keyboard_known(m->kit.keyboard))
		wanted = m->kit.keyboard;
	snprintf(m->keyboard, sizeof(m->keyboard), "%s", *wanted ? wanted : "us");
	menu_frame(m);
	if (!m->boot.on_stick)
		return true;
	language_done = s.language[0] || m->boot.language[0];
	keyboard_done = keyboard_known(s.keyboard) || m->boot.keyboard[0] ||
			!console_has_keyboard();
	if (keyboard_known(s.keyboard) || m->boot.keyboard[0])
		use_known_keyboard(m);
	if (!language_done && !ask_language(m))
		return false;
	if (!keyboard_done && !setup_keyboard(m))
		return false;
	keep_keyboard(m, m->keyboard);
	m->ask_to_remember = !m->boot.language[0] && !language_done;
	return true;
}

static void remember_on(struct menu *m, const struct broker_disk *d)
{
	struct error e = { 0 };

	if (!broker_remember(&m->broker, d->name, language_code(), m->keyboard, &e)) {
		menu_disconnect(m);
		menu_error(m, _("Not remembered"), &e);
		return;
	}
	ui_message(m->ui, _("Remembered"),
		   _("This stick will not ask for language and keyboard again."));
}

/* Ask with the sticks that are there; m->ask_to_remember is off afterwards. */
static bool ask_to_remember(struct menu *m, const struct broker_disk **sticks, size_t count)
{
	struct ui_item *items = mem_array(count + 1, sizeof(*items));
	struct text *labels = mem_array(count, sizeof(*labels));
	struct text intro = { 0 };
	size_t selected = 0;
	enum ui_result r;

	do {
		text_clear(&intro);
		text_addf(&intro,
			  _("Language %s and keyboard %s can be kept on this stick, so that "
			    "no PC asks again.\nOnly these two settings are written, and only to "
			    "the stick."),
			  strcmp(language_code(), "de") == 0 ? "Deutsch" : "English",
			  keyboard_name(m->keyboard));
		items[0] = (struct ui_item){ _("No, ask again next time"), "", false, false };
		for (size_t i = 0; i < count; i++) {
			text_clear(&labels[i]);
			text_add(&labels[i], _("Yes, remember on "));
			disk_label(&labels[i], sticks[i]);
			items[i + 1] = (struct ui_item){ text_end(&labels[i]), "", false, false };
		}
		const struct ui_list list = {
			.title = _("Remember on this stick?"),
			.intro = text_end(&intro),
			.items = items,
			.count = count + 1,
			.footer = "",
		};

		r = ui_list(m->ui, &list, &selected);
		if (r == UI_REDRAW)
			menu_frame(m);
	} while (r == UI_REDRAW);
	m->ask_to_remember = false;
	if (r == UI_CHOSEN && selected > 0)
		remember_on(m, sticks[selected - 1]);
	for (size_t i = 0; i < count; i++)
		text_release(&labels[i]);
	text_release(&intro);
	free(labels);
	free(items);
	return r != UI_CLOSED;
}

bool setup_remember(struct menu *m)
{
	struct arena a = { 0 };
	struct broker_disks disks = { 0 };
	struct error ignored = { 0 };
	const struct broker_disk **sticks;
	size_t count = 0;
	bool ok = true;

	if (!m->ask_to_remember || !menu_connect(m, &ignored))
		return true;
	if (!broker_disks(&m->broker, &a, &disks, &ignored)) {
		menu_disconnect(m);
		arena_release(&a);
		return true;
	}
	sticks = mem_array(disks.count, sizeof(*sticks));
	for (size_t i = 0; i < disks.count; i++)
		if (disks.disks[i].stick)
			sticks[count++] = &disks.disks[i];
	if (count > 0)
		ok = ask_to_remember(m, sticks, count);
	else if (!disks.searching)
		m->ask_to_remember = false; /* pulled already, or started another way */
	free(sticks);
	arena_release(&a);
	return ok;
}
