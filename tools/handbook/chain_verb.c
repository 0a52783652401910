/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook chain` and `handbook call`: how a call chain stands, and what came of a call. */
#include <stdio.h>
#include <string.h>

#include "handbook/chain_words.h"
#include "handbook/desk.h"
#include "handbook/handbook.h"
#include "handbook/printed.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/phone.h"

static const char *const states[] = {
	[CHAIN_CLOSED] = "closed",     [CHAIN_TO_CALL] = "to_call",   [CHAIN_WAITING] = "waiting",
	[CHAIN_LATE] = "late",         [CHAIN_GIVEN_UP] = "given_up", [CHAIN_WITHOUT] = "skipped",
	[CHAIN_DONE] = "acknowledged",
};

static void node_json(struct json *j, struct book *b, const struct chain_sheet *s,
		      const struct chain_node *n)
{
	struct text whom = { 0 };

	chain_add_whom(b, s, n, &whom);
	json_object(j, NULL);
	json_number(j, "nr", (uint64_t)n->nr);
	json_string(j, "whom", text_end(&whom));
	json_string(j, "state", states[n->state]);
	json_number(j, "calls", n->calls);
	json_number(j, "limit", n->limit);
	json_string(j, "last", n->last < CHAIN_RESULTS ? chain_result_name(n->last) : NULL);
	if (n->until_ms > 0)
		json_number(j, "until_ms", (uint64_t)n->until_ms);
	json_string(j, "number",
		    n->next_number < n->number_count ? n->numbers[n->next_number].value : NULL);
	json_end(j);
	text_release(&whom);
}

static void print_json(struct book *b, const struct chain_sheet *s)
{
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_string(&j, "chain", s->id);
	json_string(&j, "title", s->title);
	json_bool(&j, "begun", s->chain.begun);
	json_bool(&j, "over", s->chain.over);
	json_bool(&j, "ended", s->ended);
	json_array(&j, "next");
	for (size_t i = 0; i < s->chain.next_count; i++)
		json_number(&j, NULL, (uint64_t)s->chain.nodes[s->chain.next[i]].nr);
	json_end(&j);
	json_array(&j, "nodes");
	for (size_t i = 0; i < s->chain.count; i++)
		node_json(&j, b, s, &s->chain.nodes[i]);
	json_end(&j);
	json_end(&j);
}

/* What to do next, below it how all stand. */
static void print_words(struct book *b, const struct chain_sheet *s)
{
	const struct chain_blanks none = { 0 };
	const struct chain_look look = { book_now_ms(b), false, &none };
	struct text out = { 0 };

	text_addf(&out, "# %s\n", s->title);
	if (chain_add_late(b, s, look.now_ms, "\n", &out))
		text_add(&out, "\n");
	if (s->chain.next_count && !s->ended) {
		const struct chain_node *n = &s->chain.nodes[s->chain.next[0]];

		chain_add_task(b, s, n, n->next_number, &look, &out);
		chain_add_beside(b, s, n, &out);
	} else {
		chain_add_summary(s, &out);
		text_add(&out, "\n");
	}
	text_addf(&out, "\n# %s\n", _("All calls"));
	for (size_t i = 0; i < s->chain.count; i++) {
		const struct chain_node *n = &s->chain.nodes[i];

		text_addf(&out, "%s %lld. ", chain_mark(n), (long long)n->nr);
		chain_add_whom(b, s, n, &out);
		text_add(&out, ": ");
		chain_add_state(n, &look, &out);
		text_add(&out, "\n");
	}
	print_masked(text_end(&out));
	text_release(&out);
}

static bool show(struct desk *d, const char *id, bool as_json, struct error *e)
{
	struct chain_sheet s;
	bool ok = chain_sheet_load(&s, &d->book, &d->view, id, book_now_ms(&d->book), e);

	if (ok)
		(as_json ? print_json : print_words)(&d->book, &s);
	chain_sheet_release(&s);
	return ok;
}

static bool list(struct desk *d, bool as_json, struct error *e)
{
	struct db_statement *q = db_prepare(
		d->book.db, "SELECT chain_id, title, occasion FROM chain ORDER BY chain_id", e);
	struct json j = json_to(stdout);
	bool row = true, ok = q != NULL;

	if (ok && as_json)
		json_array(&j, NULL);
	while (ok && (ok = db_step(q, &row, e)) && row) {
		char title[512], occasion[512];

		if (!as_json) {
			printf("%-4s  %s\n      %s\n", db_text(q, 0),
			       text_mask(title, sizeof(title), db_text(q, 1)),
			       text_mask(occasion, sizeof(occasion), db_text(q, 2)));
			continue;
		}
		json_object(&j, NULL);
		json_string(&j, "chain", db_text(q, 0));
		json_string(&j, "title", db_text(q, 1));
		json_string(&j, "occasion", db_text(q, 2));
		json_end(&j);
	}
	if (ok && as_json)
		json_end(&j);
	db_finish(q);
	return ok;
}

int handbook_chain(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct desk d = DESK_NONE;
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print JSON"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"chain",
		"[CHAIN]",
		N_("How a call chain stands: whom to call next, what to say, what is waited for.\n"
		   "Without CHAIN, the call chains that there are."),
		options,
		0,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (desk_open_with(&d, &unlock, &e))
		(void)(argc ? show(&d, argv[0], as_json, &e) : list(&d, as_json, &e));
	desk_close(&d);
	return e.kind ? report("handbook", &e) : 0;
}

/* What the command line says of a call. */
struct call {
	const char *chain, *result, *number, *author;
	uint64_t nr; /* 0: the one that comes next */
	bool dry, json;
};

static const struct chain_node *node_of(const struct chain_sheet *s, const struct call *c,
					struct error *e)
{
	const struct chain_node *n = c->nr ? chain_node(&s->chain, (int64_t)c->nr) : NULL;

	if (!c->nr && s->chain.next_count)
		return &s->chain.nodes[s->chain.next[0]];
	if (!n && c->nr)
		error_set(e, ERROR_USAGE, _("the call chain '%s' has no call %llu"), s->id,
			  (unsigned long long)c->nr);
	else if (!n)
		error_set(e, ERROR_FAILED,
			  _("nobody is left to call; name one with --nr if somebody calls back"));
	return n;
}

/* Written in another way it is the same number. */
static bool is_number(const char *value, const char *typed)
{
	char a[PHONE_MAX], b[PHONE_MAX];

	return strcmp(value, typed) == 0 ||
	       (phone_normal(value, a) && phone_normal(typed, b) && strcmp(a, b) == 0);
}

static bool make_event(const struct chain_sheet *s, const struct call *c, struct message *m,
		       struct error *e)
{
	enum chain_result result = chain_result_parse(c->result);
	const char *author = c->author ? c->author : "";
	const struct chain_node *n;
	size_t number = 0;

	if (strcmp(c->result, "mistake") == 0) {
		if (!*s->last_ref)
			return error_set(e, ERROR_FAILED,
					 _("no call was noted that could be taken back"));
		chain_sheet_mistake(s, author, m);
		return true;
	}
	if (result == CHAIN_RESULTS)
		return error_set(e, ERROR_USAGE,
				 _("'%s' is no result; there are acknowledged, reached, mailbox, "
				   "busy, no_answer, wrong_number, skipped and mistake"),
				 c->result);
	if (!(n = node_of(s, c, e)))
		return false;
	number = n->next_number;
	for (size_t i = 0; c->number && i <= n->number_count; i++) {
		if (i == n->number_count)
			return error_set(e, ERROR_USAGE,
					 _("'%s' is none of the numbers of call %lld"), c->number,
					 (long long)n->nr);
		number = i;
		if (is_number(n->numbers[i].value, c->number))
			break;
	}
	chain_sheet_event(s, n, result, number, author, m);
	return true;
}

static bool note(struct desk *d, const struct call *c, struct error *e)
{
	struct chain_sheet s;
	struct message m = { 0 };
	bool ok = chain_sheet_load(&s, &d->book, &d->view, c->chain, book_now_ms(&d->book), e) &&
		  make_event(&s, c, &m, e) && (c->dry || desk_record(d, &m, e));

	explicit_bzero(&m, sizeof(m));
	chain_sheet_release(&s);
	return ok;
}

int handbook_call(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct desk d = DESK_NONE;
	struct call c = { 0 };
	const struct cli_option options[] = {
		{ "result", CLI_TEXT, &c.result, "R",
		  N_("what came of it: acknowledged, reached, mailbox, busy, no_answer,\n"
		     "wrong_number, skipped; mistake takes the last one back"),
		  0, 0 },
		{ "nr", CLI_NUMBER, &c.nr, "N", N_("of this call, not of the next one"), 1, 9999 },
		{ "number", CLI_TEXT, &c.number, "TEL", N_("dialled was this one of its numbers"),
		  0, 0 },
		{ "author", CLI_TEXT, &c.author, "NAME", N_("who called"), 0, 0 },
		{ "n", CLI_FLAG, &c.dry, NULL, N_("check only, note nothing"), 0, 0 },
		{ "json", CLI_FLAG, &c.json, NULL, N_("print JSON"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"call",
		"CHAIN",
		N_("Note what came of a call of a chain; then whom to call next, as 'chain'.\n"
		   "Without --result, only that."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	c.chain = argv[0];
	if (desk_open_with(&d, &unlock, &e) && (!c.result || note(&d, &c, &e)))
		(void)show(&d, c.chain, c.json, &e);
	desk_close(&d);
	return e.kind ? report("handbook", &e) : 0;
}
