/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_BOOT_H
#define LIB_NTFS_BOOT_H

#include <stdint.h>

/*
 * The boot sector of an NTFS volume: docs/formats/ntfs.md#boot-sector. Bytes in, struct
 * out; that the volume fits into its partition is for the caller to see.
 */
#define NTFS_BOOT_BYTES 512

struct ntfs_boot {
	uint32_t sector_bytes;  /* 512 to 4096 */
	uint32_t cluster_bytes; /* 512 to 2 MiB */
	uint32_t record_bytes;  /* of the MFT, 512 to 65536 */
	uint32_t index_bytes;
	uint64_t sectors;  /* without the backup of the boot sector behind them */
	uint64_t clusters; /* whole ones; 1 to NTFS_CLUSTERS_MAX */
	uint64_t mft_cluster, mirror_cluster;
	uint64_t serial;
};
#define NTFS_CLUSTERS_MAX UINT32_MAX

enum ntfs_boot_result {
	NTFS_BOOT_GOOD,
	NTFS_BOOT_ABSENT, /* no NTFS here */
	NTFS_BOOT_BAD,    /* it says NTFS, and then what cannot be */
};

enum ntfs_boot_result ntfs_boot_parse(const uint8_t sector[NTFS_BOOT_BYTES], struct ntfs_boot *b);

#endif
