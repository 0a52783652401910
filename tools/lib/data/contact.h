/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_CONTACT_H
#define LIB_DATA_CONTACT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/data/qr.h"

/*
 * Somebody as a vCard 3.0 (RFC 2426) in a QR code, small enough for a screen: a text
 * console of 80x25 takes QR version 5, which holds 106 bytes. What makes it too large is left
 * out in this order, until it fits:
 *
 *   1. the note
 *   2. the organisation
 *   3. further numbers, the last one first
 *   4. the type of the number
 *
 * Name and the first number are never left out, nor shortened.
 */
struct contact {
	const char *last, *first;        /* of a function: its name, "" */
	const char *organisation, *note; /* or "" */
	struct contact_number {
		const char *number; /* "+491713920054" */
		const char *type;   /* "CELL", "WORK", "HOME", "PAGER", "FAX" */
	} * numbers;
	size_t count; /* at least 1 */
};

enum contact_left_out {
	CONTACT_NOTHING,
	CONTACT_NOTE,
	CONTACT_ORGANISATION,
	CONTACT_NUMBERS,
	CONTACT_TYPE, /* and all before it: the least there can be */
};

/* The card that leaves out so much; of the numbers it has the first `numbers`. */
void contact_card(const struct contact *c, enum contact_left_out left_out, size_t numbers,
		  struct text *out);

/* The fullest card whose code has at most `side_max` modules in a row; where none does, the
 * least card as it is (look at q->side). `card` gets its text. */
__attribute__((warn_unused_result))
bool contact_qr(const struct contact *c, unsigned side_max, struct qr *q, struct text *card,
		struct error *e);

#endif
