/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_PUMP_H
#define LIB_IMAGE_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/image/open.h"

/*
 * Threads over the frames of an image. Each takes the next frame from the stream (one at
 * a time, in the order of the file) into its own buffer, checks its digest, unpacks it,
 * checks the plain digest and hands it on. All memory is taken before the first frame: two
 * buffers and an unpacker for each thread, so at most PUMP_JOBS_MAX times 2.2 MiB.
 */
#define PUMP_JOBS_MAX 32

struct pump {
	const struct image *image;
	struct stream *stream; /* stands at frame 0 */
	unsigned jobs;         /* 0: as many as there are processors, and two */
	bool deep;             /* unpack; else `plain` is NULL below */
	/* Is the frame wanted at all? NULL: all are. Called in order, one thread at a time. */
	bool (*want)(void *ctx, uint32_t frame);
	/* Called by several threads at once, frames in about their order. `plain` is aligned for
	 * direct I/O and zeroed up to the next multiple of 4096. False ends everything. */
	bool (*take)(void *ctx, uint32_t frame, const void *plain, struct error *e);
	void *ctx;
	struct image_progress progress; /* bytes of the data */
};

/* All frames, or the first failure. What was not wanted is skipped, not checked. */
__attribute__((warn_unused_result)) bool pump_run(const struct pump *p, struct error *e);

#endif
