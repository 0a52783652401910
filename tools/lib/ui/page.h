/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_PAGE_H
#define LIB_UI_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ui/face.h"
#include "lib/ui/fold.h"
#include "lib/ui/rows.h"

/*
 * Inside lib/ui: one page of the full-screen face while it is shown. On top the
 * header, the strips of the notice and the title; the body; at the bottom a rule,
 * or on it what must be said now, and the keys. Whoever shows a page fills in the
 * first part, and then goes round: page_measure(), lay out `rows`, page_paint(),
 * page_key().
 */
struct page {
	struct ui *ui;
	const char *title;
	const char *prompt, *typed; /* a line to type in above the body, or NULL */
	const char *accept, *back;  /* what Enter and Esc do here, for the keys; or NULL */
	const char *show;           /* the same for F6 */
	char status[512];           /* above the keys, until the next key */
	struct rows rows;
	size_t top;      /* first row of the body that is seen */
	size_t selected; /* the entry under the bar, or NO_ITEM */
	/* A picture: painted after the rows, into the body, or, as high as the screen,
	 * into the first `beside` columns, which the page leaves to it. */
	void (*draw)(struct page *p, const void *drawn);
	const void *drawn;
	unsigned beside;
	/* Where the cursor stands in the body, in rows of `rows` and columns. */
	bool cursor;
	size_t cursor_row;
	unsigned cursor_column;

	/* Where everything stands; page_measure() decides. */
	struct folded notice, words;
	uint32_t warnings; /* bit i: row i of the notice is one */
	unsigned left, title_row, prompt_row, body_row, height, foot_row, screen_rows;
	unsigned waited_ms; /* since the last key; page_key() counts */
};

/* Must come first: the width decides how everything is folded. True if width or
 * height of the body are others than the last time. */
bool page_measure(struct page *p);

void page_paint(struct page *p);
void page_release(struct page *p);

/* The next key. PRESS_TICK: the frame has changed; go round once more and leave
 * everything as it is. PRESS_NOTHING: refresh_ms (0: never) have passed since the
 * last key. */
uint32_t page_key(struct page *p, unsigned refresh_ms);

/* Carry out a key that does the same on every page. True if the page is over. */
bool page_common_key(struct page *p, uint32_t key, enum ui_result *result);

/* A key that scrolls the body. */
void page_scroll(struct page *p, uint32_t key);

/* Scroll so that the bar is seen, and what belongs above the first entry too; or
 * so that a row is. */
void page_scroll_to_bar(struct page *p);
void page_scroll_to_row(struct page *p, size_t row);
void page_clamp_top(struct page *p);

#endif
