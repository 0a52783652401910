/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which file system is it, and who reads it? */
#include "lib/image/volume.h"

#include <string.h>

#include "lib/disk/ext.h"
#include "lib/disk/fatfs.h"
#include "lib/ntfs/ntfs.h"

struct filesystem *volume_open(const struct partition_source *s, uint64_t first_byte,
			       uint64_t size_bytes, struct error *e)
{
	static const struct {
		const char *content; /* as content_probe() calls it */
		struct filesystem *(*open)(const struct partition_source *s, uint64_t first_byte,
					   uint64_t size_bytes, struct error *e);
	} kinds[] = {
		{ "ext2", ext_open },
		{ "ext3", ext_open },
		{ "ext4", ext_open },
		{ "ntfs", ntfs_open },
		{ "vfat", fat_filesystem_open },
	};
	const char *content = content_probe(s, first_byte, size_bytes, e);

	for (size_t i = 0; content && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(content, kinds[i].content) == 0)
			return kinds[i].open(s, first_byte, size_bytes, e);
	return NULL;
}
