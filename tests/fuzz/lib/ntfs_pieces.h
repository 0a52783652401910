/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NTFS_PIECES_H
#define NTFS_PIECES_H

/* A volume of 2 MiB from those of its sectors that are not zero: number (le16), 512 bytes. So it
 * fits into what a target is given. */
#include "../bytes.h"
#include "lib/ntfs/ntfs.h"

#define PIECE 512u
#define VOLUME_BYTES (2u << 20)

/* NULL if it cannot be opened. The volume lives until the next call. */
static struct filesystem *open_pieces(const uint8_t *data, size_t size)
{
	static uint8_t volume[VOLUME_BYTES];
	static struct bytes b = { volume, VOLUME_BYTES };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 }, lost = { 0 };

	memset(volume, 0, sizeof(volume));
	for (; size >= PIECE + 2; size -= PIECE + 2, data += PIECE + 2)
		memcpy(volume + ((data[0] | (size_t)data[1] << 8) % (VOLUME_BYTES / PIECE)) * PIECE,
		       data + 2, PIECE);
	return ntfs_open_damaged(&s, 0, VOLUME_BYTES, &lost, &e);
}

#endif
