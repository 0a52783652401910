/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_SCAN_INSIDE_H
#define LIB_NTFS_SCAN_INSIDE_H

#include "lib/base/memory.h"
#include "lib/ntfs/ntfs_inside.h"
#include "lib/ntfs/scan.h"

/* What the scan_*.c files share. Not for others. */
#define SCAN_CHUNK_BYTES (1u << 20)

/* Pieces of at most 64 KiB that stay where they are, up to a limit: chunks of 1 MiB. */
#define SCAN_CHUNKS_MAX 256u
struct scan_store {
	uint8_t *chunks[SCAN_CHUNKS_MAX];
	size_t count, used; /* of the last one */
};
#define SCAN_STORE_FULL UINT32_MAX
/* Where it was put, or SCAN_STORE_FULL. */
uint32_t scan_store_add(struct scan_store *s, size_t limit, const void *bytes, size_t len);
static inline const uint8_t *scan_store_at(const struct scan_store *s, uint32_t at)
{
	return s->chunks[at / SCAN_CHUNK_BYTES] + at % SCAN_CHUNK_BYTES;
}
void scan_store_release(struct scan_store *s);

/* What is kept of every record. */
enum scan_node_flag {
	SCAN_THERE = 1, /* it is a record */
	SCAN_IN_USE = 2,
	SCAN_FOLDER = 4,
	SCAN_IS_BASE = 8,
	SCAN_EXTENDED = 16,   /* others name it as their base */
	SCAN_SHORT_NAME = 32, /* its name is the short one: a better one may follow */
	SCAN_TOP = 64,        /* lies at the top: of the root's, or of what has no place */
	SCAN_KNOWN = 128,     /* depth, why and SCAN_TOP are */
};
struct scan_node {
	uint64_t parent; /* of a folder */
	uint32_t name;   /* in the store of names */
	uint16_t sequence;
	uint16_t len; /* 0: it has none */
	uint16_t depth;
	uint8_t flags;
	uint8_t why; /* enum ntfs_orphan */
};

struct scan_extension {
	uint32_t base, number;
	uint32_t at;  /* in the store of records, or SCAN_STORE_FULL */
	uint32_t len; /* bytes there */
	uint16_t base_sequence;
	bool in_use;
};

/* A piece of the MFT that is read at once. */
struct scan_span {
	uint64_t disk;  /* its first byte in the source; UINT64_MAX: lies in more than one piece */
	uint64_t first; /* record */
	uint64_t count;
};

struct ntfs_scan {
	struct ntfs *volume; /* NULL: of a file */
	struct partition_source source;
	uint32_t record_bytes;
	uint64_t first_number; /* of a part of an MFT */
	uint64_t records;
	struct scan_span *spans;
	size_t span_count, span_capacity;
	uint8_t *block;
	size_t per_block; /* records */

	struct scan_node *nodes;
	struct scan_store names, kept;
	size_t kept_max;                   /* bytes of `kept`: a test has less */
	struct scan_extension *extensions; /* by base, then by number */
	size_t extension_count, extension_capacity;
	bool names_full, cut;

	/* The file at hand. */
	struct ntfs_scan_name *file_names;
	struct ntfs_scan_attribute *file_list;
	size_t names_capacity, list_capacity;
	struct arena again; /* extensions that were not kept */

	struct text path;
	bool path_known;
	uint64_t path_parent; /* of what is in `path` */
	size_t path_prefix;
	uint64_t path_left; /* bytes of long paths */
	enum ntfs_orphan path_why;
	uint32_t *way; /* of folders, while their places are found out */
	size_t way_capacity;
};

/* scan_record.c: the head of a record, which lies before what fixups replace. False: it is none. */
struct scan_head {
	uint64_t lsn, base;
	uint32_t own_number;
	bool has_number;
	bool is_file; /* has $STANDARD_INFORMATION: extends no other one, whatever `base` says */
	uint16_t sequence, links, flags;
	unsigned problems;
	size_t used;
	struct reader attributes;
};
bool scan_head_parse(const uint8_t *bytes, size_t len, struct scan_head *h);
/* Put back what the fixups replaced, sector by sector: before h.attributes are looked at. False: in one it
 * does not fit. */
bool scan_fixup_each(uint8_t *bytes, size_t len);
bool scan_name_parse(struct reader value, struct ntfs_scan_name *n);
/* Add the attributes of a record to the file at hand. */
void scan_add(struct ntfs_scan *s, struct ntfs_scan_record *r, struct reader attributes);

/* scan_index.c: can leftover bytes that parse be a name? */
#define SCAN_NAME_BYTES 66u /* of $FILE_NAME before its letters */
bool scan_name_is_plausible(const struct ntfs_scan_name *n);

/* scan_paths.c */
void scan_note_folder(struct ntfs_scan *s, struct scan_node *node, struct reader attributes);
static inline struct scan_node *scan_node_of(const struct ntfs_scan *s, uint64_t number)
{
	return number - s->first_number < s->records ? &s->nodes[number - s->first_number] : NULL;
}
/* Is `sequence` that of the record now, or the last one before it was deleted? */
static inline bool scan_same_use(const struct scan_node *n, uint16_t sequence)
{
	uint16_t before = n->sequence == 1 ? UINT16_MAX : (uint16_t)(n->sequence - 1);

	return n->sequence == sequence || (!(n->flags & SCAN_IN_USE) && before == sequence);
}

#endif
