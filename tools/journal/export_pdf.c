/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal on paper. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "journal/export.h"
#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/crypto/words.h"
#include "lib/data/kitinfo.h"
#include "lib/data/paper.h"

/* All rows as texts: the pages are drawn several times. */
struct sheet {
	struct view *view;
	struct arena memory;
	const char *(*rows)[4];
	size_t count, capacity;
	const char *head; /* what binds it, or NULL */
};

static bool add_row(void *with, const struct export_row *row, struct error *e)
{
	char moment[MOMENT_TEXT], id[SHORT_ID];
	struct sheet *s = with;
	char *cell;

	(void)e;
	mem_grow(&s->rows, &s->capacity, s->count + 1, sizeof(*s->rows));
	const char **cells = s->rows[s->count++];
	cell = mem_format("**%s**\n" PAPER_SMALL "%s", reading_moment(moment, row->time_ms),
			  reading_clock(row->clock));
	cells[0] = arena_string(&s->memory, cell);
	free(cell);
	cells[1] = arena_string(&s->memory, reading_id(id, row->boot, row->sequence));
	cells[2] = arena_string(&s->memory, export_word(row->kind));
	cell = mem_format("%s%s%s", row->content, *row->content && row->locked ? "\n" : "",
			  row->locked ? _("locked: readable with the passphrase only") : "");
	cells[3] = arena_string(&s->memory, cell);
	free(cell);
	return true;
}

static void draw(struct paper *p, const void *with)
{
	const struct sheet *s = with;
	const struct paper_column columns[] = {
		{ _("Time"), 105, PAPER_NOTE, PAPER_WORDS },
		{ _("Record"), 68, PAPER_NOTE, PAPER_WORDS },
		{ _("Kind"), 70, PAPER_NOTE, PAPER_WORDS },
		{ _("What"), 240, PAPER_NOTE, PAPER_WORDS },
	};

	paper_section(p, _("Journal"));
	paper_heading(p, 1, _("Journal"), NULL);
	if (s->head)
		paper_text(p, PAPER_BODY, s->head);
	paper_table(p, columns, 4, PAPER_RULED);
	for (size_t i = 0; i < s->count; i++)
		paper_row(p, s->rows[i], 0);
	paper_table_end(p);
}

/* The words under which this state of the journal can be found again. */
static const char *head_of(struct sheet *s)
{
	struct text words = { 0 };
	struct digest head;
	char boot[33], *line;
	uint64_t count;

	if (!view_newest(s->view, boot, &count, &head))
		return NULL;
	words_fingerprint(&words, &head);
	line = mem_format(_("Head of the newest chain (%.8s), %llu entries: **%s**"), boot,
			  (unsigned long long)count, words.s);
	const char *kept = arena_string(&s->memory, line);
	free(line);
	text_release(&words);
	return kept;
}

bool export_pdf(struct view *v, const char *path, struct error *e)
{
	struct sheet s = { .view = v };
	struct kitinfo k = { 0 };
	struct error quiet = { 0 };
	bool kit = kitinfo_load(&k, &quiet), ok;
	time_t now = time(NULL);
	char date[16] = "1970-01-01";
	struct tm t;

	if (gmtime_r(&now, &t))
		strftime(date, sizeof(date), "%Y-%m-%d", &t);
	struct paper_frame frame = {
		.title = _("Journal"),
		.author = kit ? k.organisation : "",
		.date = date,
		.footer = kit ? k.organisation : "",
		.mark = kit && k.exercise ? _("EXERCISE: none of this is real") : "",
	};
	ok = export_each(v, add_row, &s, e);
	s.head = ok ? head_of(&s) : NULL;
	ok = ok && paper_write(&frame, draw, &s, path, e);
	free(s.rows);
	arena_release(&s.memory);
	kitinfo_release(&k);
	return ok;
}
