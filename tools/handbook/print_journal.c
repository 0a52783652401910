/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal on paper, in the order in which it happened, with its head. */
#include "handbook/handover.h"
#include "handbook/log.h"
#include "handbook/print.h"
#include "lib/base/language.h"

#define EVENTS_MAX 20000 /* some 700 pages: more is for the CSV of `journal export` */

static void add_event(const struct log_row *r, struct book *b, int64_t now_ms, struct document *d)
{
	struct text time = { 0 }, words = { 0 };

	log_add_time(r, now_ms, &time);
	log_add_words(r, b, &words);
	if (r->locked)
		text_addf(&words, "\n%s", _("The rest is sealed."));
	const char *const cells[] = { text_end(&time), text_end(&words), log_get(r, "author") };

	document_row(d, cells);
	text_release(&time);
	text_release(&words);
}

bool print_journal(const struct print_from *from, struct document *d, struct error *e)
{
	const struct document_column columns[] = {
		{ _("Time"), 95, false },
		{ _("Event"), 290, false },
		{ _("Who"), 98, false },
	};
	const int64_t now_ms = book_now_ms(from->book);
	struct text head = { 0 };
	struct log log = { 0 };

	document_heading(d, 1, _("Journal"));
	handover_add_head(from->view, from->journal, &head);
	document_words(d, text_end(&head));
	text_release(&head);
	if (!log_load(&log, from->view, NULL, EVENTS_MAX, e)) {
		log_release(&log);
		return false;
	}
	if (log.count)
		document_table(d, columns, 3, DOCUMENT_RULED);
	else
		document_text(d, _("Nothing is written in it yet."));
	/* It comes newest first. */
	for (size_t i = log.count; i-- > 0;)
		add_event(&log.rows[i], from->book, now_ms, d);
	log_release(&log);
	return true;
}
