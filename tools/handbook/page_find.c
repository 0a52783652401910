/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search page: results while typing. */
#include <stdio.h>
#include <string.h>

#include "handbook/lock.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define RESULTS 50

struct search {
	struct pages *pages;
	const struct find_result *results;
	size_t count;
	struct ui_item items[RESULTS + 1];
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
		if (r->dead)
			text_addf(&out, "  %s", _("DEAD NOW"));
	} else if (r->dead) {
		text_add(&out, _("no number works now"));
	} else {
		text_addf(&out, "%s  %s", kit_kind_label(r->kind), r->detail);
	}
	if (r->on_duty)
		text_addf(&out, "  %s", _("ON DUTY"));
	result = arena_string(&s->memory, text_end(&out));
	text_release(&out);
	return result;
}

/* What is locked may hold more. Said under every result alike: when there is more and how
 * much would tell something about it. */
static const struct {
	const char *label, *detail;
	bool (*shown)(struct pages *p);
	bool (*page)(struct pages *p);
} hints[] = {
	{ N_("People are in the protected part"), N_("choose this to unlock it"), can_unlock,
	  page_unlock },
	{ N_("Private numbers are in the strict part"), N_("choose this to unlock it"),
	  can_unlock_strict, page_unlock_strict },
};
#define HINTS (sizeof(hints) / sizeof(hints[0]))

static size_t hint(struct pages *p)
{
	size_t i = 0;

	while (i < HINTS && !hints[i].shown(p))
		i++;
	return i;
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
	if (*typed && hint(s->pages) < HINTS)
		s->items[(*count)++] =
			(struct ui_item){ .label = _(hints[hint(s->pages)].label),
					  .detail = _(hints[hint(s->pages)].detail) };
}

/* Read anew each time: who is on duty and what has failed may have changed. */
static bool open_finder(struct pages *p)
{
	struct error e = { 0 };

	finder_close(p->finder);
	p->finder = finder_open(&p->book, &e);
	if (!p->finder)
		pages_error(p, _("Find"), &e);
	return p->finder != NULL;
}

/* What was chosen: an entry, or to unlock more. False: as pages. */
static bool choose(struct search *s, size_t selected)
{
	struct pages *p = s->pages;

	if (selected < s->count) {
		/* The results last only until the next search; this one does not. */
		enum kit_kind kind = s->results[selected].kind;
		char id[96];

		snprintf(id, sizeof(id), "%s", s->results[selected].id);
		return page_show(p, kind, id);
	}
	return selected != s->count || hint(p) == HINTS || hints[hint(p)].page(p);
}

bool page_find(struct pages *p)
{
	struct search s = { .pages = p };
	enum ui_result r = UI_REDRAW;
	char typed[128] = "";
	size_t selected = 0;

	if (!open_finder(p))
		return true;
	while (r != UI_BACK && r != UI_CLOSED) {
		const struct ui_search page = {
			.title = _("Find"),
			.prompt = _("Name, word or number"),
			.context = &s,
			.search = run,
		};

		pages_frame(p);
		r = ui_search(p->ui, &page, typed, sizeof(typed), &selected);
		if (r == UI_CHOSEN && !choose(&s, selected))
			r = UI_CLOSED;
		if (r == UI_CHOSEN && !p->finder && !open_finder(p)) /* unlocked meanwhile */
			r = UI_BACK;
	}
	arena_release(&s.memory);
	return r != UI_CLOSED;
}
