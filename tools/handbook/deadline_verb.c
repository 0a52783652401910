/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook deadlines` and `handbook deadline`: what runs, and what a person decides about it. */
#include <stdio.h>

#include "handbook/deadline_change.h"
#include "handbook/deadline_text.h"
#include "handbook/desk.h"
#include "handbook/handbook.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

static void json_time(struct json *j, const char *key, const char *key_ms, int64_t ms)
{
	char words[BERLIN_WORDS];

	json_string(j, key, ms > 0 ? berlin_stamp(words, ms) : NULL);
	if (ms > 0)
		json_number(j, key_ms, (uint64_t)ms);
}

static void json_deadline(struct json *j, const struct deadline *d, enum deadline_state state,
			  int64_t start_ms, int64_t due_ms)
{
	json_string(j, "id", d->id);
	json_string(j, "title", d->title);
	json_string(j, "state", deadline_state_name(state));
	json_string(j, "starts_at", d->starts_at);
	json_string(j, "text", d->text);
	json_time(j, "start", "start_ms", start_ms);
	json_time(j, "due", "due_ms", due_ms);
}

static void list_json(struct desk *desk, int64_t now_ms)
{
	struct json j = json_to(stdout);
	const struct clock *clock = &desk->book.clock;

	json_object(&j, NULL);
	json_time(&j, "now", "now_ms", now_ms);
	json_bool(&j, "confirmed", clock->confirmed);
	json_string(&j, "source", clock->confirmed ? clock->source : NULL);
	json_array(&j, "deadlines");
	for (size_t i = 0; i < desk->deadlines.count; i++) {
		const struct deadline *d = &desk->deadlines.list[i];

		json_object(&j, NULL);
		json_deadline(&j, d, d->state, d->start_ms, d->due_ms);
		json_bool(&j, "overdue",
			  d->state == DEADLINE_RUNNING && d->due_ms && d->due_ms <= now_ms);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static void list_words(struct desk *desk, int64_t now_ms)
{
	struct text out = { 0 };
	char masked[512];

	deadline_add_zone(&desk->book, &out);
	clock_add_words(&desk->book.clock, &out);
	text_add(&out, "\n");
	for (size_t i = 0; i < desk->deadlines.count; i++) {
		const struct deadline *d = &desk->deadlines.list[i];

		text_addf(&out, "\n%s  %s\n    ", d->id,
			  text_mask(masked, sizeof(masked), d->title));
		deadline_add_now(d, now_ms, &out);
		text_add(&out, "\n");
	}
	printf("%s", text_end(&out));
	text_release(&out);
}

int handbook_deadlines(int argc, char **argv)
{
	struct error e = { 0 };
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"deadlines",
		"",
		N_("All deadlines: what must be done at once, what runs and until when, what is\n"
		   "not started, done, or does not apply."),
		options,
		0,
		0,
	};
	struct desk desk;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (desk_open(&desk, &e))
		(as_json ? list_json : list_words)(&desk, book_now_ms(&desk.book));
	desk_close(&desk);
	return e.kind ? report("handbook", &e) : 0;
}

/* The command line of `handbook deadline`. */
struct decision {
	const char *id, *state, *start, *reported;
	struct change_words words;
	bool as_json, dry_run;
};

/* The time of a start or a report; now, if nothing is said. */
static bool time_of(const char *typed, int64_t now_ms, int64_t *ms, struct error *e)
{
	struct start_time start = { .ms = now_ms };
	char words[BERLIN_WORDS];

	if (typed && !change_start_typed(typed, now_ms, &start, e))
		return false;
	if (start.guessed)
		fprintf(stderr, _("handbook: the day was not typed in full; %s was taken\n"),
			berlin_words(words, start.ms));
	if (start.twice)
		fprintf(stderr, "handbook: %s\n", _(BERLIN_TWICE));
	*ms = start.ms;
	return true;
}

static bool decide(struct desk *desk, const struct decision *o, struct changes *c, struct error *e)
{
	const struct deadlines *d = &desk->deadlines;
	const struct deadline *one = deadlines_find(d, o->id, e);
	int64_t now_ms = book_now_ms(&desk->book), ms = 0;
	enum deadline_state state;

	if (!one)
		return false;
	if (!o->state || !deadline_state_parse(o->state, &state))
		return error_set(e, ERROR_USAGE,
				 _("say what became of it: --state running, done, not_applicable, "
				   "or open to take that back"));
	switch (state) {
	case DEADLINE_RUNNING:
		if (!o->start)
			return error_set(e, ERROR_USAGE,
					 _("say when it started: --start \"23.10.2026 17:30\""));
		return time_of(o->start, now_ms, &ms, e) &&
		       change_start(c, d, one, ms, &o->words, e);
	case DEADLINE_DONE:
		return time_of(o->reported, now_ms, &ms, e) &&
		       change_done(c, d, one, ms, &o->words, e);
	case DEADLINE_NOT_APPLICABLE:
		return change_not_applicable(c, one, &o->words, e);
	case DEADLINE_OPEN:
		break;
	}
	return deadline_event_time(one, d, &desk->view, &ms, e) &&
	       change_reopen(c, one, ms, &o->words, e);
}

static void show_changes(const struct changes *c, bool as_json)
{
	struct json j = json_to(stdout);

	if (as_json)
		json_array(&j, NULL);
	for (size_t i = 0; i < c->count; i++) {
		const struct change *one = &c->list[i];
		char words[BERLIN_WORDS];

		if (as_json) {
			json_object(&j, NULL);
			json_deadline(&j, one->deadline, one->state, one->start_ms, one->due_ms);
			json_end(&j);
			continue;
		}
		printf("%s: %s", one->deadline->id, deadline_state_words(one->state));
		if (one->state == DEADLINE_RUNNING && one->due_ms)
			printf(_(", due %s"), berlin_words(words, one->due_ms));
		printf("\n");
	}
	if (as_json)
		json_end(&j);
}

static bool carry_out(const struct decision *o, struct error *e)
{
	struct changes c = { 0 };
	struct desk desk;
	bool ok = desk_open(&desk, e) && decide(&desk, o, &c, e) &&
		  (o->dry_run || desk_can_record(&desk, e));

	/* All or none. */
	for (size_t i = 0; ok && i < c.count; i++)
		ok = clock_counts(&desk.book.clock, &desk.view, &c.list[i].event, e);
	for (size_t i = 0; ok && !o->dry_run && i < c.count; i++)
		ok = desk_record(&desk, &c.list[i].event, e);
	if (ok)
		show_changes(&c, o->as_json);
	changes_release(&c);
	desk_close(&desk);
	return ok;
}

int handbook_deadline(int argc, char **argv)
{
	struct error e = { 0 };
	struct decision o = { 0 };
	const struct cli_option options[] = {
		{ "state", CLI_TEXT, &o.state, "STATE",
		  N_("running, done, not_applicable, or open to take that back"), 0, 0 },
		{ "start", CLI_TEXT, &o.start, "TIME",
		  N_("of running: when it started, 23.10.2026 17:30"), 0, 0 },
		{ "reported", CLI_TEXT, &o.reported, "TIME",
		  N_("of done: when it was reported, if not now"), 0, 0 },
		{ "reason", CLI_TEXT, &o.words.reason, "TEXT", N_("why; sealed"), 0, 0 },
		{ "reference", CLI_TEXT, &o.words.reference, "TEXT",
		  N_("of done: the reference number of the other side; sealed"), 0, 0 },
		{ "author", CLI_TEXT, &o.words.author, "NAME", N_("who says so; sealed"), 0, 0 },
		{ "json", CLI_FLAG, &o.as_json, NULL, N_("print a JSON array of what changed"), 0,
		  0 },
		{ "n", CLI_FLAG, &o.dry_run, NULL, N_("only say what would be entered"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"deadline",
		"DEADLINE",
		N_("Enter into the journal what became of a deadline. A start starts all deadlines\n"
		   "that begin with the same event; a report that is done starts those that begin\n"
		   "with it."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	o.id = argv[0];
	return carry_out(&o, &e) ? 0 : report("handbook", &e);
}
