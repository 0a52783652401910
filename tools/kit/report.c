/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kit report: the council's questions answered on one page, without personal data. */
#include "kit/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kit/kit.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/data/date.h"

struct report_options {
	const char *output, *today;
	bool json;
};

/* The day on which ages are judged. */
static bool set_today(struct report *r, const char *given, struct error *e)
{
	char date[DATE_TEXT];
	time_t now = time(NULL);
	struct tm t;

	if (given && !date_canonical(given, false, date))
		return error_set(e, ERROR_USAGE,
				 _("--today: '%s' is not a date; write it like 2026-11-24"), given);
	if (!given && (!localtime_r(&now, &t) || !strftime(date, sizeof(date), "%Y-%m-%d", &t)))
		return error_set(e, ERROR_FAILED, _("this PC has no date; name it with --today"));
	snprintf(r->today, sizeof(r->today), "%.10s", date);
	if (!date_parse(r->today, &r->day))
		return error_set(e, ERROR_FAILED,
				 _("this PC's date, %s, cannot be right; name it with --today"),
				 r->today);
	return true;
}

static bool write_pdf(const struct report *r, const char *path, struct error *e)
{
	const struct print *pr = r->pr;
	const struct conf *c = &pr->s->conf;
	const struct paper_frame frame = {
		.title = c->organisation,
		.author = c->publisher,
		.date = c->data_date,
		.footer = print_format(pr, _("%s \u00b7 kit %s, version %s \u00b7 data of %s"),
				       c->organisation, c->kit_id, c->version,
				       print_date(pr, c->data_date)),
		.mark = strcmp(c->exercise, "yes") == 0 ? _("EXERCISE: none of this is real") : "",
		.one_page = true,
	};

	return paper_write(&frame, report_paper, r, path, e);
}

static bool write_report(struct report *r, const struct report_options *o, struct error *e)
{
	bool ok = true;

	report_make(r);
	if (o->output)
		ok = write_pdf(r, o->output, e);
	if (o->json)
		report_json(r, stdout);
	else if (!o->output)
		report_text(r, stdout);
	report_release(r);
	return ok;
}

static bool make(const char *folder, const struct report_options *o, struct error *e)
{
	struct arena memory = { 0 };
	struct source s;
	const struct print pr = { .s = &s, .memory = &memory, .tier = '0', .part = '0' };
	struct report r = { .pr = &pr };
	char *before = mem_string(language_code());
	bool ok;

	source_init(&s);
	ok = set_today(&r, o->today, e) && source_load(&s, folder, e);
	if (ok && s.findings.faults) {
		findings_print(&s.findings, folder, stderr);
		ok = findings_refuse(&s.findings, folder, e);
	}
	if (ok) {
		language_set(s.conf.language);
		ok = write_report(&r, o, e);
		language_set(before);
	}
	free(before);
	source_release(&s);
	arena_release(&memory);
	return ok;
}

int kit_report(int argc, char **argv)
{
	struct error e = { 0 };
	struct report_options o = { 0 };
	const struct cli_option options[] = {
		{ "o", CLI_TEXT, &o.output, "FILE", N_("write a PDF of one page here"), 0, 0 },
		{ "output", CLI_TEXT, &o.output, "FILE", N_("the same"), 0, 0 },
		{ "today", CLI_TEXT, &o.today, "DATE",
		  N_("judge ages as of this day, 2026-11-24; otherwise of today"), 0, 0 },
		{ "json", CLI_FLAG, &o.json, NULL, N_("for programs"), 0, 0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"report",
		"SOURCE",
		N_("How well prepared an organisation is, in counts and dates, on one page. It\n"
		   "names no person, no number and no system: it may be made public."),
		options,
		1,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e) || !make(argv[0], &o, &e))
		return report("kit", &e);
	return 0;
}
