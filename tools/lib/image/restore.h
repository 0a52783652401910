/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_RESTORE_H
#define LIB_IMAGE_RESTORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/blocks.h"
#include "lib/image/layout.h"
#include "lib/image/open.h"

/*
 * An image onto a target, in the order of docs/formats/kimg.md#restoring: nothing
 * unverified is ever written, what was cut off does not start and can be resumed, and
 * success means that every byte was read back.
 */
enum restore_resume {
	RESTORE_RESUME_AUTO, /* if the target holds a resume map of this image */
	RESTORE_RESUME_NO,   /* begin anew */
	RESTORE_RESUME_FULL, /* read all of the target and keep what is right already */
};

struct restore_options {
	unsigned jobs; /* 0: as of struct pump */
	enum layout_fit fit;
	enum restore_resume resume;
	uint64_t checkpoint_bytes; /* 0: 256 MiB; at the latest the resume map is written 2 s after */
	/* What is being done, with bytes: for progress. NULL: nobody asks. */
	void (*step)(void *ctx, const char *what, uint64_t done_bytes, uint64_t total_bytes);
	void *ctx;
};

struct restore_report {
	uint64_t written_bytes, kept_bytes, zeroed_bytes, discarded_bytes, read_back_bytes;
	bool resumed;
	bool touched; /* something was written: what was there before is no longer whole */
	/* It failed, and both ends could not be emptied either: an old or a new table may be there. */
	bool may_start;
	uint64_t write_ms, read_back_ms;
};

/* The stream stands behind image_open(). False: the target is not whole, has no partition table
 * (unless nothing was written yet, or r->may_start), and never counts as done. */
__attribute__((warn_unused_result)) bool restore_image(const struct image *i, struct stream *s,
						       const struct blocks *target,
						       const struct restore_options *o,
						       struct restore_report *r, struct error *e);

#endif
