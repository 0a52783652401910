/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The console's pages: opens a face, hands pages to it, and keeps what is common. */
#include "lib/ui/ui.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/data/qr.h"
#include "lib/ui/face.h"
#include "lib/ui/settings.h"

#define TICK_MS 1000

size_t item_numbers(const struct ui_item *items, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += item_numbered(&items[i]);
	return n;
}

size_t item_by_number(const struct ui_item *items, size_t count, size_t number)
{
	for (size_t i = 0; i < count; i++)
		if (item_numbered(&items[i]) && --number == 0)
			return i;
	return count;
}

static bool can_be_full(void)
{
	const char *term = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	       !(term && strcmp(term, "dumb") == 0);
}

/* Show pages in full screen from now on. */
static bool go_full(struct ui *ui, struct error *e)
{
	if (!ui->screen) {
		ui->screen = screen_open(e);
		if (!ui->screen)
			return false;
	} else {
		screen_resume(ui->screen);
	}
	ui->plain = false;
	return true;
}

static void go_plain(struct ui *ui)
{
	if (!ui->plain && ui->screen)
		screen_suspend(ui->screen);
	ui->plain = true;
	ui->printed = false;
}

struct ui *ui_open(const struct ui_options *o, struct error *e)
{
	struct ui *ui = mem_alloc(sizeof(*ui));
	const char *plain = getenv("BLACKSTART_PLAIN");
	struct ui_settings settings;
	struct error ignored = { 0 };

	(void)e;
	ui_touched(ui);
	ui->header = mem_string(o->header);
	ui->notice = mem_string(o->notice);
	settings_load(&settings);
	if (settings.language[0])
		language_set(settings.language);
	ui->plain = o->plain ||
		    (settings.found ? settings.plain : plain && strcmp(plain, "1") == 0);
	/* A terminal that cannot do full screen can still do lines. */
	if (!ui->plain && !(can_be_full() && go_full(ui, &ignored)))
		ui->plain = true;
	return ui;
}

void ui_close(struct ui *ui)
{
	if (!ui)
		return;
	screen_close(ui->screen);
	text_release(&ui->page);
	free(ui->header);
	free(ui->notice);
	free(ui->said);
	free(ui);
}

/* For the program that has this console next. */
static void keep_settings(const struct ui *ui)
{
	struct ui_settings s;

	settings_load(&s);
	s.plain = ui->plain;
	snprintf(s.language, sizeof(s.language), "%s", language_code());
	settings_save(&s);
}

void ui_suspend(struct ui *ui)
{
	if (ui->suspended)
		return;
	keep_settings(ui);
	setenv("BLACKSTART_PLAIN", ui->plain ? "1" : "0", 1);
	if (!ui->plain)
		screen_suspend(ui->screen);
	ui->suspended = true;
}

void ui_resume(struct ui *ui)
{
	struct ui_settings settings;
	struct error ignored = { 0 };

	if (!ui->suspended)
		return;
	ui->suspended = false;
	ui->printed = false;
	if (!ui->plain)
		screen_resume(ui->screen);
	settings_load(&settings);
	if (settings.language[0])
		language_set(settings.language);
	if (settings.plain)
		go_plain(ui);
	else if (settings.found && ui->plain && can_be_full())
		go_full(ui, &ignored);
}

bool ui_is_plain(const struct ui *ui)
{
	return ui->plain;
}

void ui_frame(struct ui *ui, const char *header, const char *notice)
{
	char *new_header = mem_string(header), *new_notice = mem_string(notice);

	free(ui->header);
	free(ui->notice);
	ui->header = new_header;
	ui->notice = new_notice;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool ui_warns(const char **line, size_t *length)
{
	bool warns = *length > 0 && **line == '!';

	*line += warns;
	*length -= warns;
	return warns;
}

void ui_touched(struct ui *ui)
{
	ui->key_ms = now_ms();
}

int64_t ui_idle_ms(const struct ui *ui)
{
	return now_ms() - ui->key_ms;
}

bool ui_tick(struct ui *ui, unsigned *wait_ms)
{
	int64_t now = now_ms(), due = ui->ticked_ms + TICK_MS;

	*wait_ms = 0;
	if (!ui->hooks.tick)
		return false;
	if (now < due) {
		*wait_ms = (unsigned)(due - now);
		return false;
	}
	*wait_ms = TICK_MS;
	ui->ticked_ms = now;
	return ui->hooks.tick(ui->hooks.context);
}

const char *ui_offer(struct ui *ui, const char *label)
{
	const char *before = ui->offer;

	ui->offer = label;
	ui->printed = false;
	return before;
}

void ui_set_hooks(struct ui *ui, const struct ui_hooks *hooks)
{
	ui->hooks = *hooks;
}

/* Without a hook of the program: the other language, at once. */
static bool other_language(void)
{
	return language_set(strcmp(language_code(), "de") == 0 ? "en" : "de");
}

static void help(struct ui *ui)
{
	if (ui->plain)
		ui_message(
			ui, _("Help"),
			_("Type the number of an entry and press Enter.\n"
			  "b: back\n"
			  "?: this help\n"
			  "l: language\n"
			  "k: keyboard\n"
			  "f: full screen\n"
			  "p: what else can be done with what is shown, where it says so\n"
			  "An empty line shows the page again.\n"
			  "\n"
			  "Where a line is asked for: an answer that is one of these letters has "
			  "a full stop in front, .b for b; a full stop alone answers nothing. "
			  "Where a passphrase is asked for, nothing of it appears; show makes "
			  "it appear."));
	else
		ui_message(
			ui, _("Help"),
			_("- Arrow keys, Page up and Page down, Home and End move.\n"
			  "- Enter opens the chosen entry; so does its number.\n"
			  "- With more than nine entries: type the number, then Enter.\n"
			  "- Esc or Backspace goes back. Nothing is lost by going back.\n"
			  "- In a line: the arrow keys, Home and End move, Delete and "
			  "Backspace erase a letter, Ctrl-U erases all. F6 shows a passphrase.\n"
			  "\n"
			  "- F2 changes the language, F3 the keyboard.\n"
			  "- F4 makes the letters larger, F5 smaller.\n"
			  "- F7, where it is there: what else can be done with what is shown.\n"
			  "- F8 changes to plain lines and back: for a Braille display, "
			  "a serial line, or a slow terminal.\n"
			  "\n"
			  "Take as long as you need. Only what was unlocked is locked again after "
			  "ten minutes without a key."));
}

static void change_face(struct ui *ui)
{
	struct error e = { 0 };

	if (!ui->plain)
		go_plain(ui);
	else if (!can_be_full())
		ui_message(ui, _("Full screen"),
			   _("There is no terminal here that could show full screens."));
	else if (!go_full(ui, &e))
		ui_message(ui, _("Full screen"), e.text);
	keep_settings(ui);
}

bool ui_function(struct ui *ui, enum ui_function f, enum ui_result *result)
{
	const struct ui_hooks *h = &ui->hooks;
	bool changed = false;

	ui->printed = false;
	switch (f) {
	case FUNCTION_NONE:
		return false;
	case FUNCTION_HELP:
		help(ui);
		return false;
	case FUNCTION_LANGUAGE:
		changed = h->language ? h->language(h->context, ui) : other_language();
		keep_settings(ui);
		break;
	case FUNCTION_KEYBOARD:
		changed = h->keyboard && h->keyboard(h->context, ui);
		break;
	case FUNCTION_LARGER:
	case FUNCTION_SMALLER:
		changed = h->font && h->font(h->context, f == FUNCTION_LARGER ? 1 : -1);
		break;
	case FUNCTION_OFFER:
		changed = ui->offer && h->offered && h->offered(h->context, ui);
		break;
	case FUNCTION_FACE:
		change_face(ui);
		*result = UI_OTHER_FACE;
		return true;
	}
	*result = UI_REDRAW;
	return changed;
}

enum ui_result ui_list(struct ui *ui, const struct ui_list *list, size_t *selected)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_list(ui, list, selected) : full_list(ui, list, selected);
	while (r == UI_OTHER_FACE);
	return r;
}

enum ui_result ui_text(struct ui *ui, const char *title, const char *text)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_text(ui, title, text) : full_text(ui, title, text);
	while (r == UI_OTHER_FACE);
	return r;
}

enum ui_result ui_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			 size_t *selected)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_search(ui, s, typed, size, selected)
			      : full_search(ui, s, typed, size, selected);
	while (r == UI_OTHER_FACE);
	return r;
}

enum ui_result ui_line(struct ui *ui, const struct ui_line *l, char *typed, size_t size)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_line(ui, l, typed, size) : full_line(ui, l, typed, size);
	while (r == UI_OTHER_FACE);
	return r;
}

enum ui_result ui_secret(struct ui *ui, const struct ui_line *l, char *typed, size_t size)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_secret(ui, l, typed, size) : full_secret(ui, l, typed, size);
	while (r == UI_OTHER_FACE);
	if (r == UI_BACK || r == UI_CLOSED)
		explicit_bzero(typed, size);
	return r;
}

unsigned ui_qr_side_max(struct ui *ui)
{
	return ui->plain ? qr_side_max(80, 23) : full_qr_side_max(ui);
}

enum ui_result ui_qr(struct ui *ui, const char *title, const struct qr *code, const char *caption,
		     const char *words)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_qr(ui, title, words)
			      : full_qr(ui, title, code, caption, words);
	while (r == UI_OTHER_FACE);
	return r;
}

enum ui_result ui_large(struct ui *ui, const char *name, const char *number)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_large(ui, name, number) : full_large(ui, name, number);
	while (r == UI_OTHER_FACE);
	return r;
}

enum ui_result ui_confirm(struct ui *ui, const char *title, const char *question)
{
	size_t selected = 0;
	enum ui_result r;

	do {
		const struct ui_item items[] = {
			{ _("No"), "", false, false },
			{ _("Yes"), "", false, false },
		};
		const struct ui_list list = {
			.title = title,
			.intro = question,
			.items = items,
			.count = 2,
			.footer = "",
		};

		r = ui_list(ui, &list, &selected);
	} while (r == UI_REDRAW);
	if (r == UI_CHOSEN && selected == 0)
		return UI_BACK;
	return r;
}

void ui_message(struct ui *ui, const char *title, const char *text)
{
	enum ui_result r;

	do
		r = ui->plain ? plain_message(ui, title, text) : full_message(ui, title, text);
	while (r == UI_OTHER_FACE || r == UI_REDRAW);
}
