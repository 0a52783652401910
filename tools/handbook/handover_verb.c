/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `handbook handover`: the sheet for the next shift, on the screen or as PDF. */
#include <string.h>

#include "handbook/desk.h"
#include "handbook/handbook.h"
#include "handbook/handover.h"
#include "handbook/printed.h"
#include "lib/base/cli.h"
#include "lib/base/language.h"
#include "lib/base/newfile.h"

/* What the command line says. */
struct request {
	const char *pdf, *from, *to, *text;
	bool dry;
};

static bool write_pdf(struct book *b, const char *words, const char *path, struct error *e)
{
	struct document *d = handover_document(b, words);
	struct document_made made = { 0 };
	bool ok = document_make(d, DOCUMENT_PDF, &made, e) &&
		  newfile_whole(path, made.bytes.s, made.bytes.len, e);

	document_made_release(&made);
	document_free(d);
	return ok;
}

static bool record(struct desk *d, const struct request *r, struct error *e)
{
	struct message m;
	bool ok = handover_event(&d->journal, r->from ? r->from : "", r->to ? r->to : "",
				 r->text ? r->text : "", &m, e) &&
		  desk_record(d, &m, e);

	explicit_bzero(&m, sizeof(m));
	return ok;
}

static bool run(struct desk *d, const struct request *r, struct error *e)
{
	struct text words = { 0 };
	bool ok = handover_add(&d->book, &d->view, &d->journal, &words, e);

	if (ok && r->pdf && !r->dry)
		ok = write_pdf(&d->book, text_end(&words), r->pdf, e);
	else if (ok)
		print_masked(text_end(&words));
	if (ok && r->to && !r->dry)
		ok = record(d, r, e);
	text_release(&words);
	return ok;
}

int handbook_handover(int argc, char **argv)
{
	struct error e = { 0 };
	struct unlock_options unlock = { 0 };
	struct desk d = DESK_NONE;
	struct request r = { 0 };
	const struct cli_option options[] = {
		{ "pdf", CLI_TEXT, &r.pdf, "FILE", N_("write it as PDF to be printed and signed"),
		  0, 0 },
		{ "from", CLI_TEXT, &r.from, "NAME", N_("who goes"), 0, 0 },
		{ "to", CLI_TEXT, &r.to, "NAME", N_("who takes over: this notes the hand-over"), 0,
		  0 },
		{ "text", CLI_TEXT, &r.text, "TEXT", N_("what the sheet does not say"), 0, 0 },
		{ "n", CLI_FLAG, &r.dry, NULL, N_("show only; write and note nothing"), 0, 0 },
		UNLOCK_OPTIONS(unlock),
		{ 0 },
	};
	const struct cli_usage usage = {
		"handbook",
		"handover",
		"",
		N_("What the next shift must know, on one sheet: open orders and steps, deadlines and\n"
		   "call chains that run, what has failed, the last ten decisions, who is reachable."),
		options,
		0,
		0,
	};

	if (!cli_parse(&usage, &argc, &argv, &e))
		return report("handbook", &e);
	if (desk_open_with(&d, &unlock, &e))
		(void)run(&d, &r, &e);
	desk_close(&d);
	return e.kind ? report("handbook", &e) : 0;
}
