/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal list`: all events in order. */
#include <stdio.h>

#include "journal/journal.h"
#include "journal/reading.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/data/json.h"
#include "lib/data/message.h"

/* All readable keys of an event, in the table's order. */
static bool show_fields(struct db_statement *fields, int64_t id, struct json *j, struct error *e)
{
	char masked[MESSAGE_MAX];
	bool row, ok;

	db_bind_number(fields, 1, id);
	while ((ok = db_step(fields, &row, e)) && row) {
		if (j)
			json_string(j, db_text(fields, 0), db_text(fields, 1));
		else
			printf("  %s=%s", db_text(fields, 0),
			       text_mask(masked, sizeof(masked), db_text(fields, 1)));
	}
	return ok;
}

static bool show_line(struct db_statement *s, struct db_statement *fields, struct error *e)
{
	char moment[MOMENT_TEXT], id[SHORT_ID];

	printf("%s (%s)  %s  %s", reading_moment(moment, db_number(s, 4)),
	       reading_clock(db_text(s, 5)), reading_id(id, db_text(s, 1), db_number(s, 2)),
	       db_text(s, 3));
	if (!show_fields(fields, db_number(s, 0), NULL, e))
		return false;
	if (db_number(s, 6))
		printf("  [%s]", _("locked"));
	puts("");
	return true;
}

static bool show_json(struct db_statement *s, struct db_statement *fields, struct json *j,
		      struct error *e)
{
	bool ok;

	json_object(j, NULL);
	json_string(j, "boot", db_text(s, 1));
	json_number(j, "sequence", (uint64_t)db_number(s, 2));
	json_string(j, "kind", db_text(s, 3));
	json_number(j, "time_ms", (uint64_t)db_number(s, 4));
	json_string(j, "clock", db_text(s, 5));
	json_number(j, "written_ms", (uint64_t)db_number(s, 7));
	json_bool(j, "locked", db_number(s, 6) != 0);
	json_bool(j, "live", db_number(s, 8) != 0);
	json_object(j, "fields");
	ok = show_fields(fields, db_number(s, 0), j, e);
	json_end(j);
	json_end(j);
	return ok;
}

static bool show_all(struct view *v, const char *kind, bool as_json, struct error *e)
{
	struct db_statement *s = db_prepare(
		v->db,
		"SELECT id, boot, seq, kind, time, clock, locked, written, live FROM event"
		" WHERE ?1 IS NULL OR kind = ?1 ORDER BY rank, boot, seq",
		e);
	struct db_statement *fields =
		s ? db_prepare(v->db, "SELECT key, value FROM field WHERE event = ? ORDER BY key",
			       e)
		  : NULL;
	struct json j = json_to(stdout);
	bool ok = fields != NULL, row = false;

	if (ok && as_json)
		json_array(&j, NULL);
	if (ok)
		db_bind_text(s, 1, kind);
	while (ok && (ok = db_step(s, &row, e)) && row)
		ok = as_json ? show_json(s, fields, &j, e) : show_line(s, fields, e);
	if (ok && as_json)
		json_end(&j);
	db_finish(fields);
	db_finish(s);
	return ok;
}

int journal_list(int argc, char **argv)
{
	struct error e = { 0 };
	struct reading r = { 0 };
	const char *kind = NULL;
	bool as_json = false, ok;
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &as_json, NULL, N_("print a JSON array"), 0, 0 },
		{ "kind", CLI_TEXT, &kind, "K", N_("only events of this kind"), 0, 0 },
		READING_OPTIONS(&r),
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"list",
		"[FOLDER]",
		N_("List all events of the journal, or of a folder of chains, in the order in\n"
		   "which they happened."),
		options,
		0,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("journal", &e);
	r.folder = argc ? argv[0] : NULL;
	ok = reading_open(&r, &e) && show_all(&r.view, kind, as_json, &e) && reading_faults(&r, &e);
	if (ok && r.view.faults)
		e.kind = ERROR_UNTRUSTED; /* shown is what is good; the rest was named */
	reading_close(&r);
	return ok ? (int)e.kind : report("journal", &e);
}
