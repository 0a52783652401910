/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the pages enter into the journal, and what they know from it. */
#include <string.h>

#include "handbook/export.h"
#include "handbook/pages.h"
#include "lib/base/language.h"

/* Ask how the writer does; where none answers, what is shown stays as it was read. One that is
 * busy with the stick says so later: no key waits for it. */
static void ask_writer(struct pages *p)
{
	struct journal_status status = { 0 };
	struct error e = { 0 };
	bool known = false;

	if ((p->journal.fd < 0 && !journal_connect(&p->journal, &e)) ||
	    !journal_look(&p->journal, &status, &known, &e)) {
		journal_close(&p->journal);
		p->recording = RECORDING_NOT;
	} else if (!known) {
		return;
	} else if (!status.stored) {
		p->recording = RECORDING_IN_MEMORY;
	} else {
		p->recording = RECORDING_STORED;
	}
	/* What time it is stays known where the writer is gone. */
	if (*status.boot)
		memcpy(p->boot, status.boot, sizeof(p->boot));
}

void pages_refresh(struct pages *p)
{
	struct error ignored = { 0 }; /* the journal's own pages say what cannot be read */
	bool changed = false;

	ask_writer(p);
	if (view_refresh(&p->view, &changed, &ignored) && changed)
		(void)!outage_read(&p->book.outage, p->view.db, &ignored);
	ignored = (struct error){ 0 };
	(void)!clock_read(&p->book.clock, &p->view, p->boot, &ignored);
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

/* Before which what time it is is asked. Not before what helps in the first minutes (calls,
 * what has failed), nor before what is recorded while somebody only looks something up. */
static bool needs_time(const struct message *event)
{
	static const char *const kinds[] = { "deadline", "entry", "incident", "order", "step" };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (message_is(event, kinds[i]))
			return true;
	return false;
}

bool pages_counts(struct pages *p, const struct message *event)
{
	struct error e = { 0 };

	if (clock_counts(&p->book.clock, &p->view, event, &e))
		return true;
	pages_error(p, _("What time is it?"), &e);
	e = (struct error){ 0 };
	if (!page_clock(p))
		return false;
	if (clock_counts(&p->book.clock, &p->view, event, &e))
		return true;
	pages_error(p, _("This was not recorded"), &e);
	return false;
}

bool pages_record(struct pages *p, const struct message *event)
{
	struct error e = { 0 };

	if (needs_time(event) && !page_clock_once(p))
		return false;
	if (!pages_counts(p, event))
		return false;
	if (pages_note(p, event, &e))
		return true;
	pages_error(p, _("This was not recorded"), &e);
	return false;
}

void notice_recording(struct pages *p, struct text *notice)
{
	frame_add_recording(notice, p->recording);
}

void notice_newer_kit(struct pages *p, struct text *notice)
{
	frame_add_newer_kit(notice, p->book.kit.version, view_counter(&p->view, "kit_version"));
	frame_add_newer_root(notice, p->book.kit.trust.root_version,
			     view_counter(&p->view, "root_version"));
}
