/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of boot sectors and superblocks. */
#include "triage/copies.h"

#include <string.h>

#include "lib/base/le.h"
#include "lib/ntfs/boot.h"

#define SECTOR_MAX 4096u
#define SIGNATURE_AT 510u /* 55 AA */
#define FAT_COPY_SECTOR 6u
#define EXT_SUPER_AT 1024u
#define EXT_LOGS 3u /* blocks of 1024, 2048 and 4096 bytes */

/* The beginning of what stands there, read by whole sectors. */
static bool read_at(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		    uint64_t at, struct copy *c, size_t len)
{
	uint8_t bytes[SECTOR_MAX];
	struct error quiet = { 0 };
	const size_t n = s->sector_bytes > len ? s->sector_bytes : len;

	if (n > sizeof(bytes) || at > size_bytes || n > size_bytes - at ||
	    !partition_source_read(s, first + at, bytes, n, &quiet))
		return false;
	memcpy(c->bytes, bytes, len);
	c->len = len;
	return true;
}

static bool find_ntfs(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		      struct copy *c)
{
	struct ntfs_boot boot;

	for (uint32_t sector = 512; sector <= SECTOR_MAX; sector *= 2) {
		const uint64_t at = size_bytes < sector ? 0 : size_bytes / sector * sector - sector;

		if (at && read_at(s, first, size_bytes, at, c, NTFS_BOOT_BYTES) &&
		    ntfs_boot_parse(c->bytes, &boot) == NTFS_BOOT_GOOD &&
		    boot.sectors * boot.sector_bytes == at) {
			c->at = first;
			return true;
		}
	}
	return false;
}

static bool find_fat32(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		       struct copy *c)
{
	for (uint32_t sector = 512; sector <= SECTOR_MAX; sector *= 2) {
		const uint8_t *b = c->bytes;

		if (read_at(s, first, size_bytes, (uint64_t)FAT_COPY_SECTOR * sector, c, 512) &&
		    b[SIGNATURE_AT] == 0x55 && b[SIGNATURE_AT + 1] == 0xaa &&
		    memcmp(b + 82, "FAT32   ", 8) == 0 && le16(b + 11) == sector &&
		    le16(b + 50) == FAT_COPY_SECTOR) {
			c->at = first;
			return true;
		}
	}
	return false;
}

static bool find_ext(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		     struct copy *c)
{
	for (uint32_t log = 0; log < EXT_LOGS; log++) {
		const uint64_t block = (uint64_t)1024 << log, group = 8 * block * block;
		const uint8_t *b = c->bytes;

		if (read_at(s, first, size_bytes, group + (log ? 0 : block), c, 1024) &&
		    le16(b + 56) == 0xef53 && le32(b + 24) == log && le16(b + 90) == 1) {
			c->at = first + EXT_SUPER_AT;
			return true;
		}
	}
	return false;
}

bool copy_find(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
	       struct copy *c)
{
	return find_ntfs(s, first, size_bytes, c) || find_fat32(s, first, size_bytes, c) ||
	       find_ext(s, first, size_bytes, c);
}

static bool read_copied(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct copied *x = ctx;
	const struct copy *c = x->copy;
	const uint64_t end = offset + len, from = offset > c->at ? offset : c->at,
		       to = end < c->at + c->len ? end : c->at + c->len;
	uint8_t *b = buf;

	if (from >= to)
		return x->under->read(x->under->ctx, offset, buf, len, e);
	memcpy(b + (from - offset), c->bytes + (from - c->at), (size_t)(to - from));
	/* Not what stands under it: perhaps that cannot be read. */
	return (from == offset ||
		x->under->read(x->under->ctx, offset, b, (size_t)(from - offset), e)) &&
	       (to == end ||
		x->under->read(x->under->ctx, to, b + (to - offset), (size_t)(end - to), e));
}

struct partition_source copy_source(struct copied *x)
{
	struct partition_source s = *x->under;

	s.read = read_copied;
	s.ctx = x;
	return s;
}
