/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_PARTITION_H
#define LIB_DISK_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/utf16.h"

/*
 * Partition tables (GPT: UEFI specification 2.10, chapter 5; MBR with the chain
 * of extended partitions) and what partitions hold, by their first bytes.
 *
 * Bytes in, structs out: nothing is opened and nothing allocated, the caller
 * gives a function that reads. Meant to run where a compromise gains nothing.
 */
struct partition_source {
	/* Read exactly len bytes; false with e otherwise. Never asked past size_bytes. */
	bool (*read)(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e);
	void *ctx;
	uint64_t size_bytes;
	uint32_t sector_bytes; /* logical: 512 or 4096 */
};

#define PARTITIONS_MAX 128
#define PARTITION_LABEL_MAX UTF16_TEXT(36)
#define PARTITION_CHAIN_MAX 60 /* logical ones: what Linux and Windows can name on one disk */

struct partition {
	unsigned number; /* from 1; logical ones of an MBR from 5; 0: a disk without table */
	uint64_t first_byte, size_bytes;
	const char *type;                /* "EFI system", else the same as type_id */
	char type_id[37];                /* GUID in capitals, or "0x83" */
	char id[37];                     /* GUID of this partition, "" on an MBR */
	char label[PARTITION_LABEL_MAX]; /* GPT name in UTF-8, unmasked; "" on an MBR */
	const char *content;             /* as content_probe() */
	/* As they stand in the table, for who makes it anew. MBR: the type byte, then zeros. */
	uint8_t raw_type[16], raw_id[16], raw_label[72];
	uint64_t attributes; /* GPT */
};

enum partition_table_kind { TABLE_NONE, TABLE_MBR, TABLE_GPT, TABLE_DAMAGED };

/* What was odd about a table. */
enum partition_table_flag {
	TABLE_BACKUP_USED = 1,      /* the primary GPT is damaged or gone */
	TABLE_OTHER_SECTOR = 2,     /* the GPT was made for another sector size */
	TABLE_NOT_PROTECTED = 4,    /* GPT without its protective MBR */
	TABLE_MORE = 8,             /* more than PARTITIONS_MAX, or PARTITION_CHAIN_MAX */
	TABLE_BEYOND_END = 16,      /* one reaches past the end; what none can be is left out */
	TABLE_CHAIN_BROKEN = 32,    /* the chain of logical partitions ends in nonsense */
	TABLE_PART_UNREADABLE = 64, /* a partition's first bytes could not be read */
	TABLE_SEARCHED = 128,       /* none, or an empty one: partition_search() found these */
	TABLE_GPT_IGNORED =
		256, /* an MBR, and a GPT that it has no entry for, or a volume over what is left of one:
			no system uses that */
};

struct partition_table {
	enum partition_table_kind kind;
	unsigned flags;
	char id[37];        /* GUID of the disk, or the MBR's number as "0x1234abcd" */
	uint8_t raw_id[16]; /* GPT: the same as it stands there */
	size_t chain_count; /* MBR: the sectors of its logical partitions, */
	uint64_t chain[PARTITION_CHAIN_MAX]; /* by their bytes, as one leads to the next */
	size_t count;
	struct partition list[PARTITIONS_MAX]; /* ascending by number */
};

/* Read the table and look into every partition. False only if the disk's first
 * sector cannot be read; everything else is a finding in *t. */
__attribute__((warn_unused_result))
bool partition_table_read(const struct partition_source *s, struct partition_table *t,
			  struct error *e);

/*
 * For a disk whose table is gone, damaged or empty: look for volumes where partitions begin, at whole MiB, and by cylinders
 * as before 2007, and add them to t->list with TABLE_SEARCHED. One that does not say how large it is goes on to the
 * next, or to the end. One of which there is no more than its beginning is what an older one left: it hides none, so
 * those behind may lie within it. It looks at SEARCH_PLACES places, so at the first 6 GiB or so that no volume takes.
 */
#define SEARCH_PLACES 8192u
void partition_search(const struct partition_source *s, struct partition_table *t);

/* "gpt", "mbr", "none", "damaged". */
const char *partition_table_name(enum partition_table_kind kind);

/*
 * What a volume of size_bytes at `first` holds: "ntfs", "bitlocker" (both kinds),
 * "luks1", "luks2", "ext2", "ext3", "ext4", "vfat", "exfat", "swap", "lvm2",
 * "btrfs", "xfs", "iso9660", "refs", "mdraid", or "" if unknown. A statement on
 * signatures, not on health. NULL with e if it cannot be read.
 */
const char *content_probe(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
			  struct error *e);

/* How BitLocker says in a volume's first sector that it is there, at 160 on fixed disks and at 424 behind the FAT look
 * of "BitLocker To Go": {4967d63b-2e29-4ad8-8399-f6a339e3d001}, and {92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8} where
 * only what is in use is encrypted. */
extern const uint8_t bitlocker_ids[2][16];

/* How many bytes the file system of that content says that it has, for "ntfs", "vfat" and "ext2" to "ext4".
 * NTFS leaves out its last sector, a copy of its first. 0: that is not known. */
uint64_t content_bytes(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		       const char *content);

/* Read, refusing what lies past the end; for the files of this folder. */
__attribute__((warn_unused_result))
bool partition_source_read(const struct partition_source *s, uint64_t offset, void *buf, size_t len,
			   struct error *e);

/* Parts of partition_table_read(). Each adds to t->list what it finds. */
enum gpt_result { GPT_ABSENT, GPT_BAD, GPT_GOOD };
enum gpt_result gpt_read(const struct partition_source *s, struct partition_table *t);

/* The checksum of a GPT, continued over more bytes; begin with 0. */
uint32_t gpt_crc32(uint32_t crc, const void *bytes, size_t n);

struct mbr {
	bool present;    /* 55 AA at the end */
	bool plausible;  /* what stands where entries would be can be entries */
	bool cut_off;    /* it could, if the disk were longer: some begin behind its end, not all */
	bool protective; /* has an entry of type EE */
	bool empty;      /* no entry at all */
	uint8_t sector[512];
};
__attribute__((warn_unused_result))
bool mbr_load(const struct partition_source *s, struct mbr *m, struct error *e);
void mbr_partitions(const struct partition_source *s, const struct mbr *m,
		    struct partition_table *t);

/* The next free place in the list, zeroed, or NULL with TABLE_MORE set. */
struct partition *partition_next(struct partition_table *t);

#endif
