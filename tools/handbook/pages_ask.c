/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Having something typed. */
#include <stdio.h>

#include "handbook/pages.h"
#include "lib/base/language.h"

static const char *translated(const char *id)
{
	return id && *id ? _(id) : "";
}

enum ui_result pages_ask(struct pages *p, const struct ui_line *line, char *typed, size_t size)
{
	enum ui_result r;

	do {
		struct ui_line now = *line;

		(void)pages_frame(p);
		now.title = translated(line->title);
		now.intro = translated(line->intro);
		now.prompt = translated(line->prompt);
		r = ui_line(p->ui, &now, typed, size);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r;
}

enum ui_result pages_ask_author(struct pages *p)
{
	static const struct ui_line line = {
		.title = N_("Who writes?"),
		.intro =
			N_("Asked once: your name stands beside everything that is noted on this "
			   "PC from now on. It is sealed: whoever finds the stick cannot read it."),
		.prompt = N_("Name, function"),
		.optional = true,
	};
	char typed[sizeof(p->author)] = "";
	enum ui_result r;

	if (p->author_asked)
		return UI_CHOSEN;
	r = pages_ask(p, &line, typed, sizeof(typed));
	if (r == UI_CHOSEN) {
		p->author_asked = true;
		snprintf(p->author, sizeof(p->author), "%s", typed);
	}
	return r;
}
