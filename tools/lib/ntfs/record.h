/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_RECORD_H
#define LIB_NTFS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/reader.h"

/*
 * Records of the MFT and the attributes in them: docs/formats/ntfs.md#records. Bytes in,
 * structs out; everything points into the record.
 */
#define NTFS_STRIDE 512u /* what a fixup covers, whatever the sector */

/* A reference to a record: its number and how often that was used anew. */
#define NTFS_NUMBER(reference) ((reference)&UINT64_C(0xffffffffffff))
#define NTFS_SEQUENCE(reference) ((uint16_t)((reference) >> 48))

enum ntfs_type {
	NTFS_STANDARD_INFORMATION = 0x10,
	NTFS_ATTRIBUTE_LIST = 0x20,
	NTFS_FILE_NAME = 0x30,
	NTFS_VOLUME_NAME = 0x60,
	NTFS_VOLUME_INFORMATION = 0x70,
	NTFS_DATA = 0x80,
	NTFS_INDEX_ROOT = 0x90,
	NTFS_INDEX_ALLOCATION = 0xa0,
	NTFS_BITMAP = 0xb0,
	NTFS_REPARSE_POINT = 0xc0,
	NTFS_END = -1,
};

enum { NTFS_IN_USE = 1, NTFS_FOLDER = 2 };                            /* flags of a record */
enum { NTFS_METHOD = 0xff, NTFS_EFS = 0x4000, NTFS_SPARSE = 0x8000 }; /* of an attribute */

/* Put back what the fixups of a record, an index block or a page of the log replaced.
 * False: the piece was not written whole, or never was one. `len` is a multiple of
 * NTFS_STRIDE. */
bool ntfs_fixup(uint8_t *bytes, size_t len);

struct ntfs_record {
	uint16_t sequence;
	uint16_t flags;
	uint64_t base; /* reference to the record that this one extends; 0: it is itself one */
	struct reader attributes;
};

enum ntfs_record_state {
	NTFS_RECORD_GOOD,
	NTFS_RECORD_EMPTY, /* nothing was ever written there, or something else since */
	NTFS_RECORD_BAD,   /* it was a record; `flags` still says whether it is in use */
};

/* Do the sizes in its head fit a record of `len` bytes, whatever stands where "FILE" should? */
bool ntfs_record_fits(const uint8_t *bytes, size_t len);
/* Look at a record as it was read; fixups are put back in place. */
enum ntfs_record_state ntfs_record_parse(uint8_t *bytes, size_t len, struct ntfs_record *r);

struct ntfs_attribute {
	uint32_t type;
	uint16_t flags;
	uint16_t id; /* tells the attributes of a file apart */
	bool resident;
	struct reader name;  /* UTF-16LE; empty: the unnamed one */
	struct reader value; /* resident */
	/* Else: a piece of it, from one cluster of it to another. The sizes stand in the
	 * first piece only. */
	uint64_t first_vcn, last_vcn;
	uint64_t size_bytes, initialised_bytes;
	uint64_t allocated_bytes; /* by its own word; in whole clusters, or units */
	uint8_t unit_shift;       /* a unit of compression has 1 << this clusters; 0: no units */
	struct reader pairs;
};

enum ntfs_next { NTFS_NEXT_ONE, NTFS_NEXT_END, NTFS_NEXT_BAD };

/* The next attribute; `from` begins as ntfs_record.attributes. */
enum ntfs_next ntfs_attribute_next(struct reader *from, struct ntfs_attribute *a);

/* $FILE_NAME. False if it is none. */
enum ntfs_namespace { NTFS_POSIX, NTFS_WIN32, NTFS_DOS, NTFS_WIN32_AND_DOS };
struct ntfs_name {
	uint64_t parent; /* reference to the folder */
	uint8_t space;   /* enum ntfs_namespace */
	struct reader units;
};
bool ntfs_name_parse(struct reader value, struct ntfs_name *n);

#endif
