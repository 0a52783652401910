/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef HANDBOOK_PLAN_TEXT_H
#define HANDBOOK_PLAN_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "handbook/book.h"
#include "lib/base/text.h"

/* The parts of a plan as text, for the page that has its steps as entries. */

/* Title, occasion, goal, who is responsible: what one must know before the first step. */
__attribute__((warn_unused_result))
bool plan_add_head(struct book *b, const char *id, struct text *out, struct error *e);
/* A phase with its introduction, as a heading; 0 is what stands before the first. Nothing if
 * it has no words. */
__attribute__((warn_unused_result))
bool plan_add_phase(struct book *b, const char *id, int64_t nr, struct text *out, struct error *e);
/* About the plan itself: after the steps, for nobody needs it in the first minute. */
__attribute__((warn_unused_result))
bool plan_add_tail(struct book *b, const char *id, struct text *out, struct error *e);

#endif
