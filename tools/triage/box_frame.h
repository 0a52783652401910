/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_BOX_FRAME_H
#define TRIAGE_BOX_FRAME_H

/* What the two sides of the box share: docs/formats/triage-box.md. Only box*.c and its test include it. */
#include <stdatomic.h>
#include <stdint.h>

#include "triage/box.h"

enum box_frame {
	FRAME_LINES = 'L',
	FRAME_BYTES = 'B',
	FRAME_PROBLEM = 'P',
	FRAME_REFUSED = 'R',
	FRAME_END = 'E',
};

#define FRAME_HEAD_BYTES 16u /* type, kind of error, 0, 0, length, offset */
#define FRAME_WORDS_MAX 1024u
#define BOX_PROBLEMS_MAX 10000u
#define BOX_CANNOT_ENTER 70 /* exit status: there was no box */

/* Where it is, in memory that both sides see: costs no call. The parent believes none of it, it
 * prints the one and compares the other. */
struct box_place {
	_Atomic uint64_t offset, steps;
};

/* The child's side, up to its end. */
_Noreturn void box_child(const struct box_job *job, int output, const uint64_t *sizes,
			 struct box_place *place);

#endif
