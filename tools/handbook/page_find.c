/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The search page: results while typing. */
#include <stdio.h>
#include <string.h>

#include "handbook/lock.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define RESULTS 50

#define REFRESH_MS 5000

struct search {
	struct pages *pages;
	struct text made; /* what the finder was made of (add_moment) */
	char typed[128];  /* what the items answer, "" for nothing yet */
	size_t item_count;
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

/* What decides over who is on duty and which numbers are dead: the minute, and what has failed. */
static void add_moment(struct pages *p, struct text *out)
{
	const struct outage *o = &p->book.outage;

	text_addf(out, "%lld", (long long)(book_now_ms(&p->book) / 60000));
	for (size_t i = 0; i < o->count; i++)
		if (o->systems[i].failed)
			text_addf(out, " %s", o->systems[i].id);
}

/* Have a finder of now, also while the page stands open for hours. *anew: it is another one. */
static bool renew_finder(struct search *s, bool *anew, struct error *e)
{
	struct pages *p = s->pages;
	struct text now = { 0 };

	add_moment(p, &now);
	*anew = !p->finder || strcmp(text_end(&now), text_end(&s->made)) != 0;
	if (*anew) {
		finder_close(p->finder);
		p->finder = finder_open(&p->book, e);
	}
	text_release(&s->made);
	s->made = now;
	return p->finder != NULL;
}

static void fill_items(struct search *s, const char *typed)
{
	arena_release(&s->memory);
	s->count = 0;
	s->item_count = 0;
	if (s->error.kind ||
	    !finder_search(s->pages->finder, typed, RESULTS, &s->results, &s->count, &s->error)) {
		s->items[s->item_count++] =
			(struct ui_item){ .label = s->error.text, .detail = "", .off = true };
		return;
	}
	for (size_t i = 0; i < s->count; i++)
		s->items[s->item_count++] =
			(struct ui_item){ .label = title_of(s, &s->results[i]),
					  .detail = detail_of(s, &s->results[i]) };
	if (*typed && hint(s->pages) < HINTS)
		s->items[s->item_count++] =
			(struct ui_item){ .label = _(hints[hint(s->pages)].label),
					  .detail = _(hints[hint(s->pages)].detail) };
}

static void run(void *context, const char *typed, const struct ui_item **items, size_t *count)
{
	struct search *s = context;
	struct error e = { 0 };
	bool anew;

	(void)!renew_finder(s, &anew, &e);
	/* Asked again where nothing has changed, the answer is the same. */
	if (anew || s->error.kind || !*typed || strcmp(typed, s->typed) != 0) {
		s->error = e;
		fill_items(s, typed);
	}
	snprintf(s->typed, sizeof(s->typed), "%s", typed);
	*items = s->items;
	*count = s->item_count;
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

	/* Made anew each time: what is open may be more than the last time. */
	finder_close(p->finder);
	p->finder = NULL;
	while (r != UI_BACK && r != UI_CLOSED) {
		const struct ui_search page = {
			.title = _("Find"),
			.prompt = _("Name, word or number"),
			.context = &s,
			.search = run,
			.refresh_ms = REFRESH_MS,
		};

		pages_frame(p);
		*s.typed = '\0'; /* the items may be of another language */
		r = ui_search(p->ui, &page, typed, sizeof(typed), &selected);
		if (r == UI_CHOSEN && !choose(&s, selected))
			r = UI_CLOSED;
	}
	text_release(&s.made);
	arena_release(&s.memory);
	return r != UI_CLOSED;
}
