/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the report to the council says about systems, backup, devices, sticks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/report.h"
#include "lib/base/language.h"

#define FRESH_DAYS 180
#define YEAR_DAYS 365

static void add_systems(struct report *r)
{
	const struct table *t = &r->pr->s->tables[SYSTEMS];
	struct report_section *s = report_begin(r, "systems", _("Systems"));
	size_t own = 0, ended = 0, soon = 0, unknown = 0;
	const char *earliest = "";

	for (size_t i = 0; i < t->count; i++) {
		const char *end = table_get(t, &t->records[i], "support_end");
		bool self = table_yes(t, &t->records[i], "self_operated");
		int64_t days;

		own += self;
		if (!report_age(r, end, &days)) {
			unknown += self;
			continue;
		}
		ended += days > 0;
		soon += days <= 0 && days >= -YEAR_DAYS;
		if (days > 0 && (!*earliest || strcmp(end, earliest) < 0))
			earliest = end;
	}
	report_count(r, s, "self_operated", _("Operated by ourselves"), own, t->count,
		     t->count ? print_format(r->pr, "%zu %%", own * 100 / t->count) : "");
	report_count(r, s, "unsupported", _("Out of support"), ended, t->count,
		     *earliest ? print_format(r->pr, _("the first since %s"),
					      print_date(r->pr, earliest))
			       : "");
	report_count(r, s, "support_ends", _("Support ends within a year"), soon, t->count,
		     unknown ? print_format(r->pr, _("own ones without a date: %zu"), unknown)
			     : "");
}

static void add_backup(struct report *r)
{
	const struct table *t = &r->pr->s->tables[QUESTIONS];
	struct report_section *s = report_begin(r, "backup", _("Backup"));
	size_t asked = 0, answered = 0, all = 0, all_answered = 0;
	const char *latest = "";

	for (size_t i = 0; i < t->count; i++) {
		const struct record *q = &t->records[i];
		bool answer = *table_get(t, q, "answer");

		all++;
		all_answered += answer;
		if (strcmp(table_get(t, q, "topic"), "backup") != 0)
			continue;
		asked++;
		answered += answer;
		if (strcmp(table_get(t, q, "checked_on"), latest) > 0)
			latest = table_get(t, q, "checked_on");
	}
	report_count(r, s, "answered", _("Questions on backup answered"), answered, asked,
		     print_format(r->pr, _("open: %zu%s%s"), asked - answered,
				  *latest ? _(", checked on ") : "",
				  *latest ? print_date(r->pr, latest) : ""));
	if (all > asked)
		report_count(r, s, "all_answered", _("All questions answered"), all_answered, all,
			     "");
}

static void add_models(struct report *r)
{
	static const struct {
		const char *word, *label;
	} states[] = {
		{ "ready", N_("PCs ready to be rebuilt") },
		{ "partly", N_("PCs ready with extra work") },
		{ "not_ready", N_("PCs not to be rebuilt by stick") },
		{ "", N_("PCs of models not surveyed") },
	};
	const struct table *t = &r->pr->s->tables[MODELS];
	struct report_section *s;
	size_t total = 0;

	if (!t->count)
		return;
	s = report_begin(r, "models", _("PC models"));
	for (size_t i = 0; i < t->count; i++)
		total += strtoul(table_get(t, &t->records[i], "count"), NULL, 10);
	for (size_t k = 0; k < sizeof(states) / sizeof(states[0]); k++) {
		size_t pcs = 0, models = 0;

		for (size_t i = 0; i < t->count; i++) {
			if (strcmp(table_get(t, &t->records[i], "readiness"), states[k].word) != 0)
				continue;
			pcs += strtoul(table_get(t, &t->records[i], "count"), NULL, 10);
			models++;
		}
		if (models)
			report_count(r, s, *states[k].word ? states[k].word : "not_surveyed",
				     _(states[k].label), pcs, total,
				     print_format(r->pr, _("models: %zu"), models));
	}
}

static void add_issued(struct report *r)
{
	static const struct {
		const char *type, *label;
	} types[] = {
		{ "stick", N_("Sticks issued") },
		{ "folder", N_("Folders issued") },
		{ "envelope", N_("Envelopes issued") },
	};
	const struct table *t = &r->pr->s->tables[ISSUED];
	struct report_section *s = report_begin(r, "issued", _("Sticks, folders"));
	unsigned long version = strtoul(r->pr->s->conf.version, NULL, 10);
	size_t active = 0, overdue = 0, lost = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct record *x = &t->records[i];
		const char *status = table_get(t, x, "status");
		int64_t days;

		lost += strcmp(status, "lost") == 0;
		if (*status && strcmp(status, "active") != 0)
			continue;
		active++;
		overdue += strtoul(table_get(t, x, "kit_version"), NULL, 10) < version ||
			   !report_age(r, table_get(t, x, "reported_on"), &days) ||
			   days > FRESH_DAYS;
	}
	for (size_t k = 0; k < sizeof(types) / sizeof(types[0]); k++) {
		size_t n = 0;

		for (size_t i = 0; i < t->count; i++) {
			const char *status = table_get(t, &t->records[i], "status");

			n += strcmp(table_get(t, &t->records[i], "type"), types[k].type) == 0 &&
			     (!*status || strcmp(status, "active") == 0);
		}
		report_count(r, s, types[k].type, _(types[k].label), n, REPORT_NONE, "");
	}
	report_count(r, s, "overdue", _("Older version, or not reported"), overdue, active,
		     lost ? print_format(r->pr, _("lost: %zu"), lost) : "");
}

static void add_deadlines(struct report *r)
{
	const struct table *t = &r->pr->s->tables[DEADLINES];
	struct report_section *s = report_begin(r, "deadlines", _("Deadlines"));
	const char *oldest = "";
	size_t fresh = 0;

	for (size_t i = 0; i < t->count; i++) {
		const char *on = table_get(t, &t->records[i], "checked_on");
		int64_t days;

		fresh += report_age(r, on, &days) && days <= YEAR_DAYS;
		if (!*oldest || (*on && strcmp(on, oldest) < 0))
			oldest = on;
	}
	report_count(r, s, "checked", _("Legal text checked within a year"), fresh, t->count,
		     *oldest ? print_format(r->pr, _("oldest of %s"), print_date(r->pr, oldest))
			     : "");
}

void report_technical(struct report *r)
{
	add_systems(r);
	add_backup(r);
	add_models(r);
	add_issued(r);
	add_deadlines(r);
}
