/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_PREFETCH_H
#define TRIAGE_PARSE_PREFETCH_H

#include "triage/parse/parse.h"
#include "triage/parse/words.h"

/*
 * Prefetch files (docs/formats/prefetch.md): which program was run, how often, when, and which
 * files it opened while it started.
 */
#define PREFETCH_BYTES_MAX (32u << 20) /* unpacked; Windows' own limit is far below */
#define PREFETCH_RUNS 8u

struct prefetch {
	uint32_t version, file_size_bytes, hash, flags;
	struct words executable; /* its name, cut after 29 letters */
	struct words
		path; /* what the hash was made of: where the program lay, or its package; none before version 30 */
	uint32_t run_count;
	uint64_t runs[PREFETCH_RUNS];              /* FILETIME, the latest first; 0: none */
	size_t runs_kept;                          /* how many of them the version has: 1 or 8 */
	uint32_t filenames, trace_chains, volumes; /* counts, no more than there is room for */
	/* Inside. */
	const struct parse_problems *problems;
	struct reader metrics, strings, volume_block;
	size_t metrics_at, strings_at, volumes_at;
	size_t names_left, directories_left; /* bytes and numbers that may still be handed out */
};

struct prefetch_volume {
	struct words device_path;
	uint64_t creation_time; /* FILETIME */
	uint32_t serial_number;
	uint32_t directories; /* as it says; how many there are, prefetch_directory() knows */
	struct reader names;  /* inside */
};

/*
 * Unpack a file of Windows 10 and later ("MAM"). What is not packed is taken as it is. *out is
 * to be freed, NULL if `bytes` themselves are to be parsed. False with e: nothing of it can be unpacked.
 */
__attribute__((warn_unused_result))
bool prefetch_unpack(const uint8_t *bytes, size_t len, uint8_t **out, size_t *out_bytes,
		     const struct parse_problems *problems, struct error *e);

/* Versions 17, 23, 26, 30 and 31, unpacked. What it hands out points into `bytes`. */
__attribute__((warn_unused_result))
bool prefetch_parse(const uint8_t *bytes, size_t len, struct prefetch *p,
		    const struct parse_problems *problems, struct error *e);

/* Number i of p->filenames; false (after a problem): it cannot be read. */
bool prefetch_filename(struct prefetch *p, uint32_t i, struct words *name);
/* Number i of p->volumes. Each is to be asked for once. */
bool prefetch_volume(struct prefetch *p, uint32_t i, struct prefetch_volume *v);
/* The next folder of a volume; false: there is none (after a problem: that can be read). */
bool prefetch_directory(const struct prefetch *p, struct prefetch_volume *v, struct words *name);

#endif
