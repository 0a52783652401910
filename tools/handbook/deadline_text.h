/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_DEADLINE_TEXT_H
#define HANDBOOK_DEADLINE_TEXT_H

#include "handbook/deadline.h"

/* What a page says of one deadline, as text for lib/ui. What cannot be read is left out: the
 * page of a deadline is never without its time. */

/* Where it stands, since when, and the question whether it applies. */
void deadline_add_head(struct book *b, const struct deadline *d, int64_t now_ms, struct text *out);
/* To whom, what it must say, on what it is based, how it was counted. */
void deadline_add_body(struct book *b, const struct deadline *d, struct text *out);
/* A warning where the kit names a time zone that this program does not count in. */
void deadline_add_zone(struct book *b, struct text *out);
/* All that was entered about it, also what no longer holds, the latest last. */
void deadline_add_history(struct view *v, const struct deadline *d, struct text *out);

#endif
