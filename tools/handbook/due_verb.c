/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook due`: when a deadline would end that starts then. Arithmetic only. */
#include <stdio.h>

#include "handbook/deadline.h"
#include "handbook/handbook.h"
#include "handbook/unlock.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

static void print_json(const struct deadline *d, int64_t start_ms, int64_t due_ms)
{
	struct json j = json_to(stdout);
	char words[BERLIN_WORDS];

	json_object(&j, NULL);
	json_string(&j, "deadline", d->id);
	json_string(&j, "title", d->title);
	json_string(&j, "start", berlin_stamp(words, start_ms));
	json_number(&j, "start_ms", (uint64_t)start_ms);
	json_string(&j, "due", due_ms ? berlin_stamp(words, due_ms) : NULL);
	json_string(&j, "text", d->text);
	if (due_ms > 0)
		json_number(&j, "due_ms", (uint64_t)due_ms);
	json_end(&j);
}

static void print_words(const struct deadline *d, int64_t start_ms, int64_t due_ms)
{
	char masked[512], words[BERLIN_WORDS];
	struct text rule = { 0 };

	deadline_add_rule(d, &rule);
	printf("%s\n", text_mask(masked, sizeof(masked), d->title));
	printf("%s: %s\n", _("Start"), berlin_words(words, start_ms));
	printf("%s: %s\n", _("Due"),
	       due_ms ? berlin_words(words, due_ms) : text_mask(masked, sizeof(masked), d->text));
	printf("%s\n", text_end(&rule));
	text_release(&rule);
}

static bool due(const char *id, const char *start, bool as_json, struct error *e)
{
	struct deadlines d = { 0 };
	struct deadline *one = NULL;
	struct berlin_input in;
	struct book book;
	int64_t due_ms = 0;
	const struct unlock_options locked = { 0 };
	bool ok = book_open_with(&book, &locked, e) && deadlines_read(&d, &book, NULL, e) &&
		  (one = deadlines_find(&d, id, e)) != NULL &&
		  berlin_parse(start, BERLIN_LATEST, book_now_ms(&book), &in, e);

	if (ok && in.guessed && in.utc_ms > book_now_ms(&book))
		in.utc_ms = in.second_ms = book_now_ms(&book);
	ok = ok && deadline_due(one, in.utc_ms, &due_ms, e);
	if (ok && in.utc_ms != in.second_ms)
		fprintf(stderr, "handbook: %s\n", _(BERLIN_TWICE));
	if (ok)
		(as_json ? print_json : print_words)(one, in.utc_ms, due_ms);
	deadlines_release(&d);
	book_close(&book);
	return ok;
}

int handbook_due(int argc, char **argv)
{
	struct error e = { 0 };
	const char *start = NULL;
	bool as_json = false;
	const struct cli_option options[] = {
		{ "start", CLI_TEXT, &start, "TIME", N_("when it starts: 23.10.2026 17:30"), 0, 0 },
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON object"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook", "due",
		"DEADLINE", N_("When a deadline ends that starts at a time; nothing is recorded."),
		options,    1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (!start)
		error_set(&e, ERROR_USAGE,
			  _("say when it starts: handbook due %s --start \"23.10.2026 17:30\""),
			  argv[0]);
	else
		due(argv[0], start, as_json, &e);
	return e.kind ? report("handbook", &e) : 0;
}
