/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook pages`: the home page and what all pages share. */
#include "handbook/pages.h"

#include <stdio.h>
#include <string.h>

#include "handbook/handbook.h"
#include "handbook/lock.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"
#include "lib/ui/kitframe.h"

/* What may have something to say on every page, in this order, after the kit itself. */
static void (*const notices[])(struct pages *p, struct text *notice) = {
	notice_newer_kit,
	notice_recording,
	notice_chains,
	notice_deadline,
};

/* Give *kept the words of *made; true if they are others. */
static bool keep(struct text *kept, struct text *made)
{
	bool changed = strcmp(text_end(kept), text_end(made)) != 0;

	text_clear(kept);
	text_add(kept, text_end(made));
	text_release(made);
	return changed;
}

bool pages_frame(struct pages *p)
{
	struct text header = { 0 }, notice = { 0 };
	bool changed;

	kit_frame(&p->book.kit, book_now_ms(&p->book) / 1000, &header, &notice);
	if (p->book.tiers[TIER_STRICT].open)
		text_addf(&header, "  %s", _("UNLOCKED, private numbers too"));
	else if (p->book.tiers[TIER_PROTECTED].open)
		text_addf(&header, "  %s", _("UNLOCKED"));
	for (size_t i = 0; i < sizeof(notices) / sizeof(notices[0]); i++)
		notices[i](p, &notice);
	changed = keep(&p->header, &header);
	changed = keep(&p->notice, &notice) || changed;
	ui_frame(p->ui, text_end(&p->header), text_end(&p->notice));
	return changed;
}

void pages_error(struct pages *p, const char *title, const struct error *e)
{
	ui_message(p->ui, title, e->text);
}

const char *pages_without_title(const char *text)
{
	return strncmp(text, "# ", 2) == 0 ? text + strcspn(text, "\n") + 1 : text;
}

/* Kinds that one works with have pages of their own. */
static const struct {
	enum kit_kind kind;
	bool (*page)(struct pages *p, const char *id);
} own[] = {
	{ KIT_PLAN, page_plan },
	{ KIT_STEP, page_step },
	{ KIT_CHAIN, page_chain },
	{ KIT_DEADLINE, page_deadline },
};

static bool show(struct pages *p, enum kit_kind kind, const char *id)
{
	enum ui_result r;

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (own[i].kind == kind)
			return own[i].page(p, id);
	do {
		struct text out = { 0 }, title = { 0 };
		struct error e = { 0 };

		pages_frame(p);
		book_add_name(&p->book, kind, id, &title);
		if (!book_show(&p->book, kind, id, &out, &e)) {
			pages_error(p, text_end(&title), &e);
			r = UI_BACK;
		} else {
			r = ui_text(p->ui, text_end(&title), pages_without_title(text_end(&out)));
		}
		text_release(&out);
		text_release(&title);
	} while (r == UI_REDRAW || r == UI_REFRESH);
	return r != UI_CLOSED;
}

/* What F7 does while one thing is shown. */
static bool offered(void *context, struct ui *ui)
{
	struct pages *p = context;
	const char *label = ui_offer(ui, NULL);

	page_take(p, p->shown_kind, p->shown_id);
	ui_offer(ui, label);
	return true;
}

bool page_show(struct pages *p, enum kit_kind kind, const char *id)
{
	const enum kit_kind kind_before = p->shown_kind;
	const char *const id_before = p->shown_id;
	const char *label = ui_offer(p->ui, N_("QR code, print"));
	bool open;

	p->shown_kind = kind;
	p->shown_id = id;
	open = show(p, kind, id);
	p->shown_kind = kind_before;
	p->shown_id = id_before;
	ui_offer(p->ui, label);
	return open;
}

/* What page_pick() shows, in one piece. */
struct choice {
	struct ui_item *items;
	enum kit_kind *kinds;
	const char **ids;
	size_t count, item_capacity, kind_capacity, id_capacity;
	struct arena memory;
};

static void choice_release(struct choice *c)
{
	free(c->items);
	free(c->kinds);
	free(c->ids);
	arena_release(&c->memory);
	*c = (struct choice){ 0 };
}

/* What stands beside a name, ready to be read. */
static const char *detail_of(struct choice *c, struct book *b, enum kit_kind kind, const char *id,
			     const char *detail)
{
	struct text out = { 0 };
	const char *result;

	if (kind == KIT_ROLE || kind == KIT_ORGANISATION)
		dial_add(&out, detail);
	else if (kind == KIT_DEADLINE)
		book_add_deadline(b, id, &out);
	else
		text_add(&out, detail);
	result = arena_string(&c->memory, text_end(&out));
	text_release(&out);
	return result;
}

static bool choice_load(struct choice *c, struct book *b, const char *sql, struct error *e)
{
	struct db_statement *s = db_prepare(b->db, sql, e);
	bool row = true, ok = s != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		const char *kind = db_text(s, 0);

		mem_grow(&c->items, &c->item_capacity, c->count + 1, sizeof(*c->items));
		mem_grow(&c->kinds, &c->kind_capacity, c->count + 1, sizeof(*c->kinds));
		mem_grow(&c->ids, &c->id_capacity, c->count + 1, sizeof(*c->ids));
		c->kinds[c->count] = kit_kind_parse(kind, strlen(kind));
		c->ids[c->count] = arena_string(&c->memory, db_text(s, 1));
		c->items[c->count] = (struct ui_item){
			.label = arena_string(&c->memory, db_text(s, 2)),
			.detail = detail_of(c, b, c->kinds[c->count], c->ids[c->count],
					    db_text(s, 3)),
		};
		c->count++;
	}
	db_finish(s);
	return ok;
}

bool page_pick(struct pages *p, const char *title, const char *intro, const char *sql)
{
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct choice c = { 0 };
		struct error e = { 0 };

		pages_frame(p);
		if (!choice_load(&c, &p->book, sql, &e)) {
			choice_release(&c);
			pages_error(p, _(title), &e);
			return true;
		}
		const struct ui_list list = {
			.title = _(title),
			.intro = *intro ? _(intro) : "",
			.items = c.items,
			.count = c.count,
			.footer = "",
		};

		if (selected >= c.count)
			selected = 0;
		r = ui_list(p->ui, &list, &selected);
		if (r == UI_CHOSEN && selected < c.count &&
		    !page_show(p, c.kinds[selected], c.ids[selected]))
			r = UI_CLOSED;
		choice_release(&c);
	}
	return r != UI_CLOSED;
}

static bool tick(void *context)
{
	struct pages *p = context;

	pages_lock_if_idle(p);
	pages_refresh(p);
	return pages_frame(p);
}

static bool pages_open(struct pages *p, const struct ui_options *o, struct error *e)
{
	const struct ui_hooks hooks = { .context = p, .tick = tick, .offered = offered };

	if (!book_open(&p->book, e) || !pages_open_view(p, e) || !(p->ui = ui_open(o, e)))
		return false;
	pages_refresh(p);
	ui_set_hooks(p->ui, &hooks);
	return true;
}

void pages_close(struct pages *p)
{
	finder_close(p->finder);
	view_close(&p->view);
	journal_close(&p->journal);
	ui_close(p->ui);
	book_close(&p->book);
	text_release(&p->header);
	text_release(&p->notice);
	chain_blanks_release(&p->blanks);
	*p = (struct pages){ .journal = JOURNAL_NONE };
}

int handbook_pages(int argc, char **argv)
{
	struct error e = { 0 };
	bool plain = false, locked = false;
	const struct cli_option options[] = {
		{ "plain", CLI_FLAG, &plain, NULL, N_("lines only: serial line, Braille, scripts"),
		  0, 0 },
		{ "locked", CLI_FLAG, &locked, NULL, N_("say first that it was locked"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook", "pages", "", N_("The handbook on the screen, page by page."),
		options,    0,       0,
	};
	/* Nothing is known to be stored before the writer has said so. */
	struct pages p = { .journal = JOURNAL_NONE, .recording = RECORDING_IN_MEMORY };
	struct ui_options open = { .header = "", .notice = "" };

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	open.plain = plain;
	pages_keep_terminal(&p);
	if (pages_open(&p, &open, &e)) {
		pages_frame(&p);
		if (locked)
			ui_message(p.ui, _("Locked"),
				   _("People and private numbers are locked again. Everything "
				     "that opens without a passphrase is still there."));
		page_home(&p);
		pages_leave(&p);
	}
	pages_close(&p);
	return e.kind ? report("handbook", &e) : 0;
}
