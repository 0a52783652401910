/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_RESTORE_INSIDE_H
#define LIB_IMAGE_RESTORE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/crypto/digest.h"
#include "lib/image/layout.h"
#include "lib/image/pump.h"
#include "lib/image/restore.h"

/*
 * Between the files of a restore: restore.c (the order), restore_plan.c (what goes where),
 * restore_write.c (payloads), restore_back.c (reading and comparing), restore_map.c (the
 * resume map), restore_table.c (the ends of the target and its table).
 */
#define WORK_MIB (UINT64_C(1) << 20)

/* A payload on the target. */
struct work_span {
	uint32_t first_chunk, chunks;
	uint64_t at, size_bytes; /* less than the payload's where its partition was cut */
	const struct kimg_payload *payload;
	bool holes_are_zeros;
};

enum work_kind { WORK_NOTHING, WORK_HOLE, WORK_ZEROS, WORK_DATA };

struct work_chunk {
	enum work_kind kind;
	uint64_t at;
	uint32_t len, piece; /* piece: of WORK_DATA */
	bool cut;            /* only its beginning is restored */
};

/*
 * The first 8 KiB and the last 4 KiB of a target that gets no GPT. A volume, or what an
 * older table left in the gap before the first partition, could be started or read from
 * there: what payloads have for these places is held back until the table is written.
 */
struct work_edge {
	uint64_t at;
	size_t len;
	uint8_t *bytes;
};

/* A chunk that lies where the resume map lies, kept until all others are written. */
struct work_late {
	uint32_t chunk;
	uint8_t *bytes; /* NULL: zeros */
	bool filled;
};

/* docs/formats/kimg.md#resume-map */
#define RESTORE_MAP_BYTES (16 * WORK_MIB)
struct restore_map {
	bool on;
	uint64_t at, generation; /* generation: of the next slot */
	unsigned slot;           /* that is written next */
	uint8_t *bytes;          /* of one slot */
	size_t len;
};

struct work {
	const struct image *image;
	struct stream *stream;
	const struct blocks *target;
	const struct restore_options *o;
	struct restore_report *r;

	struct layout layout;
	struct work_span spans[KIMG_PAYLOADS_MAX];
	uint32_t span_count;
	uint32_t *users_at, *users; /* chunks that name piece p: users[users_at[p]] and on */
	uint64_t total_bytes;       /* of chunks that are written or set to zeros */

	uint8_t *kept;    /* bit i: chunk i was right already */
	uint8_t *marked;  /* bit i: chunk i was written, as an earlier run says */
	uint8_t *written; /* bit i: chunk i is right or was written; for the map */

	struct work_edge edges[2];
	struct work_late *late;
	uint32_t late_count;
	uint8_t *late_bytes;
	struct digest cut_digest; /* of what there is of the one chunk that was cut */

	struct restore_map map;
	uint64_t checkpoint_ms, unmarked_bytes; /* since the map was written */
	bool checkpoint_busy;

	struct pump_team *team; /* for the frames; waits from the plan on; see pump_team_room() */
	uint8_t *buffer;        /* of a chunk, aligned */
	uint8_t *zeros;         /* a chunk of them */
	bool ends_touched;
};

/* --- restore_plan.c --- */
/* Everything that can be known before the first write, and all memory. */
__attribute__((warn_unused_result)) bool work_plan(struct work *w, struct error *e);
void work_release(struct work *w);
struct work_chunk work_chunk(const struct work *w, uint32_t chunk);
struct work_late *work_late_of(const struct work *w, uint32_t chunk); /* NULL: not late */
/* Held back, cut or late: it cannot be judged by what the target has now. */
bool work_is_fresh(const struct work *w, uint32_t chunk, const struct work_chunk *c);
bool bit_get(const uint8_t *bits, uint32_t i);
void bit_set(uint8_t *bits, uint32_t i); /* by several threads at once */
uint64_t work_now_ms(void);

/* --- restore_write.c --- */
/* Threads and buffers for work_write(), before the first write. */
__attribute__((returns_nonnull)) struct pump_team *work_team(struct work *w);
__attribute__((warn_unused_result)) bool work_write(struct work *w, struct error *e);

/* --- restore_back.c --- */
/* Which of the chunks that are marked (all: of all) are right already? Into kept, written. */
__attribute__((warn_unused_result)) bool work_keep(struct work *w, bool all, struct error *e);
/* Is it worth to look at all of them? True if one of a few is there. */
__attribute__((warn_unused_result)) bool work_probe(struct work *w, bool *worth, struct error *e);
/* Everything once more. */
__attribute__((warn_unused_result)) bool work_read_back(struct work *w, struct error *e);

/* --- restore_map.c --- */
/* Where it lies on such a target; at 0 if there is none. */
uint64_t restore_map_at(uint64_t target_bytes, uint32_t chunks);
/* One slot. False if it is not whole; *ours if it is of this restore. */
bool restore_map_parse(const struct work *w, const uint8_t *bytes, size_t len, uint64_t *generation,
		       bool *ours, const uint8_t **bits);
/* Marks of an earlier run into w->marked. */
__attribute__((warn_unused_result)) bool work_map_find(struct work *w, bool *found,
						       struct error *e);
/* Flush, a slot with what is written, flush. */
__attribute__((warn_unused_result)) bool work_map_write(struct work *w, struct error *e);
/* If it is time. */
__attribute__((warn_unused_result)) bool work_checkpoint(struct work *w, uint64_t bytes,
							 struct error *e);
/* Zeros in its place; then there is none any more. */
__attribute__((warn_unused_result)) bool work_map_clean(struct work *w, struct error *e);

/* --- restore_table.c --- */
__attribute__((warn_unused_result)) bool work_empty_ends(struct work *w, struct error *e);
/* The bytes that lie on an edge go there; *from and *to become the part that does not. */
void work_edges_take(struct work *w, uint64_t at, const uint8_t *bytes, uint64_t *from,
		     uint64_t *to);
/* What an edge holds back into what was read; false if something else than zeros lies there. */
bool work_edges_lay(const struct work *w, uint64_t at, size_t len, uint8_t *bytes);
__attribute__((warn_unused_result)) bool work_table(struct work *w, struct error *e);

#endif
