/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the start screen says of the journal: what is not on the stick, what is due next. */
#include <stdio.h>
#include <time.h>

#include "lib/data/db.h"
#include "lib/ui/journalframe.h"
#include "menu/menu.h"

/* Before a writer was there nothing can have been entered: the handbook, where one does, says
 * whether it is. */
static void look_at_writer(struct menu *m)
{
	struct journal_status status;
	struct error ignored = { 0 };
	bool known = false;

	if ((m->journal.fd < 0 && !journal_connect(&m->journal, &ignored)) ||
	    !journal_look(&m->journal, &status, &known, &ignored)) {
		journal_close(&m->journal);
		if (m->writer_met)
			m->recording = RECORDING_NOT;
	} else if (known) {
		m->writer_met = true;
		m->recording = status.waiting ? RECORDING_IN_MEMORY : RECORDING_STORED;
		snprintf(m->chain, sizeof(m->chain), "%s", status.boot);
	}
}

/* What the kit calls a deadline; its id where it is one of another kit. */
static void add_title(const char *id, struct text *out)
{
	struct error ignored = { 0 };
	char path[4096];
	struct db *db;
	struct db_statement *s = NULL;
	bool row = false;

	snprintf(path, sizeof(path), "%s/open.db", kit_folder());
	db = db_open(path, KIT_APPLICATION_ID, KIT_DB_VERSION, &ignored);
	if (db)
		s = db_prepare(db, "SELECT title FROM deadline WHERE deadline_id = ?1", &ignored);
	if (s)
		db_bind_text(s, 1, id);
	text_add(out, s && db_step(s, &row, &ignored) && row ? db_text(s, 0) : id);
	db_finish(s);
	db_close(db);
}

/* The one that is due next, as the view has it (lib/journal/view.h). */
static void keep_deadline(struct menu *m)
{
	struct error ignored = { 0 };
	struct db_statement *s = db_prepare(m->view.db,
					    "SELECT deadline, due FROM deadline"
					    " WHERE state = 'running' AND due > 0 ORDER BY due",
					    &ignored);
	bool row = false;

	text_clear(&m->deadline);
	m->due_ms = 0;
	if (s && db_step(s, &row, &ignored) && row) {
		m->due_ms = db_number(s, 1);
		add_title(db_text(s, 0), &m->deadline);
	}
	db_finish(s);
}

void notices_look(struct menu *m)
{
	struct error ignored = { 0 }; /* the handbook's journal says what cannot be read */
	bool changed = false;

	look_at_writer(m);
	if (!m->view.db) {
		changed = view_open(&m->view, journal_folder(), NULL, &ignored);
		if (!changed)
			view_close(&m->view);
	} else if (!view_refresh(&m->view, &changed, &ignored)) {
		changed = false;
	}
	if (changed) {
		keep_deadline(m);
		m->newest_kit = view_counter(&m->view, "kit_version");
		m->newest_root = view_counter(&m->view, "root_version");
	}
}

void notices_add(struct menu *m, struct text *notice)
{
	int64_t now_ms = view_now_ms(&m->view, m->chain);

	if (m->kit_loaded) {
		frame_add_newer_kit(notice, m->kit.version, m->newest_kit);
		frame_add_newer_root(notice, m->kit.trust.root_version, m->newest_root);
	}
	frame_add_recording(notice, m->recording);
	if (m->due_ms)
		frame_add_deadline(notice, text_end(&m->deadline), m->due_ms,
				   now_ms ? now_ms : (int64_t)time(NULL) * 1000);
}

void notices_close(struct menu *m)
{
	journal_close(&m->journal);
	view_close(&m->view);
	text_release(&m->deadline);
}
