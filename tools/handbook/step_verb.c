/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook step`: what became of a step of a plan. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/desk.h"
#include "handbook/handbook.h"
#include "handbook/printed.h"
#include "handbook/steps.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"

/* What the command line says. */
struct request {
	const char *state, *reason, *author;
	bool dry, json;
};

/* A step of the kit. */
struct named {
	char plan[48];
	int64_t nr, by_min; /* by_min -1: none */
	size_t last;        /* of the plan */
};

static bool find(struct book *b, const char *id, struct named *n, struct error *e)
{
	struct db_statement *s =
		book_ask(b,
			 "SELECT plan_id, nr, ifnull(by_min, -1),"
			 " (SELECT max(nr) FROM step m WHERE m.plan_id = step.plan_id)"
			 " FROM step WHERE plan_id || '/' || nr = ?",
			 id, e);

	if (!s)
		return error_set(e, ERROR_USAGE,
				 _("the kit has no step '%s'; write PLAN/NUMBER: P01/6"), id);
	snprintf(n->plan, sizeof(n->plan), "%s", db_text(s, 0));
	n->nr = db_number(s, 1);
	n->by_min = db_number(s, 2);
	n->last = (size_t)db_number(s, 3);
	db_finish(s);
	return true;
}

static bool record(struct desk *d, const struct named *n, const struct request *r, struct error *e)
{
	enum step_state state = step_state_parse(r->state);
	struct message m;
	bool ok;

	if (state == STEP_STATES)
		return error_set(e, ERROR_USAGE,
				 _("'%s' is no state of a step; there are done, not_possible, "
				   "not_applicable and open"),
				 r->state);
	if (step_state_needs_reason(state) && (!r->reason || !*r->reason))
		return error_set(e, ERROR_USAGE,
				 _("say why the step is %s: --reason \"...\"; without a reason "
				   "it is not noted"),
				 step_state_label(state));
	step_event(n->plan, n->nr, state, r->reason ? r->reason : "", r->author ? r->author : "",
		   &m);
	ok = r->dry || desk_record(d, &m, e);
	explicit_bzero(&m, sizeof(m));
	return ok;
}

static void print_json(const char *id, const struct steps *s, const struct named *n, int64_t now_ms)
{
	const struct step_now *now = step_now(s, n->nr);
	struct json j = json_to(stdout);

	json_object(&j, NULL);
	json_string(&j, "step", id);
	json_string(&j, "state", step_state_name(now->state));
	if (now->time_ms > 0)
		json_number(&j, "time_ms", (uint64_t)now->time_ms);
	json_string(&j, "reason", *now->reason ? now->reason : NULL);
	json_string(&j, "author", *now->author ? now->author : NULL);
	if (n->by_min >= 0 && step_due_ms(s, n->by_min) > 0)
		json_number(&j, "due_ms", (uint64_t)step_due_ms(s, n->by_min));
	json_bool(&j, "overdue",
		  n->by_min >= 0 && step_overdue(s, (size_t)n->nr, n->by_min, now_ms));
	json_end(&j);
}

static bool print_words(struct desk *d, const char *id, const struct steps *s,
			const struct named *n, int64_t now_ms, struct error *e)
{
	const struct step_now *now = step_now(s, n->nr);
	struct text out = { 0 };
	bool ok;

	text_addf(&out, "%s ", step_mark(now->state));
	if (now->state == STEP_OPEN)
		text_add(&out, step_state_label(now->state));
	step_add_state(now, now_ms, &out);
	if (n->by_min >= 0 && now->state != STEP_DONE && now->state != STEP_NOT_APPLICABLE) {
		text_add(&out, ", ");
		step_add_due(s, (size_t)n->nr, n->by_min, now_ms, &out);
	}
	text_add(&out, "\n");
	ok = book_show(&d->book, KIT_STEP, id, &out, e);
	if (ok)
		print_masked(text_end(&out));
	text_release(&out);
	return ok;
}

static bool run(const char *id, const struct unlock_options *unlock, const struct request *r,
		struct error *e)
{
	struct desk d = DESK_NONE;
	struct steps s = { 0 };
	struct named n;
	bool ok = desk_open_with(&d, unlock, e) && find(&d.book, id, &n, e) &&
		  (!r->state || record(&d, &n, r, e)) &&
		  steps_load(&s, &d.book, &d.view, n.plan, n.last, e);

	if (ok && r->json)
		print_json(id, &s, &n, book_now_ms(&d.book));
	else if (ok)
		ok = print_words(&d, id, &s, &n, book_now_ms(&d.book), e);
	steps_release(&s);
	desk_close(&d);
	return ok;
}

int handbook_step(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct request r = { 0 };
	const struct cli_option options[] = {
		{ "state", CLI_TEXT, &r.state, "S",
		  N_("note it: done, not_possible, not_applicable, open"), 0, 0 },
		{ "reason", CLI_TEXT, &r.reason, "TEXT",
		  N_("why it is not possible, or does not apply"), 0, 0 },
		{ "author", CLI_TEXT, &r.author, "NAME", N_("who says so"), 0, 0 },
		{ "n", CLI_FLAG, &r.dry, NULL, N_("check only, note nothing"), 0, 0 },
		{ "json", CLI_FLAG, &r.json, NULL, N_("print a JSON object"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"step",
		"PLAN/NR",
		N_("What became of a step of a plan, and the step; with --state, note it first."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !run(argv[0], &unlock, &r, &e))
		return report("handbook", &e);
	return 0;
}
