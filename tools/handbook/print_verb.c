/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook print`: to a file or a network printer. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "handbook/desk.h"
#include "handbook/export.h"
#include "handbook/handbook.h"
#include "handbook/print.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"
#include "lib/base/size.h"
#include "lib/data/printer.h"
#include "lib/ui/progress.h"

#define STEP_MS 200

struct print_options {
	const char *what, *form, *output, *printer;
	uint64_t patience_s;
	bool dry_run;
};

/* Everything that is asked for, checked before anything is made. */
struct target {
	enum document_form form;
	struct printer_address printer;
};

static bool target_of(const struct print_options *o, struct target *t, struct error *e)
{
	if (!document_form_parse(o->form, &t->form))
		return error_set(e, ERROR_USAGE, _("'%s' is no form; use pdf, pcl or text"),
				 o->form);
	if (!o->output == !o->printer)
		return error_set(e, ERROR_USAGE,
				 _("where to? Name a file or a folder with --output, or a printer "
				   "with --printer, not both"));
	if (o->printer && t->form == DOCUMENT_TEXT)
		t->form = DOCUMENT_LETTERS;
	return !o->printer || printer_address_parse(o->printer, &t->printer, e);
}

static bool send_to(const struct document_made *m, const struct print_options *o,
		    const struct target *t, struct error *e)
{
	struct printer_job job = PRINTER_JOB_NONE;
	struct progress progress = progress_begin(_("printing"), m->bytes.len);
	bool ok;

	fprintf(stderr, "%s\n",
		_("handbook: a printer keeps what it prints, and its network may be hostile; a "
		  "cable straight to the printer is better."));
	export_note("print", o->what, t->printer.words);
	ok = printer_begin(&job, &t->printer, m->bytes.s, m->bytes.len,
			   (int64_t)o->patience_s * 1000, e);
	while (ok && job.state != PRINTER_DONE) {
		ok = printer_step(&job, STEP_MS, e);
		progress_at(&progress, job.sent);
	}
	progress_end(&progress);
	printer_end(&job);
	if (!ok)
		fprintf(stderr, "%s\n",
			_("handbook: not printed. --output writes it to a file or a medium "
			  "instead, to be printed elsewhere."));
	return ok;
}

/* A folder gets a name of its own choice; a file must not be there yet. */
static bool save(const struct document_made *m, const struct print_options *o,
		 const struct target *t, struct error *e)
{
	struct newfile f = NEWFILE_NONE;
	char name[PRINT_NAME];
	struct stat st;
	int folder;
	bool ok;

	export_note("file", o->what, o->output);
	if (stat(o->output, &st) == 0 && S_ISDIR(st.st_mode)) {
		folder = open(o->output, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (folder < 0)
			return error_errno(e, _("cannot open the folder %s"), o->output);
		ok = print_into(folder, o->what, t->form, &m->bytes, name, e);
		close(folder);
		if (ok)
			printf("%s/%s\n", o->output, name);
		return ok;
	}
	ok = newfile_create(&f, o->output, e) && newfile_write(&f, m->bytes.s, m->bytes.len, e) &&
	     newfile_commit_new(&f, e);
	newfile_discard(&f);
	if (ok)
		printf("%s\n", o->output);
	return ok;
}

/* What it is and where it goes, on stdout. */
static void print_facts(const struct document_made *m, const struct print_options *o,
			const struct target *t)
{
	char size[40];

	size_words(size, sizeof(size), m->bytes.len);
	printf(m->pages == 1 ? _("%s: %zu page, %s, to %s\n") : _("%s: %zu pages, %s, to %s\n"),
	       o->what, m->pages, size, o->printer ? t->printer.words : o->output);
}

static bool print(struct desk *desk, const struct print_options *o, struct error *e)
{
	const struct print_from from = { &desk->book, &desk->view, &desk->journal };
	struct target t = { 0 };
	struct document *d = NULL;
	struct document_made made = { 0 };
	bool ok = target_of(o, &t, e) && (d = print_document(&from, o->what, e)) &&
		  document_make(d, t.form, &made, e);

	if (ok && (o->dry_run || o->printer))
		print_facts(&made, o, &t);
	if (ok && !o->dry_run)
		ok = o->printer ? send_to(&made, o, &t, e) : save(&made, o, &t, e);
	if (ok && made.lost)
		ok = error_set(
			e, ERROR_FINDINGS,
			ngettext("%zu character is not among the printer's letters and stands "
				 "as '?'; the PDF has it",
				 "%zu characters are not among the printer's letters and stand as "
				 "'?'; the PDF has them",
				 made.lost),
			made.lost);
	document_made_release(&made);
	document_free(d);
	return ok;
}

int handbook_print(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct print_options o = { .form = "pdf", .patience_s = 60 };
	const struct cli_option options[] = {
		{ "form", CLI_TEXT, &o.form, "pdf|pcl|text",
		  N_("pdf (usual), pcl for printers that cannot print PDF, text"), 0, 0 },
		{ "output", CLI_TEXT, &o.output, "FILE",
		  N_("write this file; in a folder, under a new name"), 0, 0 },
		{ "printer", CLI_TEXT, &o.printer, "ADDRESS[:PORT]",
		  N_("send it to this printer (raw, port 9100)"), 0, 0 },
		{ "patience", CLI_NUMBER, &o.patience_s, "SECONDS",
		  N_("give up when the printer takes nothing for so long (60)"), 1, 3600 },
		{ "n", CLI_FLAG, &o.dry_run, NULL, N_("only say what would be printed, and where"),
		  0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"print",
		"WHAT",
		N_("Print phones (all numbers), deadlines, handover, journal, or one thing:\n"
		   "plan:P01 with boxes to tick, chain:a1 as an alarm sheet, role:dsb.\n"
		   "People, and the words of the journal, only where unlocked."),
		options,
		1,
		1,
	};
	struct desk desk = DESK_NONE;
	bool ok;

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	o.what = argv[0];
	ok = desk_open_with(&desk, &unlock, &e) && print(&desk, &o, &e);
	desk_close(&desk);
	return ok ? 0 : report("handbook", &e);
}
