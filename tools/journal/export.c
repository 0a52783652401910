/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `journal export`: the journal for other programs and for paper. */
#include "journal/export.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "journal/journal.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"

enum form { FORM_NONE, FORM_PDF, FORM_CSV, FORM_JSONL };

static enum form form_named(const char *name)
{
	static const char *const names[] = { "", "pdf", "csv", "jsonl" };

	for (size_t i = 1; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return (enum form)i;
	return FORM_NONE;
}

/* Text forms, all of it in memory first: the file appears whole. */
static bool write_text(struct view *v, enum form form, const char *path, struct error *e)
{
	struct text out = { 0 };
	char *bytes = NULL;
	size_t len = 0;
	bool ok;

	if (form == FORM_CSV) {
		ok = export_csv(v, &out, e) && newfile_whole(path, out.s, out.len, e);
	} else {
		FILE *f = open_memstream(&bytes, &len);

		ok = f ? export_jsonl(v, f, e) : error_errno(e, _("cannot write %s"), path);
		if (f && fclose(f) != 0 && ok)
			ok = error_errno(e, _("cannot write %s"), path);
		ok = ok && newfile_whole(path, bytes, len, e);
		if (bytes)
			explicit_bzero(bytes, len);
		free(bytes);
	}
	if (out.len)
		explicit_bzero(out.s, out.len);
	text_release(&out);
	return ok;
}

static bool export(struct reading *r, enum form form, const char *path, bool only_look,
		   struct error *e)
{
	if (!reading_open(r, e) || !reading_faults(r, e))
		return false;
	if (only_look) {
		printf(_("would write %llu events, %llu of them locked, to %s\n"),
		       (unsigned long long)r->view.events, (unsigned long long)r->view.locked,
		       path);
		return true;
	}
	umask(0077); /* people's data: for who writes it only */
	if (!(form == FORM_PDF ? export_pdf(&r->view, path, e)
			       : write_text(&r->view, form, path, e)))
		return false;
	if (r->view.faults)
		e->kind = ERROR_UNTRUSTED; /* what is good was written; the rest was named */
	return true;
}

int journal_export(int argc, char **argv)
{
	struct error e = { 0 };
	struct reading r = { 0 };
	const char *form = NULL, *out = NULL;
	bool only_look = false, ok = false;
	const struct cli_option options[] = {
		{ "form", CLI_TEXT, &form, "FORM", N_("pdf, csv or jsonl"), 0, 0 },
		{ "o", CLI_TEXT, &out, "FILE", N_("the file to make"), 0, 0 },
		{ "n", CLI_FLAG, &only_look, NULL, N_("only say what would be done"), 0, 0 },
		READING_OPTIONS(&r),
		{ 0 },
	};
	const struct cli_usage usage = {
		"journal",
		"export",
		"[FOLDER]",
		N_("Write the journal to a file: every event with its time and how that is\n"
		   "known. What is locked is shown as such."),
		options,
		0,
		1,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("journal", &e);
	r.folder = argc ? argv[0] : NULL;
	if (form_named(form) == FORM_NONE)
		error_set(&e, ERROR_USAGE, _("in which form? Give --form pdf, csv or jsonl"));
	else if (!out)
		error_set(&e, ERROR_USAGE, _("where to? Give -o FILE"));
	else
		ok = export(&r, form_named(form), out, only_look, &e);
	reading_close(&r);
	return ok ? (int)e.kind : report("journal", &e);
}
