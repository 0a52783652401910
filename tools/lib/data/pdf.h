/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_PDF_H
#define LIB_DATA_PDF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * A PDF being drawn: A4 pages, text in two faces, lines and boxes, all of it
 * grey or black. The one user of libharu; lib/data/paper.h lays text out on it.
 *
 * Units are points (1/72 inch); x from the left and y from the top edge. The
 * same calls make the same bytes: the only time in the file is the date given.
 *
 * Fonts are DejaVu Sans, embedded with the characters used. They are searched in
 * BLACKSTART_FONTS, PDF_FONTS, then where Debian's fonts-dejavu-core has them.
 * A character that they lack, or that must not be shown (text_is_unsafe()), is
 * drawn as a box, so that nothing is lost unseen.
 */
#define PDF_FONTS "/usr/share/blackstart/fonts"
#define PDF_WIDTH 595.28
#define PDF_HEIGHT 841.89

/* Darkest to lightest; text takes no lighter one than PDF_GREY, whose contrast on
 * white is more than 4.5 to 1. */
#define PDF_BLACK 0.0
#define PDF_GREY 0.35
#define PDF_LIGHT 0.62 /* hairlines */
#define PDF_TINT 0.92  /* a background under black text */
#define PDF_WHITE 1.0

enum pdf_face {
	PDF_SANS,
	PDF_BOLD,
	PDF_FACES /* how many */
};

struct pdf;

/* `date` is "2026-11-01". NULL: a font is missing, or the library failed. */
__attribute__((warn_unused_result))
struct pdf *pdf_new(const char *title, const char *author, const char *date, struct error *e);
void pdf_free(struct pdf *p); /* accepts NULL */

void pdf_page(struct pdf *p); /* begins the next page; before anything is drawn */
size_t pdf_pages(const struct pdf *p);

/* Width of n bytes of UTF-8. */
double pdf_width(const struct pdf *p, enum pdf_face face, double size, const char *s, size_t n);

/* Text with its baseline at y. White is for words on a black band. */
void pdf_text(struct pdf *p, enum pdf_face face, double size, double grey, double x, double y,
	      const char *s);
void pdf_line(struct pdf *p, double x1, double y1, double x2, double y2, double width, double grey);
void pdf_box(struct pdf *p, double x, double y, double w, double h, double width);
void pdf_band(struct pdf *p, double x, double y, double w, double h, double grey);

/* A place on a page that leads to another page, and an entry of the outline that
 * viewers show; pages count from 1 and must be there. */
void pdf_link(struct pdf *p, size_t page, double x, double y, double w, double h, size_t to);
void pdf_outline(struct pdf *p, const char *title, size_t page);

/* Add the finished file to `out`, once. */
__attribute__((warn_unused_result))
bool pdf_bytes(struct pdf *p, struct text *out, struct error *e);

#endif
