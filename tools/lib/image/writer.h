/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_WRITER_H
#define LIB_IMAGE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"
#include "lib/disk/used.h"
#include "lib/image/kimg.h"
#include "lib/image/open.h"

/*
 * Making the file of an image from what is captured or imported. Threads read chunks and find
 * holes and zeros; in the order of the chunks repetitions are found, and what is new becomes a
 * piece. Every four pieces, and what is left at the end of a payload, are packed as a frame, several
 * frames at once; they leave in order. So the same source gives the same file whatever the number
 * of threads. Memory is taken before the first byte is written: about 24 MiB a thread at level
 * 3 and 40 MiB besides, with more than four threads less for each, so at most 250 MiB; and at most
 * 150 bytes for each used chunk.
 */
#define WRITER_JOBS_MAX 12

struct writer_payload {
	struct kimg_payload to; /* kind, used_only, partition, first_byte, size_bytes; chunks are
				   counted by the writer */
	const struct partition_source *source; /* read by several threads at once */
	uint64_t source_at;                    /* byte of the source where it begins */
	const struct used_map *used;           /* NULL: all */

	/* The first run within [from, to), bytes of the source, that may be other than zeros;
	 * false if there is none. The rest is not read. NULL: anything may. Called with the
	 * source's ctx, by several threads at once. */
	bool (*data)(void *ctx, uint64_t from, uint64_t to, uint64_t *start, uint64_t *end);
};

struct writer {
	struct kimg_manifest *manifest; /* all but payloads, index, data: these are set, and
					   afterwards it has no payloads again */
	const struct writer_payload *payloads;
	uint32_t payload_count;
	int level;                      /* of zstd; 0: FRAME_LEVEL_DEFAULT */
	unsigned jobs;                  /* 0: as the PC has processors, and one */
	int fd;                         /* empty file, to be written; not synced here */
	struct image_progress progress; /* of used_bytes below; by one thread at a time */
};

struct writer_report {
	/* Whole chunks, as the index counts them: those in which anything is used; of these, */
	uint64_t used_bytes;
	uint64_t zero_bytes;     /* those that are zeros */
	uint64_t repeated_bytes; /* that repeat others */
	uint64_t stored_bytes;   /* all frames, packed */
	uint64_t file_bytes;
	struct digest identity;
	int write_errno; /* set where it fails: why a write did; 0: something else failed */
};

/* Would this manifest be refused in the end: a label that is too long, say? Quick; nothing is
 * read, and the file is not needed. The catalogue may be missing still. ERROR_USAGE. */
__attribute__((warn_unused_result)) bool writer_check(const struct writer *w, struct error *e);

/* False: the file is to be thrown away. */
__attribute__((warn_unused_result)) bool writer_run(const struct writer *w, struct writer_report *r,
						    struct error *e);

#endif
