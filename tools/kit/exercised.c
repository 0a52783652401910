/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `kit exercised`: note in the plans of a source when they were last exercised. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kit/kit.h"
#include "kit/source.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/text.h"
#include "lib/base/wholefile.h"
#include "lib/data/date.h"

/* The line of a plan's facts that holds one of the keys, as offsets into its bytes. Only
 * this line changes: encoding, line ends and the author's words stay as they are. */
struct fact {
	size_t begin, end; /* of the line, without its end */
	size_t close;      /* where the line --- begins that closes the facts */
	bool found;
};

static bool is_key(const char *line)
{
	const struct layout *l = layout_of(PLANS);
	size_t len = strcspn(line, ":\r\n");
	char *key;
	bool found;

	if (line[len] != ':')
		return false;
	key = mem_string_n(line, len);
	found = layout_header(l, key) == (int)layout_column(l, "last_exercised");
	free(key);
	return found;
}

static bool find_fact(const struct text *t, struct fact *f)
{
	bool inside = false;

	for (size_t at = 0; at < t->len;) {
		size_t n = strcspn(t->s + at, "\r\n");
		bool rule = n == 3 && memcmp(t->s + at, "---", 3) == 0;

		if (rule && inside) {
			f->close = at;
			return true;
		}
		if (rule || (at == 0 && n == 6 && memcmp(t->s, "\xef\xbb\xbf---", 6) == 0))
			inside = true;
		if (inside && is_key(t->s + at)) {
			f->found = true;
			f->begin = at;
			f->end = at + n;
		}
		at += n;
		at += t->s[at] == '\r' && t->s[at + 1] == '\n' ? 2 : t->s[at] != '\0';
	}
	return false;
}

static void set_fact(const struct text *t, const struct fact *f, const char *date, struct text *out)
{
	const char *eol = strstr(t->s, "\r\n") ? "\r\n" : strchr(t->s, '\n') ? "\n" : "\r";

	if (f->found) {
		size_t key = strcspn(t->s + f->begin, ":") + 1;

		text_add_n(out, t->s, f->begin + key);
		text_addf(out, " %s", date);
		text_add_n(out, t->s + f->end, t->len - f->end);
	} else {
		text_add_n(out, t->s, f->close);
		text_addf(out, "last_exercised: %s%s", date, eol);
		text_add_n(out, t->s + f->close, t->len - f->close);
	}
}

static const struct record *find_plan(const struct source *s, const char *id)
{
	const struct table *t = &s->tables[PLANS];

	for (size_t i = 0; i < t->count; i++)
		if (strcmp(table_get(t, &t->records[i], "id"), id) == 0)
			return &t->records[i];
	return NULL;
}

static bool note_plan(const struct source *s, const char *folder, const char *id, const char *date,
		      bool dry_run, struct error *e)
{
	const struct table *t = &s->tables[PLANS];
	const struct record *plan = find_plan(s, id);
	const char *before = table_get(t, plan, "last_exercised");
	char *path = mem_format("%s/%s", folder, plan->file);
	struct text bytes = { 0 }, changed = { 0 };
	struct fact f = { 0 };
	bool ok = wholefile_read(AT_FDCWD, path, O_NOFOLLOW, SOURCE_FILE_MAX, &bytes, e);

	if (ok && !find_fact(&bytes, &f))
		ok = error_set(e, ERROR_UNTRUSTED,
			       _("%s: its facts between two lines --- were not "
				 "found"),
			       path);
	/* Written in a way that only the reader of plans understands: leave it to people. */
	if (ok && !f.found && *before)
		ok = error_set(e, ERROR_FAILED,
			       _("%s: the line with the last exercise was not found; call it "
				 "last_exercised"),
			       path);
	if (ok && strcmp(before, date) > 0) {
		printf(_("%s: was exercised later, on %s; left as it is\n"), id, before);
	} else if (ok) {
		set_fact(&bytes, &f, date, &changed);
		ok = dry_run || newfile_whole(path, changed.s, changed.len, e);
		if (ok)
			printf(_("%s: last exercised on %s (before: %s)\n"), id, date,
			       *before ? before : _("never"));
	}
	text_release(&bytes);
	text_release(&changed);
	free(path);
	return ok;
}

static bool note_all(char **ids, size_t count, const char *folder, const char *date, bool dry_run,
		     struct error *e)
{
	struct source s;
	bool ok;

	source_init(&s);
	ok = source_load(&s, folder, e);
	/* All or nothing: first see that every plan is there. */
	for (size_t i = 0; ok && i < count; i++)
		if (!find_plan(&s, ids[i]))
			ok = error_set(e, ERROR_USAGE, _("there is no plan '%s' in %s"), ids[i],
				       folder);
	for (size_t i = 0; ok && i < count; i++)
		ok = note_plan(&s, folder, ids[i], date, dry_run, e);
	source_release(&s);
	return ok;
}

int kit_exercised(int argc, char **argv)
{
	struct error e = { 0 };
	const char *date = NULL;
	char day[DATE_TEXT];
	bool dry_run = false;
	time_t now = time(NULL);
	struct tm tm;
	const struct cli_option options[] = {
		{ "date", CLI_TEXT, &date, "DATE", N_("the day of the exercise (today)"), 0, 0 },
		{ "n", CLI_FLAG, &dry_run, NULL, N_("say what would be done, write nothing"), 0,
		  0 },
		{ 0 },
	};
	const struct cli_usage usage = {
		"kit",
		"exercised",
		"SOURCE PLAN...",
		N_("After an exercise: write its day into the plans that were exercised. A later "
		   "day that stands there already is kept."),
		options,
		2,
		SIZE_MAX,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("kit", &e);
	if (date) {
		if (!date_canonical(date, false, day))
			error_set(&e, ERROR_USAGE,
				  _("'%s' is not a date; write it like 2026-11-01"), date);
	} else if (!localtime_r(&now, &tm) || !strftime(day, sizeof(day), "%Y-%m-%d", &tm)) {
		error_set(&e, ERROR_FAILED, _("the clock gives no date; name it with --date"));
	}
	if (e.kind || !note_all(argv + 1, (size_t)argc - 1, argv[0], day, dry_run, &e))
		return report("kit", &e);
	return 0;
}
