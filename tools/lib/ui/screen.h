/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_SCREEN_H
#define LIB_UI_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * A full-screen terminal; the only door to ncurses. Any TERM that is known, or
 * else vt220. One at a time, since ncurses knows only one.
 */
struct screen;

/* Looks. Each differs from its neighbours without colour, too. */
enum screen_style {
	SCREEN_NORMAL,
	SCREEN_STRONG, /* title */
	SCREEN_ACCENT, /* headings, keys */
	SCREEN_DIAL,   /* telephone numbers */
	SCREEN_FAINT,  /* rules, details of what cannot be chosen */
	SCREEN_BAR,    /* the chosen entry: reverse */
	SCREEN_STRIP,  /* notices: reverse and bold */
	SCREEN_WARN,   /* notices that warn: the same, red */
	SCREEN_PAPER,  /* black on white, or reverse: what a camera reads */
	SCREEN_STYLES
};

/* Keys beside characters, which are their Unicode number. */
enum screen_key {
	PRESS_FIRST = 0x110000, /* past Unicode */
	PRESS_NOTHING,          /* the time is over */
	PRESS_TICK,             /* not a key: the frame has changed (page.h) */
	PRESS_GONE,             /* the terminal is gone */
	PRESS_OTHER,            /* something without a meaning here; also a new size */
	PRESS_UP,
	PRESS_DOWN,
	PRESS_LEFT,
	PRESS_RIGHT,
	PRESS_PAGE_UP,
	PRESS_PAGE_DOWN,
	PRESS_HOME,
	PRESS_END,
	PRESS_ACCEPT,
	PRESS_ESCAPE,
	PRESS_ERASE,
	PRESS_DELETE,
	PRESS_ERASE_LINE,
	PRESS_HELP,
	PRESS_LANGUAGE,
	PRESS_KEYBOARD,
	PRESS_LARGER,
	PRESS_SMALLER,
	PRESS_SHOW,
	PRESS_OFFER,
	PRESS_FACE,
};

__attribute__((warn_unused_result))
struct screen *screen_open(struct error *e);
void screen_close(struct screen *s); /* accepts NULL */

/* Give the terminal away, with its modes as they were, and take it back. */
void screen_suspend(struct screen *s);
void screen_resume(struct screen *s);

/* Asks the terminal each time: another program may have given the console another
 * font before our signals were set up, and nothing would ever tell us. */
void screen_size(struct screen *s, unsigned *rows, unsigned *columns);

/* Paint on the next image: clear it, write a masked text into at most `columns`
 * columns, fill columns with one character, put the cursor; then show it. */
void screen_clear(struct screen *s);
void screen_write(struct screen *s, unsigned row, unsigned column, unsigned columns,
		  enum screen_style style, const char *text);
void screen_fill(struct screen *s, unsigned row, unsigned column, unsigned columns,
		 enum screen_style style, uint32_t c);
void screen_show(struct screen *s, int cursor_row, int cursor_column); /* -1: hidden */

/* Overwrite everything that ncurses still holds of the images so far: its three
 * copies of the screen, and what it sent last. The screen is empty afterwards. */
void screen_forget(struct screen *s);

/* Is caps lock on? Known on the PC's own console only; elsewhere false. */
bool screen_caps_lock(struct screen *s);

/* The next key, PRESS_NOTHING after timeout_ms (0: wait for ever), PRESS_GONE. A
 * new size is seen within half a second, with a signal or without: PRESS_OTHER. */
uint32_t screen_key(struct screen *s, unsigned timeout_ms);

#endif
