/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_WRITER_INSIDE_H
#define LIB_IMAGE_WRITER_INSIDE_H

#include <pthread.h>

#include "lib/image/frame.h"
#include "lib/image/writer.h"

/*
 * What writer.c (the file around the frames) and writer_run.c (the threads) share.
 *
 * Chunks are taken in order into slots, chunk i into slot i % slot_count, and leave them in
 * order. What a chunk became is decided when it leaves: then all before it have left, and the
 * table of frames knows whatever it may repeat. Whoever finishes the chunk whose turn it is
 * lets all go that are ready; nobody else waits for that.
 */
enum slot_state {
	SLOT_FREE,
	SLOT_BUSY,
	SLOT_HASHED, /* `plain` holds; to be packed, or a repetition */
	SLOT_READY,
};

enum chunk_kind { CHUNK_HOLE, CHUNK_ZEROS, CHUNK_CONTENT };

struct slot {
	enum slot_state state;
	enum chunk_kind kind;
	uint32_t chunk;
	uint64_t used_bytes;
	struct kimg_frame frame; /* stored_bytes 0: known to repeat an earlier chunk */
	uint8_t *packed;         /* KIMG_STORED_MAX bytes, owned */
};

struct writer_run {
	const struct writer *w;
	struct kimg_payload *payloads; /* as they stand in the manifest */
	uint32_t chunk_count;
	uint64_t used_bytes;
	uint32_t used_chunks;

	struct kimg_index index;
	uint32_t frame_count, frame_max;
	uint32_t *table; /* number of a frame + 1, by its plain digest; 0: free */
	uint32_t table_mask;
	uint64_t data_at, data_bytes;

	pthread_mutex_t lock; /* for all below, and for index and table */
	pthread_cond_t changed;
	struct slot *slots;
	uint32_t slot_count, next, turn;
	bool leaving; /* a thread lets chunks go */
	struct error e;
	uint64_t done_bytes, zero_bytes, repeated_bytes;
};

/* Used runs of [from, to) of a payload. */
bool writer_used(const struct writer_payload *p, uint64_t from, uint64_t to, uint64_t *start,
		 uint64_t *end);

__attribute__((warn_unused_result)) bool writer_put(int fd, uint64_t at, const void *bytes,
						    size_t len, struct error *e);

/* All chunks, by this many threads. */
__attribute__((warn_unused_result)) bool writer_chunks(struct writer_run *r, unsigned jobs,
						       struct error *e);

#endif
