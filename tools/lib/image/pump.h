/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_PUMP_H
#define LIB_IMAGE_PUMP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/image/open.h"

/*
 * Threads over the frames of an image. Each takes the next few frames from the stream (one
 * thread at a time, in the order of the file) into its own buffer, checks their digests, unpacks them,
 * checks the digests of the pieces that are wanted and hands these on: none of a frame before
 * all of them were found right, and none behind what is wrong. All memory is taken and all threads
 * wait before the first frame: for each 8.1 MiB for frames as they are stored and, with `deep`, 9 MiB
 * of plain bytes and an unpacker; half of it where there are more than 10 threads. So at most
 * 175 MiB.
 */
#define PUMP_JOBS_MAX 16
#define PUMP_TAKE_MAX 8 /* pieces that are handed on at once, at most */

/* What is handed on. `plain` is aligned for direct I/O and zeroed up to the next multiple of 4096; NULL
 * without `deep`. Pieces that came behind one another from a frame, and whose lengths allow
 * it, lie so in memory too. */
struct pump_piece {
	uint32_t number;
	const uint8_t *plain;
};

struct pump {
	const struct image *image;
	struct stream *stream; /* stands at frame 0 */
	unsigned jobs; /* 0: as many as there are processors, and six that wait for the disk */
	bool deep;     /* unpack */
	/* Is the piece wanted at all? NULL: all are. Called in order, one thread at a time. */
	bool (*want)(void *ctx, uint32_t piece);
	/* Called by several threads at once, pieces in about their order, as many together as a thread
	 * found right together. False ends everything. */
	bool (*take)(void *ctx, const struct pump_piece *pieces, unsigned count, struct error *e);
	void *ctx;
	struct image_progress progress; /* bytes of the data */
};

/* All frames, or the first failure. A frame of which no piece is wanted is skipped, not checked. */
__attribute__((warn_unused_result)) bool pump_run(const struct pump *p, struct error *e);

/* The same in two steps, for who must have all memory before something else happens. What
 * `p` points to must stay, itself it need not. Run at most once. */
struct pump_team;
__attribute__((returns_nonnull, warn_unused_result)) struct pump_team *
pump_team_new(const struct pump *p);
__attribute__((warn_unused_result)) bool pump_team_run(struct pump_team *t, struct error *e);
void pump_team_free(struct pump_team *t); /* run or not; NULL is nothing */

/* While it does not run its memory for plain bytes serves others, that of each thread for `pieces` of
 * 1 MiB, aligned. With `deep` only. */
unsigned pump_team_jobs(const struct pump_team *t);
__attribute__((returns_nonnull)) uint8_t *pump_team_room(const struct pump_team *t, unsigned job,
							 unsigned *pieces);

#endif
