/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_FACE_H
#define LIB_UI_FACE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"
#include "lib/ui/screen.h"
#include "lib/ui/ui.h"

/*
 * Inside lib/ui: what ui.c and its two faces share. A face paints a page and
 * waits; ui.c carries out what is the same in both.
 */
struct ui {
	char *header, *notice;
	struct ui_hooks hooks;
	const char *offer;     /* what F7 does now, or NULL */
	bool plain;            /* which face shows pages now */
	struct screen *screen; /* NULL until the full screen was first needed */
	bool suspended;
	size_t top_hint;   /* full: where a page that is refreshed was scrolled to */
	struct text page;  /* plain: the page as it was last printed */
	bool printed;      /* plain: `page` is on the paper and still true */
	char *said;        /* plain: the notice as it was last printed */
	int64_t ticked_ms; /* when the program's tick ran last */
	int64_t key_ms;    /* when the last key came */
};

/* Beside enum ui_result: the other face is to show this page. */
#define UI_OTHER_FACE ((enum ui_result)100)

/* What a key asks for that is the same on every page. */
enum ui_function {
	FUNCTION_NONE,
	FUNCTION_HELP,
	FUNCTION_LANGUAGE,
	FUNCTION_KEYBOARD,
	FUNCTION_LARGER,
	FUNCTION_SMALLER,
	FUNCTION_OFFER,
	FUNCTION_FACE,
};

/* Call the program's tick if it is due. True if the frame has changed; *wait_ms is how
 * long to the next one (0: there is none). */
bool ui_tick(struct ui *ui, unsigned *wait_ms);
/* A line of the notice without its mark; true if it is a warning. */
bool ui_warns(const char **line, size_t *length);
/* A key came. */
void ui_touched(struct ui *ui);

/* Carry it out. True if the page is over, with *result saying how. */
bool ui_function(struct ui *ui, enum ui_function f, enum ui_result *result);

enum ui_result full_list(struct ui *ui, const struct ui_list *list, size_t *selected);
enum ui_result full_text(struct ui *ui, const char *title, const char *text);
enum ui_result full_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			   size_t *selected);
enum ui_result full_message(struct ui *ui, const char *title, const char *text);

enum ui_result full_line(struct ui *ui, const struct ui_line *l, char *typed, size_t size);
enum ui_result full_secret(struct ui *ui, const struct ui_line *l, char *typed, size_t size);

enum ui_result full_qr(struct ui *ui, const char *title, const struct qr *qr, const char *caption,
		       const char *words);
enum ui_result full_large(struct ui *ui, const char *name, const char *number);

unsigned full_qr_side_max(struct ui *ui);

enum ui_result plain_list(struct ui *ui, const struct ui_list *list, size_t *selected);
enum ui_result plain_text(struct ui *ui, const char *title, const char *text);
enum ui_result plain_search(struct ui *ui, const struct ui_search *s, char *typed, size_t size,
			    size_t *selected);
enum ui_result plain_message(struct ui *ui, const char *title, const char *text);

enum ui_result plain_line(struct ui *ui, const struct ui_line *l, char *typed, size_t size);
enum ui_result plain_secret(struct ui *ui, const struct ui_line *l, char *typed, size_t size);

enum ui_result plain_qr(struct ui *ui, const char *title, const char *words);
enum ui_result plain_large(struct ui *ui, const char *name, const char *number);

/* Entries count from 1 on the screen; headings and empty lines have no number. */
static inline bool item_numbered(const struct ui_item *i)
{
	return i->label && !i->heading;
}

static inline bool item_choosable(const struct ui_item *i)
{
	return item_numbered(i) && !i->off;
}

size_t item_numbers(const struct ui_item *items, size_t count);
size_t item_by_number(const struct ui_item *items, size_t count, size_t number); /* or count */

#endif
