/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_E01_H
#define TRIAGE_PARSE_E01_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/disk/partition.h"
#include "triage/parse/parse.h"

/*
 * E01 images (EWF as EnCase writes it, versions 1 to 7): docs/formats/e01.md. The segments are
 * given in their order; what comes out are the bytes of the medium.
 *
 * A chunk that cannot be unpacked or found, or whose checksum is wrong, is reported with its place on the
 * medium; the first kinds read as zeros, the last as it is stored. The rest can be read, each byte at its place.
 * Behind the last chunk that a table has reading fails.
 */
#define E01_CHUNK_MAX (32u << 20) /* bytes of a chunk */
#define E01_TEXT_MAX (1u << 20)   /* bytes of the texts about a case, unpacked */
#define E01_TABLE_MAX (1u << 20)  /* chunks of one table */
#define E01_SECTIONS_MAX (1u << 20)
#define E01_CACHE 8 /* chunks kept unpacked */

enum e01_media {
	E01_REMOVABLE = 0,
	E01_FIXED = 1,
	E01_OPTICAL = 3,
	E01_FILES = 0x0e,
	E01_MEMORY = 0x10,
	E01_UNTOLD = 0xff /* the form of SMART does not say it; ours */
};

/* What the person who took the image wrote down; UTF-8, "" where nothing was. */
enum e01_text {
	E01_CASE_NUMBER,
	E01_EVIDENCE_NUMBER,
	E01_DESCRIPTION,
	E01_EXAMINER,
	E01_NOTES,
	E01_ACQUIRED, /* as it stands there: a date in words, or seconds since 1970 */
	E01_SYSTEM_DATE,
	E01_SOFTWARE,
	E01_SYSTEM,
	E01_TEXTS,
};

struct e01_table;
struct e01_chunk;
struct libdeflate_decompressor;

struct e01 {
	uint8_t media_type, compression;
	bool physical; /* a whole device, not a volume of one; of a type that is told */
	uint32_t sectors_per_chunk, sector_bytes, chunk_bytes;
	uint64_t sectors, media_bytes, chunks;
	uint8_t set_id[16];
	bool has_md5, has_sha1;
	uint8_t md5[16], sha1[20]; /* of the medium, as stored; nobody checked them */
	uint64_t read_errors;      /* sectors that could not be read when it was taken */
	bool complete; /* the last segment ends the image, and every chunk has a place */
	const char *texts[E01_TEXTS];

	/* Its own. */
	const struct partition_source *inputs; /* borrowed */
	size_t count;
	struct parse_problems problems;
	struct arena memory;
	struct e01_table *tables;
	size_t table_count, table_room;
	uint64_t placed;       /* chunks, as far as the last that a table has */
	size_t loaded;         /* whose entries are in `entries`; SIZE_MAX: none */
	uint64_t *entries;     /* where each chunk begins; one more than the table has */
	uint8_t *packed_flags; /* a byte for each */
	struct e01_chunk *cache;
	uint8_t *packed;
	struct libdeflate_decompressor *inflater;
};

/* Read the sections of all segments. False with e: no E01, or one that says nothing of its medium.
 * Releasing *x is right in any case. *x must stay where it is. */
__attribute__((warn_unused_result))
bool e01_open(struct e01 *x, const struct partition_source *inputs, size_t count,
	      const struct parse_problems *problems, struct error *e);
/* The bytes of the medium. */
struct partition_source e01_source(struct e01 *x);
void e01_release(struct e01 *x);

#endif
