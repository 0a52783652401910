/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `menu start`: the start screen and the way to everything else. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/ui/kitframe.h"
#include "menu/menu.h"

#define WATCHING_MS 2000 /* the stick may be pulled, the broker may come up */

enum entry { HANDBOOK, TRIAGE, REINSTALL, FLEET, IMAGES, DISKS, ABOUT, SHELL, POWER };

static const struct {
	enum entry entry;
	const char *label, *detail;
	const char *program; /* a tool that brings its own pages; "" while it has none; or NULL */
	bool gap;            /* an empty line before it */
} entries[] = {
	{ HANDBOOK, N_("Emergency handbook"), N_("who to call, what to do, by when"), "handbook",
	  false },
	{ TRIAGE, N_("Judge this PC"), N_("encrypted? since when? by what?"), "", true },
	{ REINSTALL, N_("Reinstall this PC"), N_("from a signed, known-good image"), "reinstall",
	  false },
	{ FLEET, N_("Fleet"), N_("many PCs at once, over a switch"), "fleet", false },
	{ IMAGES, N_("Known-good images"), N_("check one, or capture a prepared PC"), "sysimage",
	  false },
	{ DISKS, N_("Disks of this PC"), N_("what they are, and that they are locked"), NULL,
	  true },
	{ ABOUT, N_("About"), N_("version, licences, what this does not prove"), NULL, false },
	{ SHELL, N_("Command line"), N_("for experts"), NULL, false },
	{ POWER, N_("Switch off or restart"), "", NULL, true },
};
#define ENTRIES (sizeof(entries) / sizeof(entries[0]))

/* Who vouches for the kit. The words are compared with those on paper. */
static void add_trust(const struct kittrust *t, struct text *out)
{
	switch (t->trust) {
	case KIT_SIGNED:
		text_addf(out, _("Signed with %u of %u keys of %s. Words of root %llu: %s.\n"),
			  t->valid, t->wanted, t->organisation, t->root_version + 0ULL, t->words);
		break;
	case KIT_DAMAGED:
		text_addf(out,
			  _("The handbook on this stick is ALTERED (%s). Do not rely on it; use "
			    "another stick.\n"),
			  t->why.text);
		break;
	case KIT_REFUSED:
		text_addf(out,
			  _("The handbook on this stick is REFUSED: %s. Do not rely on it; use "
			    "another stick.\n"),
			  t->why.text);
		break;
	case KIT_MISSING:
	case KIT_UNSIGNED:
		break;
	}
}

static void add_kit(struct menu *m, struct text *out)
{
	char date[40], age[40];

	if (m->kit_loaded) {
		text_addf(out, _("%s, kit %llu. Data of %s, %s.\n"), m->kit.organisation,
			  m->kit.version + 0ULL, date_words(date, sizeof(date), m->kit.data_date),
			  age_words(age, sizeof(age), kitinfo_age_days(&m->kit, time(NULL))));
		add_trust(&m->kit.trust, out);
		return;
	}
	if (!m->boot.on_stick) {
		text_addf(out, "%s\n", m->kit_error.text);
		return;
	}
	if (strcmp(m->boot.kit, "missing") == 0)
		text_add(out, _("The handbook of your organisation is MISSING on this stick. Use "
				"another stick for it. Everything else here works.\n"));
	else
		text_addf(out,
			  _("The handbook of your organisation is DAMAGED on this stick (%s). Use "
			    "another stick for it. Everything else here works.\n"),
			  m->boot.kit_error[0] ? m->boot.kit_error : m->kit_error.text);
}

static const char *firmware_words(const struct broker_machine *pc)
{
	if (pc->firmware == FIRMWARE_BIOS)
		return "BIOS";
	switch (pc->secure_boot) {
	case SECURE_BOOT_ON:
		return _("UEFI with Secure Boot");
	case SECURE_BOOT_OFF:
		return _("UEFI, Secure Boot off");
	case SECURE_BOOT_UNKNOWN:
		break;
	}
	return "UEFI";
}

static void add_machine(struct menu *m, struct text *out)
{
	const struct broker_machine *pc = &m->machine;

	if (!m->machine_known) {
		if (m->boot.on_stick)
			text_add(out, _("This PC: not known yet.\n"));
		return;
	}
	text_add(out, _("This PC:"));
	if (*pc->vendor || *pc->model)
		text_addf(out, " %s%s%s,", pc->vendor, *pc->vendor && *pc->model ? " " : "",
			  pc->model);
	if (*pc->serial)
		text_addf(out, _(" serial %s,"), pc->serial);
	text_addf(out, " %s.\n", firmware_words(pc));
}

static void add_clock(struct menu *m, struct text *out)
{
	if (m->boot.clock_raised)
		text_add(out, _("The clock of this PC is wrong. It was set to the day of this "
				"release; ages and times are not reliable.\n"));
}

/* May the stick be pulled? The broker knows as well, once it looks for disks anyway. */
static enum pull pull(struct menu *m)
{
	enum pull p = pull_now(m->kit_loaded);
	struct broker_disks disks = { 0 };
	struct error ignored = { 0 };
	struct arena a = { 0 };

	if (p != PULL_SAFE || !m->told_ready)
		return p;
	if (broker_disks(&m->broker, &a, &disks, &ignored))
		p = pull_with_disks(p, &disks);
	else
		menu_disconnect(m);
	arena_release(&a);
	return p;
}

static enum ui_result show(struct menu *m, size_t *selected)
{
	struct ui_item items[ENTRIES * 2] = { 0 };
	size_t at[ENTRIES * 2] = { 0 }, count = 0, bar = 0;
	struct text intro = { 0 };
	enum ui_result r;

	notices_look(m);
	menu_frame(m);
	add_kit(m, &intro);
	add_machine(m, &intro);
	add_clock(m, &intro);
	if (m->boot.on_stick)
		text_add(&intro, pull_words(pull(m)));
	for (size_t i = 0; i < ENTRIES; i++) {
		const char *program = entries[i].program;
		bool off = program && !(*program && launch_possible(program));

		if (entries[i].gap)
			count++;
		if (i == *selected)
			bar = count;
		at[count] = i;
		items[count++] = (struct ui_item){
			_(entries[i].label),
			off                  ? _("not built yet")
			: *entries[i].detail ? _(entries[i].detail)
					     : "",
			false,
			off,
		};
	}
	const struct ui_list list = {
		.title = _("What do you want to do?"),
		.intro = text_end(&intro),
		.items = items,
		.count = count,
		.footer = "",
		.refresh_ms = WATCHING_MS,
		/* On the stick there is nothing behind the menu. */
		.first_page = m->boot.on_stick,
	};

	r = menu_list(m, &list, &bar);
	*selected = at[bar];
	text_release(&intro);
	return r;
}

static void shell(struct menu *m)
{
	const char *const argv[] = { "/bin/sh", NULL };

	ui_message(m->ui, _("Command line"),
		   _("A command line follows, without rights to change disks.\n\n"
		     "To come back here: type exit and press Enter."));
	launch(m, argv);
}

/* An altered or forged kit can still be read, since it may be all that there is; but
 * nobody comes to its numbers without having seen this page. */
static void warn_of_kit(struct menu *m)
{
	struct text words = { 0 };

	if (!m->kit_loaded ||
	    (m->kit.trust.trust != KIT_DAMAGED && m->kit.trust.trust != KIT_REFUSED))
		return;
	add_trust(&m->kit.trust, &words);
	text_add(&words,
		 _("\nNumbers and plans in it may be forged: before you call, compare a "
		   "number with another source, on paper or by asking someone you know.\n"));
	ui_message(m->ui, _("This handbook is not to be trusted"), text_end(&words));
	text_release(&words);
}

/* False: the terminal is gone. */
static bool choose(struct menu *m, size_t i)
{
	const char *const pages[] = { entries[i].program, "pages", NULL };

	switch (entries[i].entry) {
	case HANDBOOK:
		warn_of_kit(m);
		launch(m, pages);
		return true;
	case TRIAGE:
	case REINSTALL:
	case FLEET:
	case IMAGES:
		launch(m, pages);
		return true;
	case DISKS:
		return disks_page(m);
	case ABOUT:
		return about_page(m);
	case SHELL:
		shell(m);
		return true;
	case POWER:
		return power_page(m);
	}
	return true;
}

static void run(struct menu *m)
{
	size_t selected = 0;

	if (!setup_page(m))
		return;
	for (;;) {
		struct error ignored = { 0 };

		if (m->told_ready && !m->machine_known && !menu_connect(m, &ignored))
			m->machine_known = false;
		if (m->told_ready && !setup_remember(m))
			return;
		switch (show(m, &selected)) {
		case UI_CHOSEN:
			if (!choose(m, selected))
				return;
			break;
		case UI_BACK:
		case UI_CLOSED:
			return;
		case UI_REDRAW:
		case UI_REFRESH:
			break;
		}
	}
}

static bool keyboard_hook(void *context, struct ui *ui)
{
	struct menu *m = context;

	(void)ui;
	setup_keyboard(m);
	return true;
}

static bool font_hook(void *context, int step)
{
	struct menu *m = context;
	struct error e = { 0 };

	if (menu_connect(m, &e) && broker_font(&m->broker, step, &e))
		return true;
	menu_disconnect(m);
	menu_error(m, _("Size of the letters"), &e);
	return true;
}

static void do_nothing(int signal)
{
	(void)signal;
}

int menu_start(int argc, char **argv)
{
	struct menu m = { .broker = BROKER_NONE, .journal = JOURNAL_NONE };
	struct error e = { 0 };
	bool plain = false;
	const struct cli_option options[] = {
		{ "plain", CLI_FLAG, &plain, NULL,
		  N_("lines only, for a serial line or a Braille display"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"menu",  "start", "", N_("Show the start screen; the tools are started from it."),
		options, 0,       0,
	};
	/* Ctrl-C in plain mode must not take the menu away. */
	const struct sigaction ignore = { .sa_handler = do_nothing };

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("menu", &e);
	sigaction(SIGINT, &ignore, NULL);
	sigaction(SIGQUIT, &ignore, NULL);
	boot_state_load(&m.boot);
	m.kit_loaded = kitinfo_load(&m.kit, &m.kit_error);
	m.ui = ui_open(&(struct ui_options){ .plain = plain, .header = "", .notice = "" }, &e);
	if (!m.ui)
		return report("menu", &e);
	ui_set_hooks(m.ui, &(struct ui_hooks){
				   .context = &m, .keyboard = keyboard_hook, .font = font_hook });
	run(&m);
	ui_close(m.ui);
	menu_disconnect(&m);
	notices_close(&m);
	arena_release(&m.machine_memory);
	kitinfo_release(&m.kit);
	return 0;
}
