/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `sysimage pages`: images on the screen, and what its pages share. */
#include "sysimage/pages.h"

#include <stdlib.h>
#include <time.h>

#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/ui/kitframe.h"
#include "sysimage/sysimage.h"

#define CHOICES 8

void pages_frame(struct pages *p)
{
	struct text header = { 0 }, notice = { 0 };

	if (p->kit_loaded)
		kit_frame(&p->kit, time(NULL), &header, &notice);
	ui_frame(p->ui, text_end(&header), text_end(&notice));
	text_release(&header);
	text_release(&notice);
}

void pages_error(struct pages *p, const char *title, const struct error *e)
{
	ui_message(p->ui, title, e->text);
}

enum ui_result pages_choose(struct pages *p, const struct pages_list *l, size_t *selected)
{
	struct ui_item items[CHOICES] = { 0 };
	enum ui_result r;

	do {
		struct text intro = { 0 };
		struct ui_list list = { .title = _(l->title), .items = items, .footer = "" };

		for (size_t i = 0; i < l->count && i < CHOICES; i++)
			items[list.count++] = (struct ui_item){
				.label = _(l->choices[i].label),
				.detail = *l->choices[i].detail ? _(l->choices[i].detail) : "",
			};
		if (l->named)
			text_addf(&intro, "%s\n", l->named);
		if (*l->intro)
			text_add(&intro, _(l->intro));
		list.intro = text_end(&intro);
		pages_frame(p);
		r = ui_list(p->ui, &list, selected);
		text_release(&intro);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

bool pages_run_and_show(struct pages *p, const char *title, const char *good, const char *bad,
			const char *const *argv)
{
	struct pages_result result = { 0 };
	bool open = pages_run(p, title, argv, &result);
	enum ui_result r = open ? UI_REDRAW : UI_CLOSED;

	while (r == UI_REDRAW || r == UI_REFRESH) {
		const bool fine = result.status == 0 || result.status == ERROR_FINDINGS;
		struct text words = { 0 };

		text_addf(&words, "# %s\n\n%s",
			  result.stopped ? _("Stopped before the end: nothing is known")
			  : fine         ? _(good)
					 : _(bad),
			  text_end(&result.said));
		pages_frame(p);
		r = ui_text(p->ui, title, text_end(&words));
		text_release(&words);
	}
	text_release(&result.said);
	return r != UI_CLOSED;
}

static void home(struct pages *p)
{
	static const struct pages_choice choices[] = {
		{ N_("Check an image"), N_("what it is, who signed it, is it whole?") },
		{ N_("Capture a disk of this PC"), N_("onto a USB disk; the disk is only read") },
	};
	const struct pages_list list = { .title = N_("Known-good images"),
					 .intro = "",
					 .choices = choices,
					 .count = sizeof(choices) / sizeof(choices[0]) };
	size_t selected = 0;

	while (pages_choose(p, &list, &selected) == UI_CHOSEN)
		if (!(selected == 0 ? page_check(p) : page_capture(p)))
			return;
}

int sysimage_pages(int argc, char **argv)
{
	struct error e = { 0 }, ignored = { 0 };
	struct pages p = { 0 };
	bool plain = false;
	const struct cli_option options[] = {
		{ "plain", CLI_FLAG, &plain, NULL, N_("lines only: serial line, Braille, scripts"),
		  0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"sysimage", "pages", "", N_("Known-good images on the screen, page by page."),
		options,    0,       0,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("sysimage", &e);
	p.kit_loaded = kitinfo_load(&p.kit, &ignored);
	p.ui = ui_open(&(struct ui_options){ .plain = plain, .header = "", .notice = "" }, &e);
	if (p.ui)
		home(&p);
	ui_close(p.ui);
	kitinfo_release(&p.kit);
	return e.kind ? report("sysimage", &e) : 0;
}
