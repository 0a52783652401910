/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_UI_H
#define LIB_UI_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * The console's pages, for people who are tired and have never seen them.
 *
 * One set of calls, two faces: full screen (ncursesw, 80x25 and up) and plain
 * (lines only, no cursor movement: serial line, Braille, scripts). A page has a
 * title and is one of: a list to choose from, a text to read, a line to type
 * (with results below it, or a secret), a code or a number to be read from the
 * screen, a question. The frame around it is the same everywhere:
 * on top organisation, kit version, age, and EXERCISE or DEVELOPMENT where it
 * applies; at the bottom the keys. No colour carries a meaning alone, nothing
 * times out, and every text given here may contain hostile bytes: they are
 * masked on the way to the screen.
 *
 * Keys, the same on every page: arrows, page up and down, home and end; Enter
 * or the number of an entry chooses; Esc or Backspace goes back; F1 help, F2
 * language, F3 keyboard, F4 larger and F5 smaller letters, F6 shows what is hidden,
 * F7 what is offered (ui_offer), F8 plain mode. In plain mode: the number, `b` back,
 * `?` help, `l` language, `k` keyboard, `p` what is offered, `f` full screen.
 */
struct ui;

struct ui_options {
	bool plain;         /* start in plain mode (--plain, or no terminal) */
	const char *header; /* "Stadt Musterlingen  Kit 42  1 Nov 2026"; copied */
	const char *notice; /* shown on every page, each of its lines (at most 4) in a strip
			       of its own, or "": "DEVELOPMENT", "EXERCISE". A line with a
			       "!" in front is a warning: red where there are colours, without
			       the mark */
};

/* What ended a page. */
enum ui_result {
	UI_CHOSEN,  /* an entry was chosen */
	UI_BACK,    /* the person went back */
	UI_REDRAW,  /* language or font changed: make the texts anew and call again */
	UI_REFRESH, /* the page's refresh time is over: same */
	UI_CLOSED,  /* the terminal is gone (hang-up): leave */
};

struct ui_item {
	const char *label;  /* NULL: an empty line */
	const char *detail; /* to the right, or below if there is no room; "" if none */
	bool heading;       /* a line of its own, cannot be chosen */
	bool off;           /* shown, cannot be chosen; detail says why */
};

struct ui_list {
	const char *title;
	const char *intro; /* a few lines above the entries, or "" */
	const struct ui_item *items;
	size_t count;
	const char *footer;  /* lines below the entries, or "" */
	unsigned refresh_ms; /* 0: never; else UI_REFRESH after this long without a key
				(plain: printed again only where the texts have changed) */
	bool first_page;     /* nothing to go back to: never UI_BACK, no Esc in the footer */
};

__attribute__((warn_unused_result))
struct ui *ui_open(const struct ui_options *o, struct error *e);
void ui_close(struct ui *ui); /* accepts NULL; gives the terminal back as it was */

/* Give the terminal to another program, and take it back after it. Language and
 * mode go with it and come back (settings.h): make all texts anew afterwards. */
void ui_suspend(struct ui *ui);
void ui_resume(struct ui *ui);

/* In plain mode? There, what changes by itself would be said again and again. */
bool ui_is_plain(const struct ui *ui);

/* New header and notice (after a language change). */
void ui_frame(struct ui *ui, const char *header, const char *notice);

/* From now on every page offers something more about what it shows, on F7 (plain: `p`):
 * `label` in the line of keys, a message id and borrowed; NULL: nothing. It calls the hook
 * `offered`. Returns what was offered before, to be given back. */
const char *ui_offer(struct ui *ui, const char *label);

/* Choose one entry. *selected is where the bar stands at first and at the end;
 * it survives UI_REDRAW and UI_REFRESH. */
enum ui_result ui_list(struct ui *ui, const struct ui_list *list, size_t *selected);

/* Read a text: paragraphs and lines as given, folded at spaces. Lines that begin
 * with "# " are headings, "- " and "1. " are indented when folded, and with
 * "  " kept as they are. */
enum ui_result ui_text(struct ui *ui, const char *title, const char *text);

/* Type a line; after each key `search` fills in the results, which stay valid
 * until its next call. The arrows and Enter choose one: digits belong to the line,
 * for telephone numbers are searched too. In plain mode the results are listed
 * after the line is entered; a number that is one of theirs chooses. *selected is
 * the chosen result; `typed` is kept, so the search can be taken up again. Where results
 * change by themselves `search` is called again after `refresh_ms` without a key, and the bar
 * stays on the entry that it is on; in plain mode what is printed holds until the next line. */
struct ui_search {
	const char *title;
	const char *prompt;
	void *context;
	void (*search)(void *context, const char *typed, const struct ui_item **items,
		       size_t *count);
	unsigned refresh_ms; /* 0: never */
};
enum ui_result ui_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			 size_t *selected);

/* Type one line: a time, a name, a reason. `typed` comes with what is proposed ("" for
 * nothing) and keeps what was typed over UI_REDRAW; with UI_CHOSEN it is trimmed of spaces
 * at both ends. A line longer than the screen is folded, not scrolled. In plain mode the
 * commands stay commands: ".b" answers "b", "..b" answers ".b", "." answers nothing; what was
 * refused is not proposed again. */
struct ui_line {
	const char *title;
	const char *intro;  /* lines above it, or "" */
	const char *prompt; /* "Reason" */
	bool optional;      /* nothing typed is an answer too */
	void *context;
	/* Asked on Enter, if it is there; false keeps the page, with the words of *e. */
	bool (*check)(void *context, const char *typed, struct error *e);
};
enum ui_result ui_line(struct ui *ui, const struct ui_line *l, char *typed, size_t size);

/* The same for a passphrase: nothing of it is shown, not its length either, unless F6 is
 * pressed (plain: `show` as the line); a hint where caps lock is on, on the PC's own console.
 * Nothing is proposed, nothing of it is left in the library's memory, and `typed` is wiped
 * unless it was chosen: then the caller wipes it. */
enum ui_result ui_secret(struct ui *ui, const struct ui_line *l, char *typed, size_t size);

/* A QR code to hold a telephone to: as large as fits, dark modules dark on any terminal,
 * with a quiet zone, title, `caption` and keys beside it (80x25 takes up to 45 modules).
 * Where it does not fit, and in plain mode, `words` (what is in it, to be typed by hand)
 * with the reason. Any key goes back. */
struct qr;
/* The most modules in a row that it can show now; in plain mode, which shows none, those of a
 * console of 80x25. */
unsigned ui_qr_side_max(struct ui *ui);
enum ui_result ui_qr(struct ui *ui, const char *title, const struct qr *code, const char *caption,
		     const char *words);

/* A number to be read across a room, in figures five lines high or more, below its name; in
 * groups that are never divided, on several lines where one is too short. In plain mode its
 * digits one by one. What has no figure is shown as it is. Any key goes back. */
enum ui_result ui_large(struct ui *ui, const char *name, const char *number);

/* A question with yes and no; no is preselected. UI_CHOSEN is yes. */
enum ui_result ui_confirm(struct ui *ui, const char *title, const char *question);

/* A sentence that must be seen: shown until any key. */
void ui_message(struct ui *ui, const char *title, const char *text);

/* Called by the library for the keys F2 to F5, where the program wants them; may
 * use ui_list() itself. After a true result every page returns UI_REDRAW. Without
 * a language hook F2 changes between German and English by itself; keys of other
 * missing hooks do nothing and are not shown. */
struct ui_hooks {
	void *context;
	bool (*language)(void *context, struct ui *ui);
	bool (*keyboard)(void *context, struct ui *ui);
	bool (*font)(void *context, int step);
	bool (*offered)(void *context, struct ui *ui); /* see ui_offer() */
	/* Called about once a second while any page waits for a key. Must be quick, may call
	 * ui_frame(), may not show a page; true if the frame must be painted anew. What is
	 * half typed and where the page was scrolled to stays. Plain: lines that are new in
	 * the notice are printed once, "! " in front, never into a half typed line. */
	bool (*tick)(void *context);
};
void ui_set_hooks(struct ui *ui, const struct ui_hooks *hooks);

/* Milliseconds since the last key. */
int64_t ui_idle_ms(const struct ui *ui);

#endif
