/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_WRITER_INSIDE_H
#define LIB_IMAGE_WRITER_INSIDE_H

#include <pthread.h>

#include "lib/image/frame.h"
#include "lib/image/writer.h"

/*
 * What writer.c (the file around the frames), writer_run.c (the threads) and writer_chunk.c (reading
 * a chunk) share.
 *
 * A thread reads the next few chunks into free slots and hashes them side by side. Chunks are settled
 * in order, by whoever finishes the one whose turn it is: then all before it are known, and the
 * table of pieces knows whatever it may repeat. What is new stays in its slot as part of the
 * open frame; a frame that is complete is packed by any thread, which frees the slots. Packed ones are
 * hashed and written in order, several together. Packing comes before reading, so slots come back.
 */
#define WRITER_TOGETHER 8u        /* chunks that a thread reads, at most */
#define WRITER_FRAMES_TOGETHER 4u /* that are written */

enum slot_state {
	SLOT_FREE,
	SLOT_BUSY,
	SLOT_READ, /* waits for its turn */
	SLOT_PIECE /* of a frame that was not packed yet */
};

enum chunk_kind { CHUNK_HOLE, CHUNK_ZEROS, CHUNK_CONTENT };

struct slot {
	enum slot_state state;
	enum chunk_kind kind;
	uint32_t chunk;
	bool last; /* of its payload */
	uint64_t used_bytes;
	struct kimg_piece piece; /* of CHUNK_CONTENT */
	uint8_t *plain;          /* KIMG_CHUNK_BYTES, owned */
};

/* A frame from its first piece until it is written. */
struct group {
	struct slot *slots[KIMG_PIECES_IN_FRAME];
	bool packed;
	uint32_t stored_bytes;
	uint8_t *bytes; /* KIMG_STORED_MAX, owned */
};

struct writer_run {
	const struct writer *w;
	struct kimg_payload *payloads; /* as they stand in the manifest */
	uint32_t chunk_count;
	uint64_t used_bytes;
	uint64_t pieces_wanted, frames_wanted; /* at most */

	struct kimg_index index;
	uint32_t piece_count, piece_max;
	uint32_t frame_count, frame_max; /* begun ones; the last may be open */
	uint32_t *table;                 /* number of a piece + 1, by its digest; 0: free */
	uint32_t table_mask;
	uint64_t data_at, data_bytes;

	pthread_mutex_t lock; /* for all below, and for index and table */
	pthread_cond_t changed;
	struct slot *slots, **turns; /* turns: chunk i, if it was read, at i % slot_count */
	struct group *groups;        /* frame i at i % group_count */
	uint32_t slot_count, group_count, together; /* together: chunks that a thread reads */
	uint32_t next, turn;                        /* chunk: to be read, to be settled */
	uint32_t closed, packing, written;          /* frames */
	bool writing;                               /* a thread does it */
	struct error e;
	int write_errno; /* set by who writes: one thread at a time */
	uint64_t done_bytes, zero_bytes, repeated_bytes;
};

/* Used runs of [from, to) of a payload. */
bool writer_used(const struct writer_payload *p, uint64_t from, uint64_t to, uint64_t *start,
		 uint64_t *end);

__attribute__((warn_unused_result)) bool writer_put(struct writer_run *r, uint64_t at,
						    const void *bytes, size_t len, struct error *e);

/* The chunks of some slots: their bytes, kinds and digests. */
__attribute__((warn_unused_result)) bool
writer_read(const struct writer_run *r, struct slot *const *slots, uint32_t count, struct error *e);

/* All chunks, by this many threads. */
__attribute__((warn_unused_result)) bool writer_chunks(struct writer_run *r, unsigned jobs,
						       struct error *e);

#endif
