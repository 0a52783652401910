/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step of a plan: its whole text, what can be noted about it, where it leads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/pages.h"
#include "handbook/steps.h"
#include "lib/base/language.h"

struct target {
	enum kit_kind kind;
	const char *id;
};

struct step_page {
	struct pages *pages;
	const char *id;   /* "P01/6" */
	const char *plan; /* "P01" */
	const char *text; /* what is to be done */
	int64_t nr;
	bool decision;
	int64_t now_ms;
	struct steps steps;
	struct target *targets; /* what the step leads to, each once */
	size_t count, capacity;
	struct arena memory;
};

static void add_target(struct step_page *c, enum kit_kind kind, const char *id, size_t len)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->targets[i].kind == kind && strlen(c->targets[i].id) == len &&
		    memcmp(c->targets[i].id, id, len) == 0)
			return;
	if (!len || !kind)
		return;
	mem_grow(&c->targets, &c->capacity, c->count + 1, sizeof(*c->targets));
	c->targets[c->count++] = (struct target){ kind, arena_string_n(&c->memory, id, len) };
}

static void add_links(struct step_page *c, const char *text)
{
	struct kit_link link;

	for (; kit_link_next(text, &link); text += link.before + link.length)
		add_target(c, link.kind, link.id, link.id_len);
}

static bool load(struct step_page *c, struct error *e)
{
	static const struct {
		int column;
		enum kit_kind kind;
	} columns[] = {
		{ 3, KIT_CHAIN }, { 4, KIT_DEADLINE }, { 5, KIT_FORM },
		{ 6, KIT_ROLE },  { 7, KIT_ROLE },
	};
	struct db_statement *s = book_ask(
		&c->pages->book,
		"SELECT text, ifnull(detail, ''), kind, ifnull(chain_id, ''),"
		" ifnull(deadline_id, ''), ifnull(form_id, ''), ifnull(r, ''), ifnull(a, ''),"
		" plan_id, nr, (SELECT max(nr) FROM step m WHERE m.plan_id = step.plan_id)"
		" FROM step WHERE plan_id || '/' || nr = ?",
		c->id, e);
	size_t last;

	if (!s)
		return error_set(e, ERROR_FAILED, _("the kit has no step '%s'"), c->id);
	add_links(c, db_text(s, 0));
	add_links(c, db_text(s, 1));
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		const char *id = db_text(s, columns[i].column);

		add_target(c, columns[i].kind, id, strlen(id));
	}
	c->decision = strcmp(db_text(s, 2), "decision") == 0;
	c->text = arena_string(&c->memory, db_text(s, 0));
	c->plan = arena_string(&c->memory, db_text(s, 8));
	c->nr = db_number(s, 9);
	last = (size_t)db_number(s, 10);
	db_finish(s);
	pages_refresh(c->pages);
	c->now_ms = book_now_ms(&c->pages->book);
	return steps_load(&c->steps, &c->pages->book, &c->pages->view, c->plan, last, e);
}

static void unload(struct step_page *c)
{
	free(c->targets);
	arena_release(&c->memory);
	steps_release(&c->steps);
	*c = (struct step_page){ .pages = c->pages, .id = c->id };
}

static enum ui_result record(struct step_page *c, enum step_state state, const char *reason)
{
	struct message m;
	bool kept;

	step_event(c->plan, c->nr, state, reason, c->pages->author, &m);
	kept = pages_record(c->pages, &m);
	explicit_bzero(&m, sizeof(m));
	return kept ? UI_CHOSEN : UI_REDRAW;
}

/* A decision is written down with its reason; then the step is done. */
static enum ui_result decide(struct step_page *c)
{
	struct text about = { 0 }, begun = { 0 };
	enum ui_result r;

	book_add_words(&c->pages->book, c->text, &about);
	text_addf(&begun, "%s: ", c->id);
	r = page_decision(c->pages, text_end(&about), text_end(&begun));
	text_release(&about);
	text_release(&begun);
	return r == UI_CHOSEN ? record(c, STEP_DONE, "") : r;
}

/* Entries of the page: what can be noted, as far as it makes sense now. */
static const struct note {
	const char *label, *detail;
	enum step_state state;
} notes[] = {
	{ N_("Done"), "", STEP_DONE },
	{ N_("Not possible"), N_("with a reason; it stays on the list"), STEP_NOT_POSSIBLE },
	{ N_("Does not apply"), N_("with a reason"), STEP_NOT_APPLICABLE },
	{ N_("Open again"), N_("the last word was a mistake"), STEP_OPEN },
};
#define NOTES (sizeof(notes) / sizeof(notes[0]))

static enum ui_result give_reason(struct step_page *c, const struct note *n)
{
	const struct ui_line line = {
		.title = n->label,
		.intro = N_("Why? The reason stands in the journal beside the step."),
		.prompt = N_("Reason"),
	};
	char typed[1024] = "";
	enum ui_result r = pages_ask(c->pages, &line, typed, sizeof(typed));

	return r == UI_CHOSEN ? record(c, n->state, typed) : r;
}

static enum ui_result take_note(struct step_page *c, const struct note *n)
{
	if (step_state_needs_reason(n->state))
		return give_reason(c, n);
	return n->state == STEP_DONE && c->decision ? decide(c) : record(c, n->state, "");
}

static size_t add_notes(struct step_page *c, struct ui_item *items, const struct note **which)
{
	size_t count = 0;

	for (size_t i = 0; i < NOTES; i++) {
		const char *detail = *notes[i].detail ? _(notes[i].detail) : "";

		if (notes[i].state == step_now(&c->steps, c->nr)->state)
			continue;
		if (notes[i].state == STEP_DONE && c->decision)
			detail = _("asks for the decision and its reason");
		which[count] = &notes[i];
		items[count++] = (struct ui_item){ .label = _(notes[i].label), .detail = detail };
	}
	return count;
}

static size_t add_targets(struct step_page *c, struct ui_item *items)
{
	size_t count = 0;

	if (c->count)
		items[count++] = (struct ui_item){ .label = _("Leads to"), .heading = true };
	for (size_t i = 0; i < c->count; i++) {
		struct text name = { 0 };

		book_add_name(&c->pages->book, c->targets[i].kind, c->targets[i].id, &name);
		items[count++] = (struct ui_item){
			.label = arena_string(&c->memory, text_end(&name)),
			.detail = kit_kind_label(c->targets[i].kind),
		};
		text_release(&name);
	}
	return count;
}

static bool add_intro(struct step_page *c, struct text *title, struct text *intro, struct error *e)
{
	struct text words = { 0 }, state = { 0 };
	bool ok = book_show(&c->pages->book, KIT_STEP, c->id, &words, e);

	book_add_name(&c->pages->book, KIT_PLAN, c->plan, title);
	step_add_state(step_now(&c->steps, c->nr), c->now_ms, &state);
	if (state.len)
		text_addf(intro, "%s %s\n\n", step_mark(step_now(&c->steps, c->nr)->state),
			  text_end(&state));
	text_add(intro, pages_without_title(text_end(&words)));
	text_release(&words);
	text_release(&state);
	return ok;
}

static enum ui_result show(struct step_page *c, size_t *selected)
{
	struct ui_item *items = mem_array(NOTES + c->count + 2, sizeof(*items));
	const struct note *which[NOTES];
	struct text title = { 0 }, intro = { 0 };
	struct error e = { 0 };
	enum ui_result r = UI_BACK;
	size_t noted = add_notes(c, items, which);

	if (add_intro(c, &title, &intro, &e)) {
		const struct ui_list list = {
			.title = text_end(&title),
			.intro = text_end(&intro),
			.items = items,
			.count = noted + add_targets(c, items + noted),
			.footer = "",
		};

		r = ui_list(c->pages->ui, &list, selected);
	} else {
		pages_error(c->pages, _("Step"), &e);
	}
	if (r == UI_CHOSEN && *selected < noted) {
		r = take_note(c, which[*selected]);
		/* Noted: back to the plan, where the next step waits. Who goes back from a
		 * question is still at this one. */
		r = r == UI_CHOSEN ? UI_BACK : r == UI_BACK ? UI_REDRAW : r;
	} else if (r == UI_CHOSEN) {
		const struct target *t = &c->targets[*selected - noted - 1];

		r = page_show(c->pages, t->kind, t->id) ? UI_CHOSEN : UI_CLOSED;
	}
	text_release(&title);
	text_release(&intro);
	free(items);
	return r;
}

bool page_step(struct pages *p, const char *id)
{
	struct step_page c = { .pages = p, .id = id };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct error e = { 0 };

		if (load(&c, &e)) {
			(void)pages_frame(p);
			r = show(&c, &selected);
		} else {
			pages_error(p, _("Step"), &e);
			r = UI_BACK;
		}
		unload(&c);
	}
	return r != UI_CLOSED;
}
