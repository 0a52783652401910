/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook log` and `handbook journal`: write an entry, read them all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handbook/desk.h"
#include "handbook/handbook.h"
#include "handbook/log.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/berlin.h"

static void print_row(const struct log_row *r, struct book *b, int64_t now_ms)
{
	struct text line = { 0 };
	char *masked;

	log_add_time(r, now_ms, &line);
	text_add(&line, "  ");
	log_add_words(r, b, &line);
	if (*log_get(r, "author"))
		text_addf(&line, " (%s)", log_get(r, "author"));
	/* One line each: what has several is shown whole by its page. */
	for (size_t i = 0; i < line.len; i++)
		line.s[i] = line.s[i] == '\n' ? ' ' : line.s[i];
	masked = mem_alloc(3 * line.len + 1);
	printf("%s\n", text_mask(masked, 3 * line.len + 1, text_end(&line)));
	free(masked);
	text_release(&line);
}

static bool list(struct desk *d, const char *kind, size_t limit, bool as_json, struct error *e)
{
	struct log l = { 0 };
	struct json j = json_to(stdout);
	bool ok = log_load(&l, &d->view, kind, limit, e);

	if (ok && as_json)
		json_array(&j, NULL);
	for (size_t i = 0; ok && i < l.count; i++) {
		if (as_json)
			log_row_json(&l.rows[i], &j);
		else
			print_row(&l.rows[i], &d->book, book_now_ms(&d->book));
	}
	if (ok && as_json)
		json_end(&j);
	else if (ok && !l.count)
		printf("%s\n", _("The journal is empty."));
	log_release(&l);
	return ok;
}

/* What could not be believed is said, and the rest shown. */
static bool warn_faults(struct desk *d, struct error *e)
{
	struct db_statement *q = db_prepare(d->view.db, "SELECT file, text FROM fault", e);
	bool row = true, ok = q != NULL;

	while (ok && (ok = db_step(q, &row, e)) && row) {
		char masked[1024];

		fprintf(stderr, "handbook: %s\n", text_mask(masked, sizeof(masked), db_text(q, 1)));
	}
	db_finish(q);
	return ok;
}

int handbook_journal(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct desk d = DESK_NONE;
	const char *kind = NULL;
	bool as_json = false;
	uint64_t limit = 200;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON array"), 0, 0 },
		{ "limit", CLI_NUMBER, &limit, "N", N_("at most so many entries (200)"), 1,
		  1000000 },
		{ "kind", CLI_TEXT, &kind, "KIND",
		  N_("only these: entry, call, step, deadline, system, handover ..."), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"journal",
		"",
		N_("What was done, said and decided, the newest first. What people wrote is sealed:\n"
		   "unlock to read it."),
		options,
		0,
		0,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (desk_open_with(&d, &unlock, &e) && warn_faults(&d, &e))
		(void)list(&d, kind, (size_t)limit, as_json, &e);
	desk_close(&d);
	return e.kind ? report("handbook", &e) : 0;
}

/* What the command line says of an entry, before it is understood. */
struct typed {
	const char *type, *event, *due;
	const char *order, *state; /* not an entry: an order's new state */
	struct log_entry entry;
	bool dry;
};

static bool make_event(struct typed *t, int64_t now_ms, struct message *m, struct error *e)
{
	char words[BERLIN_WORDS];
	bool guessed = false;

	t->entry.type = log_type_parse(t->type);
	if (t->entry.type == LOG_TYPES)
		return error_set(e, ERROR_USAGE,
				 _("'%s' is no type of entry; there are report, decision, order, "
				   "measure, observation and note"),
				 t->type);
	if ((t->event && !log_event_parse(t->event, now_ms, &t->entry.event_ms, &guessed, e)) ||
	    (t->due && !log_due_parse(t->due, now_ms, &t->entry.due_ms, e)))
		return false;
	if (guessed)
		fprintf(stderr, _("handbook: the day was not typed in full; %s was taken\n"),
			berlin_words(words, t->entry.event_ms));
	return log_entry_event(&t->entry, m, e);
}

static bool write_entry(struct typed *t, struct error *e)
{
	struct desk d = DESK_NONE;
	struct message m = { 0 };
	bool ok = desk_open(&d, e);

	if (ok && t->order) {
		ok = log_is_order(&d.view, t->order, e);
		log_order_event(t->order, t->state, t->entry.author, &m);
	} else if (ok) {
		ok = make_event(t, book_now_ms(&d.book), &m, e);
	}
	ok = ok && (t->dry || desk_record(&d, &m, e));
	explicit_bzero(&m, sizeof(m));
	desk_close(&d);
	return ok;
}

int handbook_log(int argc, char **argv)
{
	struct error e = { 0 };
	struct typed t = { .type = "note", .state = "done", .entry = LOG_ENTRY };
	const struct cli_option options[] = {
		{ "type", CLI_TEXT, &t.type, "T",
		  N_("report, decision, order, measure, observation, note (note)"), 0, 0 },
		{ "reason", CLI_TEXT, &t.entry.reason, "TEXT", N_("why; a decision needs it"), 0,
		  0 },
		{ "alternatives", CLI_TEXT, &t.entry.alternatives, "TEXT",
		  N_("what else was thought of"), 0, 0 },
		{ "author", CLI_TEXT, &t.entry.author, "NAME", N_("who says so"), 0, 0 },
		{ "to", CLI_TEXT, &t.entry.addressee, "NAME", N_("whom it is for"), 0, 0 },
		{ "due", CLI_TEXT, &t.due, "TIME", N_("by when: 17:00, 26.11.2026 12:00"), 0, 0 },
		{ "event", CLI_TEXT, &t.event, "TIME", N_("when it happened, if not just now"), 0,
		  0 },
		{ "paper", CLI_FLAG, &t.entry.paper, NULL, N_("it was on paper first"), 0, 0 },
		{ "corrects", CLI_TEXT, &t.entry.corrects, "REF",
		  N_("stands beside this entry, which stays: BOOT:SEQUENCE"), 0, 0 },
		{ "order", CLI_TEXT, &t.order, "REF",
		  N_("no entry, but this order has a new state"), 0, 0 },
		{ "state", CLI_TEXT, &t.state, "S", N_("of the order: done, cancelled, open"), 0,
		  0 },
		{ "n", CLI_FLAG, &t.dry, NULL, N_("check only, write nothing"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"log",
		"TEXT...",
		N_("Write into the journal. Nothing can be changed or removed afterwards: a\n"
		   "correction is an entry of its own."),
		options,
		0,
		SIZE_MAX,
	};
	struct text words = { 0 };

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	for (int i = 0; i < argc; i++)
		text_addf(&words, "%s%s", i ? " " : "", argv[i]);
	t.entry.text = text_end(&words);
	if (t.order && argc)
		error_set(&e, ERROR_USAGE,
			  _("with --order there are no words: write them as an entry of their own, "
			    "with --corrects if they belong to the order"));
	else
		(void)write_entry(&t, &e);
	text_release(&words);
	return e.kind ? report("handbook", &e) : 0;
}
