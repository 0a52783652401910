/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal as CSV and as JSON lines. */
#include <stdio.h>
#include <string.h>

#include "journal/export.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

/* A quoted cell. What a spreadsheet would take for a formula begins with an apostrophe. */
static void add_cell(struct text *out, const char *value, const char *end)
{
	text_add(out, "\"");
	if (*value && strchr("=+-@\t\r", *value))
		text_add(out, "'");
	for (const char *s = value; *s; s++) {
		if (*s == '"')
			text_add(out, "\"");
		text_add_n(out, s, 1);
	}
	text_addf(out, "\"%s", end);
}

static bool add_row(void *with, const struct export_row *row, struct error *e)
{
	char moment[MOMENT_TEXT], id[64];
	struct text *out = with;

	(void)e;
	snprintf(id, sizeof(id), "%s:%lld", row->boot, (long long)row->sequence);
	add_cell(out, reading_moment(moment, row->time_ms), ";");
	add_cell(out, reading_clock(row->clock), ";");
	add_cell(out, id, ";");
	add_cell(out, export_word(row->kind), ";");
	add_cell(out, row->locked ? _("locked") : "", ";");
	add_cell(out, row->content, "\r\n");
	return true;
}

bool export_csv(struct view *v, struct text *out, struct error *e)
{
	/* The mark at the beginning tells spreadsheets that it is UTF-8. */
	text_add(out, "\xef\xbb\xbf");
	add_cell(out, _("Time"), ";");
	add_cell(out, _("Clock"), ";");
	add_cell(out, _("Record"), ";");
	add_cell(out, _("Kind"), ";");
	add_cell(out, _("Locked"), ";");
	add_cell(out, _("What"), "\r\n");
	return export_each(v, add_row, out, e);
}

static bool add_line(void *with, const struct export_row *row, struct error *e)
{
	struct json j = json_to(with);
	bool more, ok;

	json_object(&j, NULL);
	json_string(&j, "boot", row->boot);
	json_number(&j, "sequence", (uint64_t)row->sequence);
	json_string(&j, "kind", row->kind);
	json_number(&j, "time_ms", (uint64_t)row->time_ms);
	json_string(&j, "clock", row->clock);
	json_number(&j, "written_ms", (uint64_t)row->written_ms);
	json_bool(&j, "locked", row->locked);
	json_object(&j, "fields");
	while ((ok = db_step(row->fields, &more, e)) && more)
		json_string(&j, db_text(row->fields, 0), db_text(row->fields, 1));
	json_end(&j);
	json_end(&j);
	return ok;
}

bool export_jsonl(struct view *v, FILE *out, struct error *e)
{
	return export_each(v, add_line, out, e);
}
