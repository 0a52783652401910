/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kit and journal for a verb. */
#include "handbook/desk.h"

#include <stdio.h>

#include "lib/base/language.h"

bool desk_open(struct desk *d, const struct unlock_options *o, struct error *e)
{
	const struct sealed_pair *key = NULL;

	*d = (struct desk)DESK_NONE;
	if (!book_open_with(&d->book, o, e))
		return false;
	if (d->book.keys.has[TIER_PROTECTED])
		key = &d->book.keys.pair[TIER_PROTECTED];
	return view_open(&d->view, journal_folder(), key, e);
}

void desk_close(struct desk *d)
{
	journal_close(&d->journal);
	view_close(&d->view);
	book_close(&d->book);
	*d = (struct desk)DESK_NONE;
}

bool desk_record(struct desk *d, const struct message *event, struct error *e)
{
	struct journal_receipt receipt;
	bool changed;

	if (d->journal.fd < 0 && !journal_connect(&d->journal, e))
		return false;
	if (!journal_append(&d->journal, event, &receipt, e))
		return false;
	if (!receipt.stored)
		fprintf(stderr, _("Not on the stick yet, in memory only: %s\n"), receipt.why);
	return view_refresh(&d->view, &changed, e);
}
