/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit check`: everything in a source that will fail when it is needed. */
#include <stdio.h>
#include <time.h>

#include "kit/check.h"
#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/json.h"

static void this_day(char out[DATE_TEXT])
{
	time_t now = time(NULL);
	struct tm tm;

	if (!localtime_r(&now, &tm) || !strftime(out, DATE_TEXT, "%Y-%m-%d", &tm))
		snprintf(out, DATE_TEXT, "1970-01-01");
}

/* For scripts: the same in the same order. */
static void print_json(struct findings *f, const char *folder, const char *today)
{
	struct json j = json_to(stdout);

	findings_sort(f);
	json_object(&j, NULL);
	json_string(&j, "folder", folder);
	json_string(&j, "today", today);
	json_number(&j, "errors", f->faults);
	json_number(&j, "warnings", f->warnings);
	json_array(&j, "findings");
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *x = &f->items[i];

		json_object(&j, NULL);
		json_string(&j, "rule", *x->rule ? x->rule : "source");
		json_string(&j, "severity", x->severity == FAULT ? "error" : "warning");
		json_string(&j, "file", x->file);
		json_number(&j, "line", x->line);
		json_string(&j, "text", x->text);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static bool check(const char *folder, const char *today, bool json, bool no_warnings,
		  struct error *e)
{
	struct source s;
	bool ok;

	source_init(&s);
	ok = source_load(&s, folder, e);
	if (ok) {
		check_all(&s, today);
		if (no_warnings)
			findings_drop_warnings(&s.findings, 0);
		if (json)
			print_json(&s.findings, folder, today);
		else
			findings_print(&s.findings, folder, stdout);
		if (!json)
			printf(_("%s: errors: %zu, warnings: %zu\n"), folder, s.findings.faults,
			       s.findings.warnings);
		if (s.findings.count) /* said above, in full */
			e->kind = ERROR_FINDINGS;
	}
	source_release(&s);
	return ok;
}

int kit_check(int argc, char **argv)
{
	struct error e = { 0 };
	const char *day = NULL;
	bool json = false, no_warnings = false;
	char today[DATE_TEXT];
	const struct cli_option options[] = {
		{ "json", CLI_FLAG, &json, NULL, N_("print for scripts (RFC 8259)"), 0, 0 },
		{ "today", CLI_TEXT, &day, "DATE",
		  N_("judge ages as of this day, 2026-11-24; otherwise of today"), 0, 0 },
		{ "no-warnings", CLI_FLAG, &no_warnings, NULL, N_("only errors"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"check",
		"SOURCE",
		N_("Say what in a source folder will fail when it is needed: with file, line\n"
		   "and what to do. Status 0 if nothing was found, 4 if something was."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	this_day(today);
	if (day && !date_canonical(day, false, today)) {
		error_set(&e, ERROR_USAGE,
			  _("--today: '%s' is not a date; write it like 2026-11-24"), day);
		return report("kit", &e);
	}
	if (!check(argv[0], today, json, no_warnings, &e))
		return report("kit", &e);
	return (int)e.kind;
}
