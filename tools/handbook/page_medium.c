/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing a medium to write to. */
#include "handbook/page_medium.h"

#include "lib/base/language.h"

static void frame(void *ctx)
{
	pages_frame(ctx);
}

bool page_medium(struct pages *p, const char *title, struct medium *m)
{
	const struct medium_question q = {
		.ui = p->ui,
		.title = title,
		.intro =
			_("To which one? It will be written to: a new file is added, what is there "
			  "stays."),
		.frame = frame,
		.ctx = p,
		.access = ACCESS_WRITE,
	};

	return medium_ask(&q, m);
}
