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
 * Making the file of an image from what is captured or imported. Threads read chunks in order,
 * find holes, zeros and repetitions, pack the rest; frames leave in order, so the same source
 * gives the same file whatever the number of threads. Memory is taken before the first byte is
 * written, and bounded by the number of chunks (about 100 bytes each).
 */
struct writer_payload {
	struct kimg_payload to; /* kind, used_only, partition, first_byte, size_bytes; chunks are
				   counted by the writer */
	const struct partition_source *source; /* read by several threads at once */
	uint64_t source_at;                    /* byte of the source where it begins */
	const struct used_map *used;           /* NULL: all */
};

struct writer {
	struct kimg_manifest *manifest; /* all but payloads, index, data: these are set */
	const struct writer_payload *payloads;
	uint32_t payload_count;
	int level;                      /* of zstd */
	unsigned jobs;                  /* 0: as the PC has processors, and one */
	int fd;                         /* empty file, to be read and written; not synced here */
	struct image_progress progress; /* source bytes that are used */
};

struct writer_report {
	uint64_t used_bytes, zero_bytes, repeated_bytes, stored_bytes, file_bytes;
	struct digest identity;
};

/* False: the file is to be thrown away. */
__attribute__((warn_unused_result)) bool writer_run(const struct writer *w, struct writer_report *r,
						    struct error *e);

#endif
