/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_QR_H
#define LIB_DATA_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/* QR codes (ISO/IEC 18004) through libqrencode, and drawing them with letters. */
#define QR_SIDE_MAX 177 /* modules of the largest */
#define QR_QUIET 4      /* light modules that a reader needs around it */

struct qr {
	unsigned side;                           /* modules in a row, without the quiet zone */
	uint8_t dark[QR_SIDE_MAX * QR_SIDE_MAX]; /* row by row, 1 is dark */
};

/* How well it survives stains: part of the area that may be lost. */
enum qr_level { QR_LOW, QR_MEDIUM, QR_HIGH }; /* 7, 15, 30 % */

/* The smallest code that holds the text: digits, then upper case, take least. False
 * (ERROR_FAILED) if there is none. */
__attribute__((warn_unused_result))
bool qr_encode(struct qr *q, const char *text, enum qr_level level, struct error *e);

/* How many bytes of any kind a code of `side` modules in a row holds at QR_LOW; 0 if there
 * is no such code. */
size_t qr_capacity(unsigned side);

/* The most modules in a row that half blocks of so many columns and rows can show, with the
 * quiet zone; 0 if not even the smallest code. */
unsigned qr_side_max(unsigned columns, unsigned rows);

bool qr_is_dark(const struct qr *q, int x, int y); /* false outside */

enum qr_style {
	QR_COLOURS, /* black on white by SGR: right on any terminal with colours */
	QR_INK,     /* blocks are the dark modules: for a printer, or black on white */
	QR_LIGHT,   /* blocks are the light modules: white on black without colours */
};

/* Lines of half blocks (U+2580, U+2584, U+2588), two rows of modules in each, with the
 * quiet zone: side + 8 columns. */
void qr_lines(const struct qr *q, enum qr_style style, struct text *out);

/* A picture of it, black on white, with the quiet zone (SVG 1.1). */
void qr_svg(const struct qr *q, struct text *out);

void qr_wipe(struct qr *q); /* of a secret */

#endif
