/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_SLACK_H
#define LIB_NTFS_SLACK_H

#include "lib/ntfs/scan.h"

/*
 * Names that folders had once, out of what is left over in the clusters of their indices ($INDEX_ALLOCATION,
 * $I30): of files that were deleted, renamed or moved, also where the record of the MFT was used anew since.
 * docs/formats/ntfs.md#index-blocks has the rules and limits. Needs a volume: an MFT alone has no clusters.
 *
 * Folders are noted while the scan passes them, and their indices are read afterwards, in the order in which
 * they begin on the disk; each once, and again if it is larger than 1 MiB. What is kept is 8 bytes of a folder,
 * and of the folder at hand 32 of each name.
 */
#define NTFS_SLACK_FOLDERS_MAX (1u << 23)
#define NTFS_SLACK_INDEX_BYTES (UINT64_C(1) << 30) /* of a folder */
#define NTFS_SLACK_NAMES_MAX (1u << 22) /* hashes of a folder: two a name that it has, or had */

enum ntfs_slack_place {
	NTFS_SLACK_END,     /* behind the last entry of a block */
	NTFS_SLACK_FREE,    /* in a block that is free, or damaged */
	NTFS_SLACK_DELETED, /* in the index of a folder that was deleted */
};

struct ntfs_slack_name {
	uint64_t file;   /* reference; 0: it was written over */
	uint64_t offset; /* of the name in the volume, in bytes */
	enum ntfs_slack_place place;
	bool in_use;    /* the file is there still: under another name, or in another folder */
	bool is_reused; /* its record is in use for another file */
	struct ntfs_scan_name name; /* times and sizes as they were when it was last written there */
};

struct ntfs_slack;

/* f: of ntfs_open(), borrowed; s: of ntfs_scan_volume() of the same. */
struct ntfs_slack *ntfs_slack_new(struct filesystem *f, struct ntfs_scan *s);
/* A record that ntfs_scan_each() passed; only folders with blocks are kept. */
void ntfs_slack_note(struct ntfs_slack *l, const struct ntfs_scan_record *r);
/* Pass every name that its folder has no more, each version of it once for a folder. False from `each` ends it. */
__attribute__((warn_unused_result)) bool
ntfs_slack_each(struct ntfs_slack *l, const struct ntfs_scan_report *report,
		bool (*each)(void *ctx, const struct ntfs_slack_name *n, struct error *e),
		void *ctx, struct error *e);
void ntfs_slack_free(struct ntfs_slack *l);

#endif
