/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_HANDOVER_H
#define HANDBOOK_HANDOVER_H

#include <stdbool.h>

#include "handbook/book.h"
#include "lib/base/text.h"
#include "lib/data/document.h"
#include "lib/data/message.h"
#include "lib/journal/journal.h"
#include "lib/journal/view.h"

/* What the next shift must know, on one sheet: orders and steps that are open, deadlines and
 * call chains that run, who is reachable, the last decisions, what has failed, and the head of
 * the journal. */

/* The whole sheet as text for a screen (lib/ui/ui.h, ui_text). `j` asks the writer; without one
 * the sheet says that there is no head. */
__attribute__((warn_unused_result))
bool handover_add(struct book *b, struct view *v, struct journal *j, struct text *out,
		  struct error *e);

/* How the journal stands: "312 entries", its head as eight words, what is not on the stick. */
void handover_add_head(struct view *v, struct journal *j, struct text *out);

/* The same sheet to be printed, with lines to sign; `words` is what handover_add() made. */
__attribute__((returns_nonnull, warn_unused_result))
struct document *handover_document(struct book *b, const char *words);

/* The event of it: who hands over to whom, at which head. */
__attribute__((warn_unused_result))
bool handover_event(struct journal *j, const char *from, const char *to, const char *text,
		    struct message *m, struct error *e);

#endif
