/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_CATALOGUE_H
#define LIB_IMAGE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"
#include "lib/disk/filesystem.h"

/*
 * The list of all files in an image with what is in them (docs/formats/kimg.md#catalogue).
 */
#define CATALOGUE_LINE_MAX 70000
#define CATALOGUE_BYTES_MAX (UINT64_C(4) << 30)
#define CATALOGUE_LINES_MAX 16777216
/* What is hashed of a file system at most: a sparse file costs nothing to claim. */
#define CATALOGUE_HASH_FACTOR 2u /* times its size */
#define CATALOGUE_HASH_FIRST (UINT64_C(64) << 30)
#define CATALOGUE_FIRST_LINE "blackstart-catalogue 1\n"
#define CATALOGUE_TIME 40 /* room for a time as text */

struct catalogue_line {
	uint32_t partition;
	char type;
	unsigned flags; /* enum filesystem_flag */
	uint64_t size_bytes;
	bool has_hash;
	char sha256[65];
	struct filesystem_time modified, created, changed;
	const char *path; /* as in the file, escaped; ends at the line's end */
	size_t path_len;
};

/* One line without its LF, as the format says. Strict: ERROR_UNTRUSTED. */
__attribute__((warn_unused_result))
bool catalogue_parse(const char *line, size_t len, struct catalogue_line *c, struct error *e);

/* "2026-11-26T15:04:05.1234567Z", or "-" for none and for what no calendar has. */
void catalogue_time_put(char out[CATALOGUE_TIME], const struct filesystem_time *t);
/* Order of the catalogue: partition, then path. */
int catalogue_order(const struct catalogue_line *a, const struct catalogue_line *b);

/* The bytes of a path that stands escaped, as the file system has them (half surrogates of
 * NTFS as WTF-8); appended. False: not the one spelling of it. */
__attribute__((warn_unused_result))
bool catalogue_path(const char *path, size_t len, struct text *out);

/* Making one. Lines come in any order and leave sorted; they are held once (hundreds of MB for a
 * large PC), and 32 bytes for each besides. Hashing needs the file system that is being walked,
 * and reads in pieces of 1 MiB. { 0 } is empty. */
struct catalogue_writer {
	struct text lines; /* with LF, in the order in which they came */
	struct catalogue_place {
		size_t at;                     /* of the line in `lines` */
		uint64_t byte;                 /* of the catalogue, once sorted */
		uint32_t partition, len, path; /* without LF; of the path within the line */
	} * places;
	size_t count, capacity;
	uint8_t *buffer; /* what is read from files */
	struct {
		uint32_t partition; /* 0: none yet */
		uint64_t bytes;     /* that may still be hashed of it */
	} left;
	/* Of the last file with several names: readers pass these one after another (on Windows
	 * they are a third of all), so it is read once. */
	struct {
		uint32_t partition;
		uint64_t id, size_bytes;
		char sha256[65]; /* "": none; "-": it could not be read */
	} linked;
};

/* The line of an entry. Content that is damaged makes it FILESYSTEM_UNREADABLE; a source that
 * cannot be read is ERROR_FAILED. With FILESYSTEM_LEFT_OUT the content is not read. So that no
 * claimed size costs hours, a file that is larger than what is left of the limit above is
 * FILESYSTEM_UNREADABLE too. Partitions come one after another. */
__attribute__((warn_unused_result))
bool catalogue_add(struct catalogue_writer *w, uint32_t partition, struct filesystem *f,
		   const struct filesystem_entry *entry, struct error *e);

/* Bring the lines into their order, once all are there; how many bytes the catalogue has, with
 * its first line. Two lines of one path are ERROR_UNTRUSTED. */
__attribute__((warn_unused_result))
bool catalogue_sort(struct catalogue_writer *w, uint64_t *bytes, struct error *e);
/* Bytes of it, which must be there; by any number of threads at once. */
void catalogue_bytes(const struct catalogue_writer *w, uint64_t offset, void *buf, size_t len);
void catalogue_release(struct catalogue_writer *w);

#endif
