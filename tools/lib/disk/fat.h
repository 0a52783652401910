/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_FAT_H
#define LIB_DISK_FAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"
#include "lib/disk/utf16.h"

/*
 * FAT12, FAT16 and FAT32 (Microsoft, FAT specification 1.03) with long names, read
 * only. Made for volumes that somebody else may have written: every read lies inside
 * the volume, every walk ends (docs/formats/stick.md#limits-of-the-reader), nothing
 * is allocated. Errors say what is wrong with the volume (ERROR_UNTRUSTED) or that it
 * cannot be read (ERROR_FAILED).
 */
#define FAT_NAME_UNITS 255
#define FAT_NAME_MAX UTF16_TEXT(FAT_NAME_UNITS)
#define FAT_FOLDER_ENTRIES 65536
#define FAT_WINDOW 4096

struct fat {
	const struct partition_source *source;
	uint64_t first_byte, size_bytes; /* of the volume, on the source */
	unsigned bits;                   /* 12, 16 or 32 */
	uint32_t sector_bytes, cluster_bytes;
	uint32_t clusters;     /* numbered from 2 */
	uint64_t total_bytes;  /* of the volume as its boot sector says */
	bool dirty;            /* the boot sector says that it was not unmounted */
	uint64_t table_at;     /* the FAT in use; these three are bytes in the volume */
	uint64_t copy_bytes;   /* from there to the next FAT, which is the same; 0: there is none */
	bool copy_used;        /* some of the first one could not be read */
	uint64_t data_at;      /* cluster 2 */
	uint64_t root_at;      /* the root folder of FAT12 and FAT16 */
	uint32_t root_entries; /* entries that it has room for */
	uint32_t root_cluster; /* of FAT32; else 0 */
	uint64_t window_at;    /* a piece of the FAT that was read last */
	uint8_t window[FAT_WINDOW];
	size_t window_bytes;
	bool with_deleted; /* set by who wants them: fat_walk() passes what was deleted, too */
	bool past_end; /* the same: also what lies behind the end of a folder, which nobody else sees */
};

/* A date and a time as they stand in an entry: of the clock on the wall where they were
 * written, in no zone that is known. Date 0: none. */
struct fat_time {
	uint16_t date, time; /* time in steps of 2 s */
	uint8_t hundredths;  /* 0 to 199, beyond that */
};

/* A file or a folder. */
struct fat_entry {
	char name[FAT_NAME_MAX]; /* UTF-8, unmasked; the short one if there is no long one */
	char short_name[13];     /* "KIT~1.SLO", as its bytes stand */
	bool has_long;           /* name is a long one */
	bool folder;
	bool past_end; /* of its folder */
	bool deleted;  /* the first letter of short_name is 0xe5, unless a long name told it */
	struct fat_time modified, created, accessed; /* the last is a date only */
	uint32_t size_bytes;                         /* of a file */
	uint32_t cluster; /* the first; 0 of an empty file, and of the root */
};

/* Open the volume at `first_byte` of the source. */
__attribute__((warn_unused_result))
bool fat_open(struct fat *f, const struct partition_source *source, uint64_t first_byte,
	      uint64_t size_bytes, struct error *e);

/* Call `each` for every entry of a folder (NULL: the root) in the order on disk, without
 * "." and ".." and the volume's label; false from it ends the walk. */
typedef bool fat_each(void *ctx, const struct fat_entry *entry, struct error *e);
__attribute__((warn_unused_result))
bool fat_walk(struct fat *f, const struct fat_entry *folder, fat_each *each, void *ctx,
	      struct error *e);

/* The volume's label, from the root; "" if it has none or cannot be read. */
#define FAT_LABEL_MAX (3 * 11 + 1)
void fat_label(struct fat *f, char out[FAT_LABEL_MAX]);

/* Find "boot/grub/grub.cfg"; letters are compared without case for ASCII. A name on the
 * way that stands twice in its folder is refused. *there is false if there is none. */
__attribute__((warn_unused_result))
bool fat_find(struct fat *f, const char *path, struct fat_entry *entry, bool *there,
	      struct error *e);

/* Are two names the same for FAT? */
bool fat_same_name(const char *a, const char *b);

/* What the FAT says of a cluster (or of its first two entries): 0 if that is free. */
__attribute__((warn_unused_result))
bool fat_value(struct fat *f, uint32_t cluster, uint32_t *value, struct error *e);

/* A file that is read in order. */
struct fat_file {
	uint32_t cluster;       /* where the next byte lies, once something was read */
	uint32_t cluster_taken; /* bytes of it that were read */
	uint32_t left_bytes;
};

__attribute__((warn_unused_result))
bool fat_file_open(struct fat *f, const struct fat_entry *entry, struct fat_file *file,
		   struct error *e);

/* The next `len` bytes, at most file->left_bytes. */
__attribute__((warn_unused_result))
bool fat_file_read(struct fat *f, struct fat_file *file, void *buf, size_t len, struct error *e);

#endif
