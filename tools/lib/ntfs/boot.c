/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where everything else of an NTFS volume is found: its boot sector. */
#include "lib/ntfs/boot.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/reader.h"

#define SECTOR_MIN 512u
#define SECTOR_MAX 4096u
#define CLUSTER_MAX (2u << 20)
#define PIECE_MIN 512u /* of a record and an index block: what a fixup covers */
#define PIECE_MAX 65536u

static bool is_power(uint64_t n)
{
	return n && !(n & (n - 1));
}

/* Sectors of a cluster: as they are up to 128, above that as 256 less the power of two. */
static uint32_t cluster_size(uint32_t sector_bytes, unsigned code)
{
	uint64_t sectors = code <= 128 ? code : 256 - code < 13 ? UINT64_C(1) << (256 - code) : 0;
	uint64_t bytes = sectors * sector_bytes;

	return is_power(sectors) && bytes <= CLUSTER_MAX ? (uint32_t)bytes : 0;
}

/* Of a record or an index block: clusters, or 256 less the power of two of its bytes. */
static uint32_t piece_size(uint32_t cluster_bytes, unsigned code)
{
	uint64_t bytes = code < 128         ? (uint64_t)code * cluster_bytes
			 : 256 - code <= 31 ? UINT64_C(1) << (256 - code)
					    : 0;

	return is_power(bytes) && bytes >= PIECE_MIN && bytes <= PIECE_MAX ? (uint32_t)bytes : 0;
}

enum ntfs_boot_result ntfs_boot_parse(const uint8_t sector[NTFS_BOOT_BYTES], struct ntfs_boot *b)
{
	struct reader r = reader_of(sector, NTFS_BOOT_BYTES);

	*b = (struct ntfs_boot){ 0 };
	if (memcmp(sector + 3, "NTFS    ", 8) != 0)
		return NTFS_BOOT_ABSENT;
	reader_skip(&r, 11);
	b->sector_bytes = reader_le16(&r);
	unsigned cluster_code = reader_u8(&r);
	reader_skip(&r, 26);
	b->sectors = reader_le64(&r);
	b->mft_cluster = reader_le64(&r);
	b->mirror_cluster = reader_le64(&r);
	unsigned record_code = reader_u8(&r);
	reader_skip(&r, 3);
	unsigned index_code = reader_u8(&r);
	reader_skip(&r, 3);
	b->serial = reader_le64(&r);
	/* The mark 55 AA belongs to the code for starting, which data volumes need not have. */
	if (!is_power(b->sector_bytes) || b->sector_bytes < SECTOR_MIN ||
	    b->sector_bytes > SECTOR_MAX)
		return NTFS_BOOT_BAD;
	b->cluster_bytes = cluster_size(b->sector_bytes, cluster_code);
	if (!b->cluster_bytes)
		return NTFS_BOOT_BAD;
	b->record_bytes = piece_size(b->cluster_bytes, record_code);
	b->index_bytes = piece_size(b->cluster_bytes, index_code);
	if (!b->record_bytes || !b->index_bytes)
		return NTFS_BOOT_BAD;
	b->clusters = b->sectors / (b->cluster_bytes / b->sector_bytes);
	/* So few that the bytes of the volume are a number, too. */
	return b->clusters && b->clusters <= NTFS_CLUSTERS_MAX && b->mft_cluster < b->clusters
		       ? NTFS_BOOT_GOOD
		       : NTFS_BOOT_BAD;
}
