/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a volume holds, and how large it says that is, by its first bytes. */
#include <string.h>

#include "lib/base/checked.h"
#include "lib/base/le.h"
#include "lib/base/reader.h"
#include "lib/disk/partition.h"

#define HEAD_BYTES 8192u
#define SIZE_BYTES 4096u /* in which a file system says how large it is; whole sectors, too */
#define EXT_64BIT 0x80u

static bool has(const uint8_t *head, size_t len, size_t at, const void *magic, size_t n)
{
	return at + n <= len && memcmp(head + at, magic, n) == 0;
}

static struct reader at_offset(const uint8_t *head, size_t len, size_t at)
{
	struct reader r = reader_of(head, len);

	reader_skip(&r, at);
	return r;
}

const uint8_t bitlocker_ids[2][16] = { { 0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99,
					 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01 },
				       { 0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d, 0x9e, 0x4e,
					 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8 } };

static bool is_bitlocker(const uint8_t *h, size_t len)
{
	return has(h, len, 3, "-FVE-FS-", 8) ||
	       (has(h, len, 3, "MSWIN4.1", 8) &&
		(has(h, len, 424, bitlocker_ids[0], 16) || has(h, len, 424, bitlocker_ids[1], 16)));
}

/* A FAT boot sector has no signature of its own: its numbers must make sense. */
static bool is_fat(const uint8_t *h, size_t len)
{
	struct reader r = at_offset(h, len, 0);
	uint8_t jump = reader_u8(&r);

	reader_skip(&r, 10);
	uint16_t sector = reader_le16(&r);
	uint8_t cluster = reader_u8(&r);
	uint16_t reserved = reader_le16(&r);
	uint8_t fats = reader_u8(&r);
	reader_skip(&r, 4);
	uint8_t media = reader_u8(&r);
	uint16_t fat_sectors = reader_le16(&r);
	reader_skip(&r, 12);
	uint32_t fat32_sectors = reader_le32(&r);

	return !r.bad && has(h, len, 510, "\x55\xaa", 2) && (jump == 0xeb || jump == 0xe9) &&
	       (sector == 512 || sector == 1024 || sector == 2048 || sector == 4096) && cluster &&
	       !(cluster & (cluster - 1)) && reserved && fats >= 1 &&
	       fats <= 4 && /* as mkfs.fat makes them */
	       (media >= 0xf8 || media == 0xf0) && (fat_sectors || fat32_sectors);
}

static const char *ext_version(const uint8_t *h, size_t len)
{
	struct reader r = at_offset(h, len, 1024 + 56);

	if (reader_le16(&r) != 0xef53)
		return NULL;
	reader_skip(&r, 34); /* to the features, at 92 */
	uint32_t compatible = reader_le32(&r), incompatible = reader_le32(&r);
	uint32_t read_only = reader_le32(&r);
	/* Linux: what ext3 may have is filetype, recover, journal device, meta_bg;
	 * sparse_super, large_file, btree_dir. More is ext4. */
	if (r.bad || (incompatible & ~0x1eu) || (read_only & ~0x7u))
		return r.bad ? NULL : "ext4";
	return compatible & 0x4 ? "ext3" : "ext2";
}

static const char *luks_version(const uint8_t *h, size_t len)
{
	struct reader r = at_offset(h, len, 6);

	if (!has(h, len, 0, "LUKS\xba\xbe", 6))
		return NULL;
	switch (reader_be16(&r)) {
	case 1:
		return "luks1";
	case 2:
		return "luks2";
	default:
		return NULL;
	}
}

static bool is_lvm(const uint8_t *h, size_t len)
{
	for (size_t at = 0; at < 2048; at += 512)
		if (has(h, len, at, "LABELONE", 8) && has(h, len, at + 24, "LVM2 001", 8))
			return true;
	return false;
}

static const char *probe_head(const uint8_t *h, size_t len)
{
	const char *found;

	if (is_bitlocker(h, len))
		return "bitlocker";
	if ((found = luks_version(h, len)))
		return found;
	if (is_lvm(h, len))
		return "lvm2";
	if (has(h, len, 3, "NTFS    ", 8))
		return "ntfs";
	if (has(h, len, 3, "EXFAT   ", 8))
		return "exfat";
	if (has(h, len, 3, "ReFS\0\0\0\0", 8))
		return "refs";
	if (has(h, len, 0, "XFSB", 4))
		return "xfs";
	if (has(h, len, 4096, "\xfc\x4e\x2b\xa9", 4) || has(h, len, 0, "\xfc\x4e\x2b\xa9", 4))
		return "mdraid";
	if ((found = ext_version(h, len)))
		return found;
	if (has(h, len, 4086, "SWAPSPACE2", 10) || has(h, len, 4086, "SWAP-SPACE", 10))
		return "swap";
	return is_fat(h, len) ? "vfat" : "";
}

/* Signatures further in: one sector each, and silence where the volume ends. */
static bool has_far(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		    uint64_t at, size_t inside, const char *magic, size_t n)
{
	uint8_t sector[4096];
	struct error e = { 0 };

	if (size_bytes < at + sizeof(sector))
		return false;
	return partition_source_read(s, first + at, sector, sizeof(sector), &e) &&
	       has(sector, sizeof(sector), inside, magic, n);
}

const char *content_probe(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
			  struct error *e)
{
	uint8_t head[HEAD_BYTES];
	/* Whole sectors: a disk with 4096-byte sectors reads nothing smaller. */
	size_t len = size_bytes < HEAD_BYTES ? (size_t)size_bytes & ~(size_t)511 : HEAD_BYTES;

	if (!partition_source_read(s, first, head, len, e))
		return NULL;
	const char *found = probe_head(head, len);
	if (*found)
		return found;
	if (has_far(s, first, size_bytes, 65536, 64, "_BHRfS_M", 8))
		return "btrfs";
	if (has_far(s, first, size_bytes, 32768, 1, "CD001", 5))
		return "iso9660";
	return "";
}

uint64_t content_bytes(const struct partition_source *s, uint64_t first, uint64_t size_bytes,
		       const char *content)
{
	uint8_t b[SIZE_BYTES];
	struct error quiet = { 0 };
	uint64_t units = 0, bytes = 0;
	uint32_t unit = 0;

	if (size_bytes < sizeof(b) || !partition_source_read(s, first, b, sizeof(b), &quiet))
		return 0;
	if (strcmp(content, "ntfs") == 0) {
		unit = le16(b + 11);
		units = le64(b + 40);
	} else if (strcmp(content, "vfat") == 0) {
		unit = le16(b + 11);
		units = le16(b + 19) ? le16(b + 19) : le32(b + 32);
	} else if (strncmp(content, "ext", 3) == 0) {
		const uint8_t *super = b + 1024;

		unit = le32(super + 24) <= 6 ? 1024u << le32(super + 24) : 0;
		units = le32(super + 4);
		if (le32(super + 96) & EXT_64BIT)
			units |= (uint64_t)le32(super + 336) << 32;
	}
	return u64_mul(units, unit, &bytes) ? bytes : 0;
}
