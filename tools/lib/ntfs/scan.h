/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_SCAN_H
#define LIB_NTFS_SCAN_H

#include "lib/disk/filesystem.h"
#include "lib/ntfs/record.h"

/*
 * Every record of an MFT, for who wants to know what happened and not only what is there: also
 * deleted ones and those that were torn. docs/formats/ntfs.md#the-scan has the rules and limits.
 *
 * The MFT is read twice from its beginning to its end as it lies on the disk, in blocks of
 * 256 KiB: first for the folders' names and the records that extend others, then for the records
 * themselves. Nothing is allocated for a record; what is kept is 24 bytes of each, the names of
 * folders (NTFS_SCAN_NAMES_BYTES) and the records that extend others (NTFS_SCAN_KEPT_BYTES).
 * Time is linear in the bytes of the MFT and those of the paths that are asked for.
 */
#define NTFS_SCAN_RECORDS_MAX (1u << 24)
#define NTFS_SCAN_NAMES_BYTES (192u << 20)
#define NTFS_SCAN_KEPT_BYTES (128u << 20) /* those beyond are read again when needed */
#define NTFS_SCAN_PARTS_MAX 65536u        /* names, and attributes, of one file */
#define NTFS_SCAN_DEPTH 1024u             /* folders above a file */
/* Paths of a thousand folders with long names would become a gigabyte for each megabyte of an MFT. Those that are
 * longer than this are whole as long as all of them together are no more than so many bytes, and so many more for
 * each path that was asked for; then they begin at the highest folder that is not too far away (NTFS_ORPHAN_DEEP). */
#define NTFS_SCAN_PATH_LONG 4096u
#define NTFS_SCAN_PATHS_BYTES (16u << 20)
#define NTFS_SCAN_PATHS_EACH 512u

/* What was wrong with a record. */
enum ntfs_scan_flag {
	NTFS_SCAN_TORN = 1,    /* a fixup does not fit: some of its sectors are of another time */
	NTFS_SCAN_BAAD = 2,    /* marked as damaged by Windows itself */
	NTFS_SCAN_DAMAGED = 4, /* an attribute, or the header, cannot be: the rest is lost */
	NTFS_SCAN_CUT = 8,     /* more than NTFS_SCAN_PARTS_MAX */
	NTFS_SCAN_EXTENSION = 16, /* extends a file whose record is gone: stands for itself */
};

struct ntfs_times { /* 100 ns since 1601 */
	uint64_t created, modified, changed, accessed;
};

/* $FILE_NAME, with the times and sizes as they were when the name was last set. */
struct ntfs_scan_name {
	uint64_t parent; /* reference to the folder */
	struct ntfs_times times;
	uint64_t allocated_bytes, size_bytes;
	uint32_t attributes, reparse;
	uint16_t id;         /* of the attribute */
	uint16_t len;        /* of the whole value, in bytes */
	uint8_t space;       /* enum ntfs_namespace */
	struct reader units; /* UTF-16LE */
};

/* Any other attribute but $STANDARD_INFORMATION, by its first piece. */
struct ntfs_scan_attribute {
	uint32_t type;
	uint16_t flags, id;
	bool resident;
	uint64_t size_bytes, allocated_bytes, initialised_bytes;
	struct reader name;  /* UTF-16LE */
	struct reader value; /* resident */
};

struct ntfs_scan_record {
	uint64_t number;
	uint64_t offset; /* of the record in the MFT */
	uint64_t lsn;
	uint64_t base; /* reference, of an extension */
	uint16_t sequence, links;
	uint16_t flags;    /* NTFS_IN_USE, NTFS_FOLDER, and others that Windows sets */
	unsigned problems; /* enum ntfs_scan_flag */
	bool has_standard;
	struct ntfs_times times;  /* $STANDARD_INFORMATION */
	uint32_t attributes;      /* FILE_ATTRIBUTE_... */
	uint32_t owner, security; /* 0 if written by NTFS before 3.0 */
	uint64_t usn;
	uint32_t reparse_tag;  /* 0: none */
	struct reader reparse; /* its data behind the header, as far as resident */
	bool is_wof, is_compressed, is_encrypted, is_sparse;
	size_t extensions; /* records that were joined to it */
	size_t name_count, attribute_count;
	const struct ntfs_scan_name *names; /* in the order in which they stand */
	const struct ntfs_scan_attribute *list;
	struct reader slack; /* bytes of the record behind its end */
};

/* Entries of a folder's index that stand in its record ($INDEX_ROOT, $I30): copies of names as they were
 * when the folder was last written. `node` begins as ntfs_index_root() gives it. */
struct ntfs_index_entry {
	uint64_t file; /* reference */
	struct ntfs_scan_name name;
};
struct reader ntfs_index_root(const struct ntfs_scan_record *r); /* empty: there is none */
bool ntfs_index_next(struct reader *node, struct ntfs_index_entry *entry);

/* The next thing in leftover bytes that looks as a whole $FILE_NAME does, in steps of two bytes. */
bool ntfs_carve_name(struct reader *bytes, struct ntfs_scan_name *n);

/* The name that a person sees, or NULL. */
const struct ntfs_scan_name *ntfs_scan_name_of(const struct ntfs_scan_record *r);

/* Why a way up does not end in the root. */
enum ntfs_orphan {
	NTFS_ORPHAN_NOT,
	NTFS_ORPHAN_ABSENT,    /* there is no such record, or it cannot be read */
	NTFS_ORPHAN_REUSED,    /* the folder was deleted and its record used anew */
	NTFS_ORPHAN_NO_FOLDER, /* the record is of a file */
	NTFS_ORPHAN_LOOP,      /* the folder lies in itself */
	NTFS_ORPHAN_DEEP,      /* below more than NTFS_SCAN_DEPTH, or too long */
	NTFS_ORPHAN_NAMELESS,  /* the folder's name is gone */
};
const char *ntfs_orphan_name(enum ntfs_orphan why); /* "parent_absent"; NULL of NOT */

/* WTF-8 without '/' before and behind; a '/' within a name is U+FFFD. Below the root, or below
 * the highest folder that is known of the way up. Valid until the next path is asked for. */
struct ntfs_scan_path {
	const char *s;
	size_t len;
	size_t name_at; /* where in it the last name begins */
	enum ntfs_orphan why;
};

struct ntfs_scan;

/* Of a volume that ntfs_open() opened, borrowed. */
struct ntfs_scan *ntfs_scan_volume(struct filesystem *f);
/* Of a file that holds an MFT or a part of one; the source is copied. The size of a record is found out. NULL
 * with e: ERROR_UNTRUSTED if there are no records in it. */
struct ntfs_scan *ntfs_scan_mft(const struct partition_source *s, struct error *e);
void ntfs_scan_free(struct ntfs_scan *s);

uint32_t ntfs_scan_record_bytes(const struct ntfs_scan *s);

/* What could not be read, by its place in the MFT; `what` is a message id. May be NULL. */
struct ntfs_scan_report {
	void (*problem)(void *ctx, uint64_t offset, const char *what);
	void (*alive)(void *ctx, uint64_t offset); /* for each block */
	void *ctx;
};

/* Read the folders: after this ntfs_scan_folder() and ntfs_scan_folder_path() are known. */
__attribute__((warn_unused_result))
bool ntfs_scan_folders(struct ntfs_scan *s, const struct ntfs_scan_report *report, struct error *e);
/* Pass every record that is no part of another, in the order in which they lie on the disk.
 * False from `each` ends it; what the record points to is gone afterwards. ntfs_scan_folders() first. */
__attribute__((warn_unused_result))
bool ntfs_scan_each(struct ntfs_scan *s, const struct ntfs_scan_report *report,
		    bool (*each)(void *ctx, const struct ntfs_scan_record *r, struct error *e),
		    void *ctx, struct error *e);

/* The path of a name; *units stand for the last part. */
struct ntfs_scan_path ntfs_scan_path(struct ntfs_scan *s, uint64_t parent, struct reader units);
/* A name of at most 255 units as such a part of a path; its bytes. */
#define NTFS_SCAN_NAME_BYTES (3 * 255u)
size_t ntfs_scan_name_text(char out[NTFS_SCAN_NAME_BYTES], struct reader units);
/* Of a record that has no name at all: "RECORD" below the orphans. */
struct ntfs_scan_path ntfs_scan_nameless(struct ntfs_scan *s, uint64_t number);

/* A folder by its record's number. False: there is none of that number. */
struct ntfs_scan_folder {
	uint64_t parent;
	uint16_t sequence;
	bool in_use;
	const char *name; /* WTF-8, not ended */
	size_t len;
};
bool ntfs_scan_folder(const struct ntfs_scan *s, uint64_t number, struct ntfs_scan_folder *f);

#endif
