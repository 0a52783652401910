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

#define FRAME_HEAD_BYTES 16u /* type, kind of error, whether more follows, 0, length, offset */
#define FRAME_WORDS_MAX 1024u
#define BOX_PROBLEMS_MAX 10000u
#define BOX_CANNOT_ENTER 70 /* exit status: there was no box */

/*
 * Memory that both sides see. The parent believes none of it: it prints `offset`, compares `steps`
 * with what it was, and judges what it has copied out of the slots, which the child can change at any time.
 *
 * Lines and bytes lie in the slots, one after another and round. Each piece has a head in the pipe that is
 * filled up to a whole page, of which the pipe holds BOX_PIPE_PAGES; the parent empties that page
 * when it has copied the slot. So the child waits, in write(), before it comes to a slot that is not free.
 */
#define BOX_PAGE_BYTES 4096u
#define BOX_PIPE_PAGES 2u
#define BOX_SLOTS (BOX_PIPE_PAGES + 1)
#define BOX_SLOT_BYTES (320u << 10) /* a block of emit.h, and some */
struct box_shared {
	_Atomic uint64_t offset, steps; /* where it is; costs no call */
	_Alignas(BOX_PAGE_BYTES) char slots[BOX_SLOTS][BOX_SLOT_BYTES];
};

/* The child's side, up to its end. */
_Noreturn void box_child(const struct box_job *job, int output, const uint64_t *sizes,
			 struct box_shared *shared);

#endif
