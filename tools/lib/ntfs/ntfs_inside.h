/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_NTFS_INSIDE_H
#define LIB_NTFS_NTFS_INSIDE_H

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/disk/filesystem.h"
#include "lib/ntfs/boot.h"
#include "lib/ntfs/record.h"
#include "lib/ntfs/runs.h"

/*
 * What the files of this folder share: an open volume, the content of an attribute, a file
 * with all of its attributes. Not for others.
 */
#define NTFS_RECORDS_MAX UINT32_MAX
#define NTFS_LIST_BYTES (256u << 10)      /* an attribute list, as Windows has it */
#define NTFS_EXTENSIONS_BYTES (64u << 20) /* records that one file is spread over */

/* The system's own files, by their numbers. */
enum {
	NTFS_FILE_MFT = 0,
	NTFS_FILE_LOG = 2,
	NTFS_FILE_VOLUME = 3,
	NTFS_FILE_ROOT = 5,
	NTFS_FILE_BITMAP = 6,
	NTFS_FILE_UPCASE = 10,
	NTFS_FILE_EXTEND = 11,
	NTFS_FIRST_USER = 16, /* those before are the system's */
};

struct ntfs;

/* The content of an attribute. */
struct ntfs_stream {
	struct ntfs *volume;                    /* borrowed */
	uint64_t number;                        /* of the record, for messages */
	uint64_t size_bytes, initialised_bytes; /* behind the latter it reads as zeros */
	uint16_t flags;
	uint32_t unit_clusters; /* compressed in units of so many clusters; 0: not */
	struct reader resident; /* a copy that this owns; empty if it lies in runs */
	uint8_t *bytes;
	struct ntfs_runs runs;
	size_t run;              /* where was read last */
	uint64_t unit;           /* which unit `plain` is; UINT64_MAX: none */
	uint8_t *plain, *packed; /* owned, made when first needed */
};

/* Read from `offset`; *got is less than len only at the end. */
__attribute__((warn_unused_result))
bool ntfs_stream_read(struct ntfs_stream *s, uint64_t offset, void *buf, size_t len, size_t *got,
		      struct error *e);
/* Exactly len bytes. */
__attribute__((warn_unused_result))
bool ntfs_stream_exact(struct ntfs_stream *s, uint64_t offset, void *buf, size_t len,
		       struct error *e);
void ntfs_stream_release(struct ntfs_stream *s);

/* A file: its base record and those that extend it. { 0 } is empty. */
struct ntfs_file {
	uint64_t number;
	struct ntfs_record record;
	struct ntfs_attribute *list; /* all attributes; pieces of one are adjacent, in order */
	size_t count, capacity;
	uint8_t *own;            /* the base record, if ntfs_file_load() read it */
	struct arena extensions; /* records */
	size_t extension_bytes;
};

/* Take the base record that was parsed into `record`, whose bytes stay where they are, and read what
 * extends it. After false, too, *f has the attributes that could be read. */
__attribute__((warn_unused_result))
bool ntfs_file_take(struct ntfs *v, struct ntfs_file *f, uint64_t number,
		    const struct ntfs_record *record, struct error *e);
/* Read it. A record that is not in use, or extends another, is an error (ERROR_UNTRUSTED). */
__attribute__((warn_unused_result))
bool ntfs_file_load(struct ntfs *v, struct ntfs_file *f, uint64_t number, struct error *e);
void ntfs_file_release(struct ntfs_file *f);

/* The first (or only) piece of an attribute that has no name, or SIZE_MAX. */
size_t ntfs_file_find(const struct ntfs_file *f, uint32_t type);
/* The first of type and name; the name is UTF-16LE. */
size_t ntfs_file_find_named(const struct ntfs_file *f, uint32_t type, struct reader name);
/* Open attribute i of the list. Releasing *s is right also after an error. */
__attribute__((warn_unused_result))
bool ntfs_file_stream(struct ntfs *v, const struct ntfs_file *f, size_t i, struct ntfs_stream *s,
		      struct error *e);

/* The name that a person sees: not the short one, unless there is no other. */
bool ntfs_file_name(const struct ntfs_file *f, struct ntfs_name *n);

/* Names of folders, as far as they were needed: names.c. { 0 } is empty. */
#define NTFS_NAMES_BYTES (256u << 20) /* when it holds more it begins anew */
#define NTFS_DEPTH_MAX 1024           /* folders above a file */
#define NTFS_PATH_UNITS 32767
#define NTFS_NAME_BYTES (3 * 255)
struct ntfs_folder;
struct ntfs_names {
	struct arena pieces;
	struct ntfs_folder **table; /* by number, open addressing */
	uint64_t key;               /* of scatter() */
	size_t size, count, bytes;
	struct ntfs_file file; /* the folder that was looked up last */
};
enum ntfs_place {
	NTFS_PLACE_USER,
	NTFS_PLACE_SYSTEM, /* in the system's own folder, where Windows makes a few files, and others may */
	NTFS_PLACE_NONE, /* the way up does not end in the root */
};

/* A name in WTF-8. 0: it can be none (empty, ".", ".."). *is_bad is set if a zero or a slash was in it, which is U+FFFD
 * then; else it stays as it was. */
size_t ntfs_name_text(char out[NTFS_NAME_BYTES], struct reader units, bool *is_bad);
/* Remember a folder that was met on the way. */
void ntfs_names_add(struct ntfs_names *n, const struct ntfs_file *f, const struct ntfs_name *name);
#define NTFS_EXTEND "$Extend/"
/* Append the path of a folder to *out, "Windows/System32/"; nothing for the root. *units
 * are those of UTF-16 that it has. Of no place it is not whole. */
enum ntfs_place ntfs_names_path(struct ntfs *v, uint64_t reference, struct text *out,
				size_t *units);
void ntfs_names_release(struct ntfs_names *n);

/* What read() of the entry that was passed last works on: walk.c. */
struct ntfs_content {
	const struct ntfs_file *file;
	size_t attribute;   /* SIZE_MAX: none */
	const char *target; /* of a link, else NULL */
	size_t target_bytes;
	const char *refusal; /* why it cannot be read, a message id; NULL: it can */
	unsigned packing;    /* enum ntfs_packing */
	uint64_t size_bytes; /* of what is packed */
	struct ntfs_wof *wof;
	bool is_open;
	struct ntfs_stream stream;
};

struct ntfs {
	struct filesystem fs; /* first, so that one is the other */
	struct partition_source source;
	uint64_t first_byte;
	uint64_t volume_bytes; /* that can be read: whole clusters */
	struct ntfs_boot boot;
	bool is_backup; /* the first boot sector is damaged */
	struct ntfs_stream mft;
	struct error *lost; /* of the caller; not NULL while the MFT is taken in part */
	uint64_t records;
	uint64_t stored_left, holes_left; /* bytes that may still be read: budget of a walk */
	uint16_t *upcase;                 /* of 65536 units; NULL until needed */
	struct ntfs_names names;
	struct ntfs_content content;
};

/* Bytes of the volume. */
__attribute__((warn_unused_result))
bool ntfs_read(struct ntfs *v, uint64_t offset, void *buf, size_t len, struct error *e);

/* Find the MFT: mft.c. lost: as ntfs_open_damaged() has it, or NULL: all of it must be found. */
__attribute__((warn_unused_result))
bool ntfs_mft_open(struct ntfs *v, struct error *lost, struct error *e);
/* One record into `bytes` (record_bytes). False only if it cannot be read. */
__attribute__((warn_unused_result))
bool ntfs_mft_read(struct ntfs *v, uint64_t number, uint8_t *bytes, struct ntfs_record *r,
		   enum ntfs_record_state *state, struct error *e);

/* struct filesystem's functions. */
bool ntfs_used(struct filesystem *f, struct used_map *m, struct error *e);
bool ntfs_walk(struct filesystem *f,
	       bool (*each)(void *ctx, const struct filesystem_entry *entry, struct error *e),
	       void *ctx, struct error *e);
bool ntfs_content_read(struct filesystem *f, const struct filesystem_entry *entry, uint64_t offset,
		       void *buf, size_t len, size_t *got, struct error *e);
bool ntfs_load(struct filesystem *f, const char *path, void *buf, size_t max, size_t *got,
	       bool *there, struct error *e);
bool ntfs_clear(struct filesystem *f, const char *path, struct used_map *m, bool *there,
		struct error *e);

/* Fill in fs.state and its words: volume.c. */
void ntfs_state(struct ntfs *v);

/* The name of a folder's index, "$I30" in UTF-16LE. */
extern const struct reader ntfs_i30;

/* The file of a path, without regard to case: index.c. Releasing *f is right in any case. */
__attribute__((warn_unused_result))
bool ntfs_lookup(struct ntfs *v, const char *path, struct ntfs_file *f, bool *there,
		 struct error *e);

#endif
