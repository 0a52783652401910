/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PAGES_H
#define HANDBOOK_PAGES_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#include "handbook/book.h"
#include "handbook/chain_blanks.h"
#include "handbook/find.h"
#include "lib/data/document.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"
#include "lib/ui/journalframe.h"
#include "lib/ui/ui.h"

/* The handbook on the screen. Each page returns false if the terminal is gone:
 * then everything is left. */
struct pages {
	struct ui *ui;
	struct book book;
	struct finder *finder;         /* made at the first search, NULL before */
	struct journal journal;        /* the writer, if one answers */
	struct view view;              /* all that was recorded, as far as it can be read */
	const struct sealed_pair *key; /* of the protected tier; NULL while locked */
	enum recording recording;
	struct pages_before { /* how the terminal and the signals were at first */
		bool terminal;
		struct termios settings;
		sigset_t signals;
	} before;
	char boot[33];              /* of the writer's chain; "" where none ever answered */
	int64_t clock_asked;        /* 1 + the handover since which the time was asked; 0: never */
	struct text header, notice; /* as the frame shows them */
	enum kit_kind shown_kind;   /* what F7 offers to take along; KIT_NONE: nothing */
	const char *shown_id;
	char author[96]; /* who writes here; "" if not said yet */
	bool author_asked;
	struct chain_blanks blanks; /* what was filled into texts to read out */
};

/* Header and notice in the language of now; true if they are others than before. The
 * notice is made of all `notices` (pages.c). */
bool pages_frame(struct pages *p);
void pages_error(struct pages *p, const char *title, const struct error *e);

/* Read what was recorded since, also by others. */
void pages_refresh(struct pages *p);

/* Read all that was recorded anew, with the key that is open now. */
__attribute__((warn_unused_result))
bool pages_open_view(struct pages *p, struct error *e);

/* Would it count if it were entered now (clock_counts)? Where not, what time it is is asked; false:
 * it still would not, and the person was told so. */
bool pages_counts(struct pages *p, const struct message *event);
/* Append an event, if it counts, to the journal and read it back into the view. Before the first
 * of a shift, what time it is is asked. False: it is not there, and the person was told so. Where it is in
 * memory only, every page says it. */
bool pages_record(struct pages *p, const struct message *event);
/* The same without a word on the screen. */
__attribute__((warn_unused_result))
bool pages_note(struct pages *p, const struct message *event, struct error *e);

/* Enter that something leaves this PC (export.h), before it does. Where that cannot be
 * recorded, every page says so already. */
void pages_export(struct pages *p, const char *form, const char *what, const char *to);

/* What pages add to the notice; listed in pages.c. */
void notice_recording(struct pages *p, struct text *notice);
void notice_newer_kit(struct pages *p, struct text *notice); /* seen by the journal; or its root */
void notice_deadline(struct pages *p, struct text *notice);  /* the one that is due next */
void notice_chains(struct pages *p, struct text *notice);

/* Have one line typed. Title, intro and prompt of `line` are message ids. Never UI_REDRAW or
 * UI_REFRESH. */
enum ui_result pages_ask(struct pages *p, const struct ui_line *line, char *typed, size_t size);
/* Ask who writes, once: UI_CHOSEN if that is known or nobody wants to say. */
enum ui_result pages_ask_author(struct pages *p);
/* A text of book_show() below its title: not once more as the first heading. */
const char *pages_without_title(const char *text);

/* Give everything back; accepts a struct that is closed already. */
void pages_close(struct pages *p);

bool page_home(struct pages *p); /* true: the person leaves */
bool page_find(struct pages *p);
bool page_look_up(struct pages *p); /* plans, call chains, numbers, printing */
bool page_numbers(struct pages *p); /* authorities, partners, functions */
bool page_deadlines(struct pages *p);
bool page_deadline(struct pages *p, const char *id);
/* When did it happen what starts these deadlines ("awareness")? */
bool page_deadline_start(struct pages *p, const char *starts_at);

/* What time is it? The second asks once in a shift, before the first entry; whoever cannot
 * answer goes on without. Nothing that is only read asks it. */
bool page_clock(struct pages *p);
bool page_clock_once(struct pages *p);
bool page_failed(struct pages *p); /* what has failed? */

/* Take one thing along: its numbers large or for a telephone's camera, its text, on paper. */
bool page_take(struct pages *p, enum kit_kind kind, const char *id);
/* Print a sheet (print.h), on a printer or as a file on a medium. */
bool page_print(struct pages *p, const char *what);
bool page_prints(struct pages *p); /* which sheet? */

bool page_plan(struct pages *p, const char *id);
bool page_step(struct pages *p, const char *id); /* "P01/6" */
bool page_chain(struct pages *p, const char *id);
bool page_journal(struct pages *p);

/* Write down a decision with its reason. UI_CHOSEN: it is in the journal. `about` says what is to
 * be decided, `begun` is what the text begins with ("P01/5: "); both may be "". */
enum ui_result page_decision(struct pages *p, const char *about, const char *begun);

/* One thing whole, on the page of its kind; made anew after a change of language. */
bool page_show(struct pages *p, enum kit_kind kind, const char *id);

/* A list of things to choose from, then each shown; until the person goes back.
 * `sql` gives kind, id, label, detail. Title and intro are message ids. */
bool page_pick(struct pages *p, const char *title, const char *intro, const char *sql);

#endif
