/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search page: results while typing. */
#include <stdio.h>
#include <string.h>

#include "handbook/pages.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define RESULTS 50

struct search {
	struct pages *pages;
	const struct find_result *results;
	size_t count;
	struct ui_item items[RESULTS];
	struct arena memory; /* of the items' texts */
	struct error error;
};

/* The number to dial, or what else tells the entry apart. */
static const char *detail_of(struct search *s, const struct find_result *r)
{
	struct text out = { 0 };
	const char *result;

	if (*r->number) {
		dial_add(&out, r->number);
		/* What nobody answers must not look as if somebody would. */
		if (strcmp(r->number_kind, "fax") == 0)
			text_addf(&out, "  %s", book_channel_label(r->number_kind));
	} else {
		text_addf(&out, "%s  %s", kit_kind_label(r->kind), r->detail);
	}
	result = arena_string(&s->memory, text_end(&out));
	text_release(&out);
	return result;
}

static const char *title_of(struct search *s, const struct find_result *r)
{
	struct text out = { 0 };
	const char *result;

	find_add_title(&s->pages->book, r, &out);
	result = arena_string(&s->memory, text_end(&out));
	text_release(&out);
	return result;
}

static void run(void *context, const char *typed, const struct ui_item **items, size_t *count)
{
	struct search *s = context;

	arena_release(&s->memory);
	s->count = 0;
	*items = s->items;
	*count = 0;
	if (!finder_search(s->pages->finder, typed, RESULTS, &s->results, &s->count, &s->error)) {
		s->items[0] = (struct ui_item){ .label = s->error.text, .detail = "", .off = true };
		*count = 1;
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		s->items[i] = (struct ui_item){ .label = title_of(s, &s->results[i]),
						.detail = detail_of(s, &s->results[i]) };
	*count = s->count;
}

bool page_find(struct pages *p)
{
	struct search s = { .pages = p };
	enum ui_result r = UI_REDRAW;
	char typed[128] = "";
	size_t selected = 0;

	if (!p->finder)
		p->finder = finder_open(&p->book, &s.error);
	if (!p->finder) {
		pages_error(p, _("Find"), &s.error);
		return true;
	}
	while (r != UI_BACK && r != UI_CLOSED) {
		const struct ui_search page = {
			.title = _("Find"),
			.prompt = _("Name, word or number"),
			.context = &s,
			.search = run,
		};

		pages_frame(p);
		r = ui_search(p->ui, &page, typed, sizeof(typed), &selected);
		if (r == UI_CHOSEN && selected < s.count) {
			/* The results last only until the next search; this one does not. */
			enum kit_kind kind = s.results[selected].kind;
			char id[96];

			snprintf(id, sizeof(id), "%s", s.results[selected].id);
			if (!page_show(p, kind, id))
				r = UI_CLOSED;
		}
	}
	arena_release(&s.memory);
	return r != UI_CLOSED;
}
