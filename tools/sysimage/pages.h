/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_PAGES_H
#define SYSIMAGE_PAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"
#include "lib/data/kitinfo.h"
#include "lib/ui/askmedium.h"
#include "lib/ui/ui.h"

/* The images on the screen. Each page returns false if the terminal is gone: then everything
 * is left. What is slow, or reads what others made, is a verb of this program in a process
 * of its own; its words are the result page. */
struct pages {
	struct ui *ui;
	struct kitinfo kit;
	bool kit_loaded;
};

void pages_frame(struct pages *p);
void pages_error(struct pages *p, const char *title, const struct error *e);

/* A list; never UI_REDRAW or UI_REFRESH: `make` makes its texts in the language of now. */
struct pages_list {
	const char *title, *intro; /* message ids; intro "" for none */
	const char *named;         /* what the intro's %s stands for, or NULL */
	const struct pages_choice *choices;
	size_t count;
};
struct pages_choice {
	const char *label, *detail; /* message ids */
};
enum ui_result pages_choose(struct pages *p, const struct pages_list *l, size_t *selected);

/* Run `sysimage argv...` and show how far it is, with a way to stop it. */
struct pages_result {
	int status; /* exit status, or -1: it was stopped or crashed */
	bool stopped;
	struct text said; /* all its words; released by the caller */
};
bool pages_run(struct pages *p, const char *title, const char *const *argv,
	       struct pages_result *result);

/* Run it and show `good` or `bad` (message ids; findings count as good) above its words. */
bool pages_run_and_show(struct pages *p, const char *title, const char *good, const char *bad,
			const char *const *argv);

bool page_check(struct pages *p);   /* medium, image, what is in it, is it whole? */
bool page_capture(struct pages *p); /* disk, medium, names, run */

#endif
