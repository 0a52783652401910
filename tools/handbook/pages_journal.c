/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages enter into the journal, and what they know from it. */
#include <string.h>

#include "handbook/export.h"
#include "handbook/pages.h"
#include "lib/base/language.h"

/* Ask how the writer does; where none answers, what is shown stays as it was read. */
static void ask_writer(struct pages *p)
{
	struct journal_status status;
	struct error e = { 0 };

	if ((p->journal.fd < 0 && !journal_connect(&p->journal, &e)) ||
	    !journal_ask_status(&p->journal, &status, &e)) {
		journal_close(&p->journal);
		p->recording = RECORDING_NOT;
	} else if (!status.stored) {
		p->recording = RECORDING_IN_MEMORY;
	} else {
		p->recording = RECORDING_STORED;
	}
}

void pages_refresh(struct pages *p)
{
	struct error ignored = { 0 }; /* the journal's own pages say what cannot be read */
	bool changed = false;

	ask_writer(p);
	if (view_refresh(&p->view, &changed, &ignored) && changed)
		(void)!outage_read(&p->book.outage, p->view.db, &ignored);
}

bool pages_open_view(struct pages *p, struct error *e)
{
	view_close(&p->view);
	return view_open(&p->view, journal_folder(), p->key, e) &&
	       outage_read(&p->book.outage, p->view.db, e);
}

bool pages_note(struct pages *p, const struct message *event, struct error *e)
{
	struct journal_receipt receipt;
	bool ok = (p->journal.fd >= 0 || journal_connect(&p->journal, e)) &&
		  journal_append(&p->journal, event, &receipt, e);

	pages_refresh(p);
	pages_frame(p);
	return ok;
}

void pages_export(struct pages *p, const char *form, const char *what, const char *to)
{
	struct error ignored = { 0 };
	struct message m;

	export_event(&m, form, what, to);
	if (*p->author)
		message_add(&m, "author", p->author);
	(void)!pages_note(p, &m, &ignored);
}

bool pages_record(struct pages *p, const struct message *event)
{
	struct error e = { 0 };

	if (pages_note(p, event, &e))
		return true;
	pages_error(p, _("This was not recorded"), &e);
	return false;
}

void notice_recording(struct pages *p, struct text *notice)
{
	if (p->recording == RECORDING_NOT)
		pages_add_warning(notice,
				  _("NOTHING IS RECORDED HERE: write down on paper what you do"));
	else if (p->recording == RECORDING_IN_MEMORY)
		pages_add_warning(notice,
				  _("NOT ON THE STICK: what is entered is in this PC's memory "
				    "only, and lost when it goes off"));
}
