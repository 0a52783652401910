/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal row by row, with the words that people use. */
#include <stdio.h>
#include <string.h>

#include "journal/export.h"
#include "lib/base/language.h"

const char *export_word(const char *name)
{
	static const char *const words[][2] = {
		{ "boot", N_("journal begun") },
		{ "stick", N_("stick tied to the journal") },
		{ "merge", N_("journal merged") },
		{ "clock", N_("time confirmed") },
		{ "entry", N_("entry") },
		{ "order", N_("order") },
		{ "step", N_("step") },
		{ "system", N_("system") },
		{ "chain", N_("call chain") },
		{ "call", N_("call") },
		{ "deadline", N_("deadline") },
		{ "incident", N_("incident") },
		{ "access", N_("access") },
		{ "export", N_("handed out") },
		{ "handover", N_("hand-over") },
		{ "device", N_("device") },
		{ "receipt", N_("receipt") },
		{ "counter", N_("counter") },
		{ "type", N_("type") },
		{ "text", N_("text") },
		{ "reason", N_("reason") },
		{ "alternatives", N_("alternatives") },
		{ "author", N_("author") },
		{ "addressee", N_("to") },
		{ "event", N_("happened at") },
		{ "due", N_("due") },
		{ "paper", N_("typed in from paper") },
		{ "corrects", N_("corrects") },
		{ "state", N_("state") },
		{ "plan", N_("plan") },
		{ "nr", N_("number") },
		{ "result", N_("result") },
		{ "whom", N_("whom") },
		{ "source", N_("source") },
		{ "time", N_("time") },
		{ "start", N_("start") },
		{ "ref", N_("concerns") },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], name) == 0)
			return _(words[i][1]);
	return name;
}

/* Moments are shown as such. */
static bool is_moment(const char *key)
{
	return strcmp(key, "time") == 0 || strcmp(key, "event") == 0 || strcmp(key, "due") == 0 ||
	       strcmp(key, "start") == 0;
}

static bool add_content(struct text *out, struct db_statement *fields, int64_t id, struct error *e)
{
	char moment[MOMENT_TEXT];
	bool row, ok;

	text_clear(out);
	db_bind_number(fields, 1, id);
	while ((ok = db_step(fields, &row, e)) && row) {
		const char *key = db_text(fields, 0), *value = db_text(fields, 1);

		if (is_moment(key))
			value = reading_moment(moment, db_number(fields, 1));
		text_addf(out, "%s%s: %s", out->len ? "\n" : "", export_word(key), value);
	}
	return ok;
}

bool export_each(struct view *v,
		 bool (*take)(void *with, const struct export_row *row, struct error *e),
		 void *with, struct error *e)
{
	struct db_statement *s =
		db_prepare(v->db,
			   "SELECT id, boot, seq, kind, time, clock, locked, written FROM event"
			   " ORDER BY rank, boot, seq",
			   e);
	/* What it says first, then the rest. */
	struct db_statement *fields =
		s ? db_prepare(
			    v->db,
			    "SELECT key, value FROM field WHERE event = ?"
			    " ORDER BY key = 'text' DESC, key = 'reason' DESC, key = 'state' DESC, key",
			    e)
		  : NULL;
	struct text content = { 0 };
	bool row = false, ok = fields != NULL;

	while (ok && (ok = db_step(s, &row, e)) && row) {
		ok = add_content(&content, fields, db_number(s, 0), e);
		db_bind_number(fields, 1, db_number(s, 0));
		struct export_row event = {
			.boot = db_text(s, 1),
			.sequence = db_number(s, 2),
			.kind = db_text(s, 3),
			.time_ms = db_number(s, 4),
			.clock = db_text(s, 5),
			.locked = db_number(s, 6) != 0,
			.written_ms = db_number(s, 7),
			.content = text_end(&content),
			.fields = fields,
		};
		ok = ok && take(with, &event, e);
	}
	if (content.len)
		explicit_bzero(content.s, content.len);
	text_release(&content);
	db_finish(fields);
	db_finish(s);
	return ok;
}
