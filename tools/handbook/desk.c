/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kit and journal together, for the verbs. */
#include "handbook/desk.h"

#include <stdio.h>

#include "lib/base/language.h"

bool desk_open(struct desk *d, struct error *e)
{
	const struct unlock_options locked = { 0 };

	return desk_open_with(d, &locked, e);
}

bool desk_open_with(struct desk *d, const struct unlock_options *o, struct error *e)
{
	struct journal_status status = { 0 };
	const struct sealed_pair *key = NULL;

	*d = (struct desk)DESK_NONE;
	if (!book_open_with(&d->book, o, e))
		return false;
	if (d->book.keys.has[TIER_PROTECTED])
		key = &d->book.keys.pair[TIER_PROTECTED];
	if (journal_connect(&d->journal, &d->absent) &&
	    !journal_ask_status(&d->journal, &status, &d->absent))
		status = (struct journal_status){ 0 };
	return view_open(&d->view, journal_folder(), key, e) &&
	       clock_read(&d->book.clock, &d->view, status.boot, e) &&
	       deadlines_read(&d->deadlines, &d->book, &d->view, e);
}

void desk_close(struct desk *d)
{
	deadlines_release(&d->deadlines);
	journal_close(&d->journal);
	view_close(&d->view);
	book_close(&d->book);
}

bool desk_can_record(const struct desk *d, struct error *e)
{
	if (d->absent.kind)
		*e = d->absent;
	return !d->absent.kind;
}

bool desk_record(struct desk *d, const struct message *event, struct error *e)
{
	struct journal_receipt r;
	bool changed;

	if (!desk_can_record(d, e) || !clock_counts(&d->book.clock, &d->view, event, e) ||
	    !journal_append(&d->journal, event, &r, e))
		return false;
	if (!r.stored)
		fprintf(stderr, _("Not on the stick yet, in memory only: %s\n"), r.why);
	return view_refresh(&d->view, &changed, e);
}
