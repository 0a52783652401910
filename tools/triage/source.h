/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_SOURCE_H
#define TRIAGE_SOURCE_H

#include "lib/base/cell.h"
#include "lib/disk/partition.h"
#include "triage/box.h"
#include "triage/parse/e01.h"

/*
 * SOURCE: what the verbs read.
 *
 *   a device, or a disk of the broker (--broker): "/dev/sdb", "sdb"
 *   a raw image of a disk or of one volume: any file
 *   a raw image in pieces: "x.001", "x.000", "x.00", "x.aa", "xaa"... (of two digits or more), whose neighbours
 *   x.002, x.003... or x.ab, x.ac... are found by its name
 *   an E01 image: "x.E01" or "x.s01", with x.E02 to x.E99, x.EAA to x.EZZ, x.FAA... as EnCase names them
 *   an $MFT alone: a file that begins with its first record
 *
 * The parent opens all of it for reading before the box begins; the child makes one sequence of bytes of it.
 */
enum source_kind { SOURCE_RAW, SOURCE_SPLIT, SOURCE_EWF };

struct source {
	const char *name; /* as given, borrowed */
	enum source_kind kind;
	bool is_later_piece;   /* of an image in pieces, read alone: told as a problem */
	uint32_t sector_bytes; /* of a disk, or as the person says; 0: to be found out */
	size_t count;
	int inputs[CELL_INPUTS_MAX];
};

/* In the parent. `broker`: the name is one of its disks. `sector_bytes`: 512, 4096, or 0. */
__attribute__((warn_unused_result))
bool source_open(struct source *s, const char *name, bool broker, uint64_t sector_bytes,
		 struct error *e);
/* What the encrypted partition of a disk of the broker holds, by the key in a file ("-": typed). */
__attribute__((warn_unused_result))
bool source_open_encrypted(struct source *s, const char *name, unsigned partition,
			   const char *key_file, struct error *e);
void source_close(struct source *s);

/* In the child: the bytes of a source. Stays where it is. */
struct source_bytes {
	struct partition_source bytes; /* .ctx is this */
	struct box *box;
	size_t count;
	uint64_t end[CELL_INPUTS_MAX]; /* of each piece, in the whole */
	bool is_mft;       /* it begins as an $MFT does; from volumes_open() on: it is one alone */
	struct e01 *image; /* of an E01; its segments are `segments` */
	struct partition_source segments[CELL_INPUTS_MAX];
	struct source_segment {
		struct box *box;
		size_t nr;
	} of[CELL_INPUTS_MAX];
};
__attribute__((warn_unused_result))
bool source_compose(struct source_bytes *v, struct box *b, const struct source *s, struct error *e);
/* The table of a source, and whether some of the first sectors could not be read, which are zeros then. */
__attribute__((warn_unused_result))
bool source_table(const struct source_bytes *v, struct partition_table *t, bool *unreadable,
		  struct error *e);
/* Right also after an error. */
void source_decompose(struct source_bytes *v);

#endif
