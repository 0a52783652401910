/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_TAKE_H
#define HANDBOOK_TAKE_H

#include <stdbool.h>
#include <stddef.h>

#include "handbook/book.h"
#include "handbook/channels.h"
#include "lib/base/memory.h"
#include "lib/data/qr.h"

/* What a telephone can take along from the screen, as the texts of QR codes. */

/* "tel:+493023125000": a telephone that reads it offers to dial. */
void take_tel(const struct channel *c, struct text *out);

/* A person, function or body as a vCard (lib/data/contact.h), the number `first` of its
 * channels in front. False: there is no such thing, or none of its channels is dialled. */
__attribute__((warn_unused_result))
bool take_contact(struct book *b, enum kit_kind kind, const char *id, const struct channels *list,
		  size_t first, unsigned side_max, struct qr *q, struct text *card,
		  struct error *e);

/* A long text in pieces that fit `bytes` each: "P01 1/4" on a line of its own, then the
 * words, broken between lines or words. At most TAKE_PIECES of them, else false. */
#define TAKE_PIECES 99
struct take_pieces {
	const char *texts[TAKE_PIECES];
	size_t count;
	struct arena memory;
};
__attribute__((warn_unused_result))
bool take_pieces(const char *label, const char *text, size_t bytes, struct take_pieces *out,
		 struct error *e);
void take_pieces_release(struct take_pieces *p);

/* The text of a thing for that: as it is shown, without what only a screen needs. */
__attribute__((warn_unused_result))
bool take_text(struct book *b, enum kit_kind kind, const char *id, struct text *out,
	       struct error *e);

/* The next channel from `at` on that is dialled, or list->count. */
size_t take_next_number(const struct channels *list, size_t at);

#endif
