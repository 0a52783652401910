/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_USN_H
#define TRIAGE_PARSE_USN_H

#include "lib/base/reader.h"
#include "triage/parse/parse.h"

/*
 * The change journal of NTFS ($Extend\$UsnJrnl:$J), records of versions 2, 3 and 4: docs/formats/usn.md.
 * Zeros are skipped, garbage is passed over in steps of eight bytes, and any bytes can be searched for
 * records that lie in them: free clusters, a memory image, the slack of a file.
 */
#define USN_RECORD_MIN 64u   /* bytes: a name of one letter, or version 4 without extents */
#define USN_RECORD_MAX 4096u /* a record never leaves its page */

enum usn_reason {
	USN_FILE_CREATE = 0x100,
	USN_FILE_DELETE = 0x200,
	USN_RENAME_OLD_NAME = 0x1000,
	USN_RENAME_NEW_NAME = 0x2000,
};
#define USN_FOLDER 0x10u /* FILE_ATTRIBUTE_DIRECTORY */

struct usn_record {
	uint64_t offset; /* in the source */
	uint64_t usn;
	uint64_t time;                   /* 100 ns since 1601; 0 in version 4, which has none */
	uint64_t file, parent;           /* references: number and sequence */
	uint64_t file_high, parent_high; /* of those of 128 bits; 0 on NTFS */
	uint32_t reason, source, security, attributes;
	uint16_t major;
	struct reader name; /* UTF-16LE; none in version 4 */
	/* Version 4: what was written, in pairs of offset and length of 8 bytes each. */
	uint32_t remaining_extents;
	uint16_t extent_count;
	struct reader extents;
};

/* The record at p, of which `left` bytes are there: how many bytes it has, or 0 if there is none.
 * `strict` is for bytes that need not be a journal: everything must look as Windows writes it. */
size_t usn_record_parse(const uint8_t *p, size_t left, bool strict, struct usn_record *r);

struct usn_source {
	const struct partition_source *bytes;
	/* The first byte at or behind `offset` that is stored, or UINT64_MAX: for a journal whose
	 * beginning is a hole. May be NULL. */
	uint64_t (*next_stored)(void *ctx, uint64_t offset);
	void *ctx;
	bool carve; /* any bytes: strict, and nothing in it is a problem */
};

/* Every record, in the order of the source. What cannot be read counts as zeros. False with e: `each` ended it. */
__attribute__((warn_unused_result))
bool usn_parse(const struct usn_source *s, const struct parse_problems *problems,
	       bool (*each)(void *ctx, const struct usn_record *r, struct error *e), void *ctx,
	       struct error *e);

/* "USN_REASON_FILE_CREATE" of one bit, or NULL. */
const char *usn_reason_name(uint32_t bit);

#endif
