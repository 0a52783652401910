/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_PARTCLONE_H
#define LIB_IMAGE_PARTCLONE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/disk/partition.h"
#include "lib/disk/used.h"
#include "lib/image/strips.h"

/*
 * Images of one partition as partclone 0.3 and later write them (format 0002:
 * https://github.com/Thomas-Tsai/partclone, IMAGE_FORMATS.md), read as hostile input.
 *
 *   header of 110 bytes | bitmap, a bit a block | CRC-32 of it | used blocks in their order,
 *   after every so many of them, and after the last, a CRC-32
 *
 * All CRCs are those of GPT and zip without the inversion at the end. What the documentation
 * does not say, and the program does (0.3.23): the mode of the checksum is 0x20 for CRC-32;
 * without reseeding ("-K") each CRC continues the one before, so the one in front is where a
 * strip's begins. A CRC finds damage; it proves nothing about who made the image.
 *
 * Refused: format 0001 (before 0.3: restore it with partclone.restore and capture that),
 * compressed files, other checksums than CRC-32 and none, big-endian PCs, blocks that are no
 * multiple of 512 bytes, strips of more than 16 MiB, more blocks than USED_BITMAP_MAX holds,
 * and a file that is shorter or longer than it says.
 *
 * What partclone does not keep reads as zeros, as after partclone.restore onto an empty
 * partition. So of NTFS the copy of the boot sector in the partition's last sector is lost:
 * partclone keeps whole clusters only.
 */
#define PARTCLONE_HEADER_BYTES 110
#define PARTCLONE_STRIP_MAX (16u << 20)

struct partclone_header {
	char made_by[15]; /* version of partclone, as it stands there: to be masked */
	char content[17]; /* "EXTFS", "NTFS" ...: the same */
	uint64_t device_bytes, blocks, used_blocks;
	uint32_t block_bytes;
	bool has_crc;
	bool reseeded;
	uint32_t strip_blocks; /* that one CRC covers; 0 without */
};

/* False: ERROR_UNTRUSTED, or ERROR_USAGE for what we do not read, with the way out. */
__attribute__((warn_unused_result)) bool
partclone_header_parse(const uint8_t bytes[PARTCLONE_HEADER_BYTES], struct partclone_header *h,
		       struct error *e);

struct partclone {
	struct partclone_header header;
	struct partition_source source; /* the partition; read by several threads at once */
	struct used_map used;

	const struct partition_source *file;
	uint64_t data_at; /* byte of the file where the blocks begin */
	uint64_t *ranks;  /* used blocks before every 4096th */
	uint32_t crc_table[8][256];
	uint32_t strip_blocks;
	struct strips *strips;
};

/* Read header and bitmap. `file` is the image, borrowed until release; its read function may
 * be called by several threads. *p must not move afterwards. A strip's CRC is checked before
 * a byte of it is handed out. */
__attribute__((warn_unused_result)) bool
partclone_open(struct partclone *p, const struct partition_source *file, struct error *e);
void partclone_release(struct partclone *p); /* { 0 } is empty */

#endif
