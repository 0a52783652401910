/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call chain, worked by hand: whom, the number, what to say, and one key for what came of it. */
#include <stdio.h>
#include <string.h>

#include "handbook/chain_words.h"
#include "handbook/pages.h"
#include "lib/base/language.h"
#include "lib/ui/dial.h"

#define SECOND_MS 1000

/* What is shown stays until something is noted of it: a timer that runs out must not put another
 * person below the finger that is about to press a result. */
struct chain_page {
	struct pages *pages;
	const char *id;
	int64_t nr;    /* the call that is shown, or that a person has chosen; 0: what comes next */
	size_t number; /* likewise its number; NONE: the one to try next */
	char dial[64]; /* that number: its place changes with what has failed; "" for none */
	size_t noted;  /* how many calls of it were noted when it came up; NONE: it comes up now */
	struct chain_look look;
	struct chain_sheet sheet;
};
#define NONE ((size_t)-1)

/* Show this call from the next time on; 0: what comes next. */
static void turn_to(struct chain_page *c, int64_t nr)
{
	c->nr = nr;
	c->number = c->noted = NONE;
	*c->dial = '\0';
}

/* What stands on the page: the one chosen, else the next, else one that is waited for. */
static struct chain_node *current(struct chain_page *c)
{
	struct chain *chain = &c->sheet.chain;
	struct chain_node *n = c->nr ? chain_node(chain, c->nr) : NULL;

	if (n || chain->next_count)
		return n ? n : &chain->nodes[chain->next[0]];
	for (size_t i = 0; i < chain->count; i++)
		if (chain->nodes[i].state == CHAIN_WAITING)
			return &chain->nodes[i];
	return NULL;
}

static size_t number_of(const struct chain_page *c, const struct chain_node *n)
{
	return c->number < n->number_count ? c->number : n->next_number;
}

static size_t noted_of(const struct chain_sheet *s, int64_t nr)
{
	size_t count = 0;

	for (size_t i = 0; i < s->call_count; i++)
		count += s->calls[i].nr == nr;
	return count;
}

/* Another person has noted something of what stands on the page: a key that is on its way
 * ends this sentence, and not a call that it was not meant for. */
static void say_newer(struct chain_page *c)
{
	const struct chain_node *n = current(c);
	struct text words = { 0 };

	if (c->sheet.ended) {
		text_add(&words, _("Somebody else has ended this call chain meanwhile."));
	} else {
		text_addf(&words, "%s\n", _("Somebody else has noted this call meanwhile:"));
		chain_add_whom(&c->pages->book, &c->sheet, n, &words);
		text_add(&words, ": ");
		chain_add_state(n, &c->look, &words);
	}
	(void)pages_frame(c->pages);
	ui_message(c->pages->ui, c->sheet.title, text_end(&words));
	text_release(&words);
}

/* Keep the call and the number that are shown, or take those that come next. */
static void keep(struct chain_page *c)
{
	const struct chain_node *n = current(c);

	if (n && c->noted != NONE && (c->sheet.ended || noted_of(&c->sheet, c->nr) != c->noted)) {
		say_newer(c);
		turn_to(c, 0);
		n = current(c);
	}
	if (!n || c->sheet.ended)
		return;
	if (*c->dial)
		c->number = NONE;
	for (size_t i = 0; *c->dial && i < n->number_count; i++)
		if (strcmp(n->numbers[i].value, c->dial) == 0)
			c->number = i;
	c->nr = n->nr;
	c->number = number_of(c, n);
	c->noted = noted_of(&c->sheet, n->nr);
	snprintf(c->dial, sizeof(c->dial), "%s",
		 c->number < n->number_count ? n->numbers[c->number].value : "");
}

static bool load(struct chain_page *c, struct error *e)
{
	pages_refresh(c->pages);
	c->look = (struct chain_look){ book_now_ms(&c->pages->book), !ui_is_plain(c->pages->ui),
				       &c->pages->blanks };
	if (!chain_sheet_load(&c->sheet, &c->pages->book, &c->pages->view, c->id, c->look.now_ms,
			      e))
		return false;
	keep(c);
	return true;
}

/* What a result does next, said beside it. */
static const char *const results[] = {
	[CHAIN_ACKNOWLEDGED] = N_("has understood and takes it on"),
	[CHAIN_REACHED] = N_("was told, time to acknowledge begins"),
	[CHAIN_MAILBOX] = N_("message left, time to acknowledge begins"),
	[CHAIN_BUSY] = "",
	[CHAIN_NO_ANSWER] = "",
	[CHAIN_WRONG_NUMBER] = N_("the number is struck out"),
	[CHAIN_SKIPPED] = N_("your decision, noted"),
};
#define RESULTS (sizeof(results) / sizeof(results[0]))

static void note(struct chain_page *c, enum chain_result result)
{
	const struct chain_node *n = current(c);
	struct message m;

	chain_sheet_event(&c->sheet, n, result, number_of(c, n), c->pages->author, &m);
	if (pages_record(c->pages, &m))
		turn_to(c, 0);
	explicit_bzero(&m, sizeof(m));
}

static bool record_chain(struct chain_page *c, const char *state)
{
	struct message m;

	message_start(&m, "kind", "chain");
	message_add(&m, "chain", c->id);
	message_add(&m, "state", state);
	if (*c->pages->author)
		message_add(&m, "author", c->pages->author);
	return pages_record(c->pages, &m);
}

/* Choose one of all calls: for someone who calls back, and for a second person. */
static enum ui_result choose_call(struct chain_page *c)
{
	const struct chain *chain = &c->sheet.chain;
	struct ui_item *items = mem_array(chain->count + 1, sizeof(*items));
	struct arena memory = { 0 };
	size_t selected = 0;
	enum ui_result r;

	for (size_t i = 0; i < chain->count; i++) {
		struct text label = { 0 }, state = { 0 };

		text_addf(&label, "%s ", chain_mark(&chain->nodes[i]));
		chain_add_whom(&c->pages->book, &c->sheet, &chain->nodes[i], &label);
		chain_add_state(&chain->nodes[i], &c->look, &state);
		items[i] = (struct ui_item){ .label = arena_string(&memory, text_end(&label)),
					     .detail = arena_string(&memory, text_end(&state)) };
		text_release(&label);
		text_release(&state);
	}
	const struct ui_list list = {
		.title = c->sheet.title,
		.intro = _("Whom did you reach, or whom do you want to call?"),
		.items = items,
		.count = chain->count,
		.footer = "",
	};

	r = ui_list(c->pages->ui, &list, &selected);
	if (r == UI_CHOSEN)
		turn_to(c, chain->nodes[selected].nr);
	free(items);
	arena_release(&memory);
	return r;
}

static enum ui_result choose_number(struct chain_page *c)
{
	const struct chain_node *n = current(c);
	struct ui_item *items = mem_array(n->number_count + 1, sizeof(*items));
	struct arena memory = { 0 };
	size_t selected = n->next_number < n->number_count ? n->next_number : 0;
	enum ui_result r;

	for (size_t i = 0; i < n->number_count; i++) {
		struct text label = { 0 }, detail = { 0 };

		chain_add_number(n, i, &label);
		if (n->numbers[i].struck)
			text_add(&detail, _("wrong number, struck out"));
		else if (n->numbers[i].tried)
			text_addf(&detail, _("tried: %u"), n->numbers[i].tried);
		items[i] = (struct ui_item){ .label = arena_string(&memory, text_end(&label)),
					     .detail = arena_string(&memory, text_end(&detail)) };
		text_release(&label);
		text_release(&detail);
	}
	const struct ui_list list = { .title = c->sheet.title,
				      .intro = "",
				      .items = items,
				      .count = n->number_count,
				      .footer = "" };

	r = ui_list(c->pages->ui, &list, &selected);
	if (r == UI_CHOSEN) {
		c->number = selected;
		snprintf(c->dial, sizeof(c->dial), "%s", n->numbers[selected].value);
	}
	free(items);
	arena_release(&memory);
	return r;
}

/* Ask for everything in brackets that the text has. What was typed for one call holds for the
 * others too: the time of the attack is the same for all. */
static enum ui_result fill_in(struct chain_page *c)
{
	const char *text = chain_sheet_row(&c->sheet, current(c))->text;
	enum ui_result r = UI_CHOSEN;
	size_t before, length;

	for (; r == UI_CHOSEN && chain_blank_next(text, &before, &length);
	     text += before + length) {
		char *prompt = mem_string_n(text + before + 1, length - 2), typed[128] = "";
		struct text known = { 0 }, name = { 0 };

		text_add_n(&name, text + before, length);
		chain_blanks_add(&c->pages->blanks, text_end(&name), &known);
		if (strcmp(text_end(&known), text_end(&name)) != 0)
			snprintf(typed, sizeof(typed), "%s", text_end(&known));
		const struct ui_line line = {
			.title = c->sheet.title,
			.intro =
				N_("What is typed here stands in the texts to read out. It is kept "
				   "until the handbook is left."),
			.prompt = prompt,
			.optional = true,
		};

		r = pages_ask(c->pages, &line, typed, sizeof(typed));
		if (r == UI_CHOSEN)
			chain_blanks_set(&c->pages->blanks, text + before, length, typed);
		text_release(&known);
		text_release(&name);
		free(prompt);
	}
	return r;
}

static enum ui_result take_back(struct chain_page *c)
{
	const struct chain_node *n = chain_node(&c->sheet.chain, c->sheet.last_nr);
	struct text question = { 0 }, whom = { 0 };
	enum ui_result r;

	if (n)
		chain_add_whom(&c->pages->book, &c->sheet, n, &whom);
	text_addf(
		&question,
		_("Take back \"%s\" of %s? It stays in the journal, marked as noted by mistake, and "
		  "counts no longer."),
		chain_result_label(c->sheet.last), text_end(&whom));
	r = ui_confirm(c->pages->ui, c->sheet.title, text_end(&question));
	if (r == UI_CHOSEN) {
		struct message m;

		chain_sheet_mistake(&c->sheet, c->pages->author, &m);
		if (pages_record(c->pages, &m))
			turn_to(c, n ? n->nr : 0);
	}
	text_release(&question);
	text_release(&whom);
	return r;
}

static enum ui_result end_chain(struct chain_page *c)
{
	struct text question = { 0 };
	enum ui_result r;

	chain_add_summary(&c->sheet, &question);
	text_addf(&question, "\n\n%s",
		  _("End this call chain? Timers that still run are forgotten."));
	r = ui_confirm(c->pages->ui, c->sheet.title, text_end(&question));
	if (r == UI_CHOSEN && record_chain(c, "ended"))
		turn_to(c, 0);
	text_release(&question);
	return r;
}

static enum ui_result show_deadline(struct chain_page *c)
{
	const struct chain_row *row = chain_sheet_row(&c->sheet, current(c));

	return page_show(c->pages, KIT_DEADLINE, row->deadline) ? UI_CHOSEN : UI_CLOSED;
}

static bool has_node(struct chain_page *c)
{
	return current(c) != NULL;
}

static bool has_numbers(struct chain_page *c)
{
	return has_node(c) && current(c)->number_count > 1;
}

static bool has_blanks(struct chain_page *c)
{
	size_t before, length;

	return has_node(c) &&
	       chain_blank_next(chain_sheet_row(&c->sheet, current(c))->text, &before, &length);
}

static bool has_deadline(struct chain_page *c)
{
	return has_node(c) && *chain_sheet_row(&c->sheet, current(c))->deadline;
}

static bool has_calls(struct chain_page *c)
{
	return *c->sheet.last_ref != 0;
}

static bool always(struct chain_page *c)
{
	(void)c;
	return true;
}

static const struct action {
	const char *label, *detail;
	bool (*shown)(struct chain_page *c);
	enum ui_result (*run)(struct chain_page *c);
} actions[] = {
	{ N_("Another call of this chain"), N_("someone calls back; a second person calls"), always,
	  choose_call },
	{ N_("Another number"), "", has_numbers, choose_number },
	{ N_("Fill in the text"), N_("what stands in brackets"), has_blanks, fill_in },
	{ N_("The deadline that starts"), "", has_deadline, show_deadline },
	{ N_("That was a mistake"), N_("take back the last result"), has_calls, take_back },
	{ N_("End this call chain"), "", has_calls, end_chain },
};
#define ACTIONS (sizeof(actions) / sizeof(actions[0]))

static size_t add_actions(struct chain_page *c, struct ui_item *items, const struct action **which)
{
	size_t count = 0;

	for (size_t i = 0; i < ACTIONS; i++) {
		if (!actions[i].shown(c))
			continue;
		which[count] = &actions[i];
		items[count++] = (struct ui_item){ .label = _(actions[i].label),
						   .detail = *actions[i].detail
								     ? _(actions[i].detail)
								     : "" };
	}
	return count;
}

static enum ui_result show_actions(struct chain_page *c)
{
	struct ui_item items[ACTIONS];
	const struct action *which[ACTIONS];
	struct ui_list list = { .title = c->sheet.title, .intro = "", .items = items, .footer = "" };
	size_t selected = 0;
	enum ui_result r;

	list.count = add_actions(c, items, which);
	r = ui_list(c->pages->ui, &list, &selected);
	return r == UI_CHOSEN ? which[selected]->run(c) : r;
}

static enum ui_result show_large(struct chain_page *c)
{
	const struct chain_node *n = current(c);
	size_t number = number_of(c, n);
	struct text name = { 0 }, dial = { 0 };
	enum ui_result r = UI_CHOSEN;

	if (number < n->number_count) {
		chain_add_whom(&c->pages->book, &c->sheet, n, &name);
		if (*n->numbers[number].whom)
			text_addf(&name, ", %s", n->numbers[number].whom);
		dial_add(&dial, n->numbers[number].value);
		r = ui_large(c->pages->ui, text_end(&name), text_end(&dial));
	} else {
		chain_add_number(n, number, &name);
		ui_message(c->pages->ui, c->sheet.title, text_end(&name));
	}
	text_release(&name);
	text_release(&dial);
	return r;
}

/* All calls with their state: below the entries, so that those keep their one key. */
static void add_all(struct chain_page *c, struct text *out)
{
	text_addf(out, "%s\n", _("All calls"));
	for (size_t i = 0; i < c->sheet.chain.count; i++) {
		const struct chain_node *n = &c->sheet.chain.nodes[i];

		text_addf(out, "  %s %lld. ", chain_mark(n), (long long)n->nr);
		chain_add_whom(&c->pages->book, &c->sheet, n, out);
		text_add(out, ": ");
		chain_add_state(n, &c->look, out);
		text_add(out, "\n");
	}
}

/* Who is to be called now, where the one on the page is only waited for. */
static void add_next(struct chain_page *c, struct text *out)
{
	const struct chain *chain = &c->sheet.chain;
	const struct chain_node *next = chain->next_count ? &chain->nodes[chain->next[0]] : NULL;
	struct text whom = { 0 };

	if (!next || current(c)->state != CHAIN_WAITING)
		return;
	chain_add_whom(&c->pages->book, &c->sheet, next, &whom);
	text_addf(out, _("To call now: %s. Choose that call under \"More\".\n"), text_end(&whom));
	text_release(&whom);
}

static enum ui_result show_call(struct chain_page *c, size_t *selected)
{
	struct pages *p = c->pages;
	const struct chain_node *n = current(c);
	struct ui_item items[RESULTS + 2];
	struct text intro = { 0 }, footer = { 0 };
	enum ui_result r;

	chain_add_task(&p->book, &c->sheet, n, number_of(c, n), &c->look, &intro);
	chain_add_beside(&p->book, &c->sheet, n, &intro);
	add_next(c, &intro);
	add_all(c, &footer);
	for (size_t i = 0; i < RESULTS; i++)
		items[i] = (struct ui_item){ .label = chain_result_label((enum chain_result)i),
					     .detail = *results[i] ? _(results[i]) : "" };
	items[RESULTS] = (struct ui_item){ .label = _("Show the number large"), .detail = "" };
	items[RESULTS + 1] =
		(struct ui_item){ .label = _("More"),
				  .detail = _("another call, fill in, take back, end") };
	const struct ui_list list = {
		.title = c->sheet.title,
		.intro = text_end(&intro),
		.items = items,
		.count = RESULTS + 2,
		.footer = text_end(&footer),
		.refresh_ms = SECOND_MS,
	};

	r = ui_list(p->ui, &list, selected);
	text_release(&intro);
	text_release(&footer);
	if (r != UI_CHOSEN)
		return r;
	if (*selected < RESULTS)
		note(c, (enum chain_result) * selected);
	else
		r = *selected == RESULTS ? show_large(c) : show_actions(c);
	/* Coming back from there is no reason to leave the chain. */
	*selected = 0;
	return r == UI_CLOSED ? r : UI_CHOSEN;
}

/* Nobody is left to call: what became of all, and what can still be done. */
static enum ui_result show_end(struct chain_page *c, size_t *selected)
{
	struct ui_item items[ACTIONS + 1];
	const struct action *which[ACTIONS];
	struct text intro = { 0 }, footer = { 0 };
	struct ui_list list = { .title = c->sheet.title, .items = items };
	enum ui_result r;

	text_addf(&intro, "%s\n",
		  c->sheet.ended ? _("This call chain has ended.")
				 : _("Nobody is left to call: each one has acknowledged or was "
				     "given up."));
	chain_add_summary(&c->sheet, &intro);
	add_all(c, &footer);
	list.intro = text_end(&intro);
	list.footer = text_end(&footer);
	if (c->sheet.ended)
		items[list.count++] = (struct ui_item){
			.label = _("Start it again"),
			.detail = _("calls noted before count no longer"),
		};
	else
		list.count = add_actions(c, items, which);
	r = ui_list(c->pages->ui, &list, selected);
	if (r == UI_CHOSEN && c->sheet.ended) {
		if (record_chain(c, "started"))
			turn_to(c, 0);
	} else if (r == UI_CHOSEN) {
		r = which[*selected]->run(c);
	}
	text_release(&intro);
	text_release(&footer);
	*selected = r == UI_CHOSEN ? 0 : *selected;
	return r;
}

bool page_chain(struct pages *p, const char *id)
{
	struct chain_page c = { .pages = p, .id = id, .number = NONE, .noted = NONE };
	enum ui_result r = UI_REDRAW;
	size_t selected = 0;

	while (r != UI_BACK && r != UI_CLOSED) {
		struct error e = { 0 };

		if (!load(&c, &e)) {
			pages_error(p, _("Call chain"), &e);
			r = UI_BACK;
		} else {
			(void)pages_frame(p);
			r = c.sheet.ended || !current(&c) ? show_end(&c, &selected)
							  : show_call(&c, &selected);
		}
		chain_sheet_release(&c.sheet);
	}
	return r != UI_CLOSED;
}

/* Timers of one chain: those that ran out first, for they want something done. */
static void add_timers(struct pages *p, const char *id, struct text *notice)
{
	struct error ignored = { 0 }; /* the chain's own page says it */
	int64_t now_ms = book_now_ms(&p->book);
	struct text late = { 0 }, waiting = { 0 };
	struct chain_sheet s;

	if (chain_sheet_load(&s, &p->book, &p->view, id, now_ms, &ignored)) {
		if (chain_add_late(&p->book, &s, now_ms, "\n", &late))
			frame_add_warning(notice, text_end(&late));
		if (chain_add_waiting(&p->book, &s, now_ms, &waiting))
			frame_add_notice(notice, text_end(&waiting));
	}
	text_release(&late);
	text_release(&waiting);
	chain_sheet_release(&s);
}

void notice_chains(struct pages *p, struct text *notice)
{
	struct error ignored = { 0 };
	struct text ids = { 0 };

	if (chain_sheet_running(&p->view, &ids, &ignored))
		for (const char *id = text_end(&ids); *id; id += strlen(id) + 1)
			add_timers(p, id, notice);
	text_release(&ids);
}
