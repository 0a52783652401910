/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FAT volumes: the boot sector, chains of clusters, files. Folders: fat_folder.c. */
#include "lib/disk/fat.h"

#include <string.h>

#include "lib/base/language.h"
#include "lib/base/reader.h"
#include "lib/disk/fat_inside.h"

#define BOOT_BYTES 512
#define MIRRORING_OFF 0x80u /* only one FAT is in use; its number stands below */
#define STATE_AT 0x25
#define STATE_AT_32 0x41
#define STATE_DIRTY 3u  /* not unmounted, or its surface is to be tested */
#define FAT12_MAX 4084u /* clusters */
#define FAT16_MAX 65524u
#define FAT32_MAX 0x0ffffff4u

/* The fields of the boot sector that count, in sectors where nothing else is said. */
struct boot {
	uint32_t sector_bytes, per_cluster, reserved, fats, root_entries, total, per_fat;
	uint32_t flags, version, root_cluster; /* FAT32 */
	bool is32, dirty;
};

bool fat_bytes(const struct fat *f, uint64_t at, void *buf, size_t len, struct error *e)
{
	if (at > f->size_bytes || len > f->size_bytes - at)
		return error_set(e, ERROR_UNTRUSTED, _("the FAT file system is damaged"));
	return partition_source_read(f->source, f->first_byte + at, buf, len, e);
}

static bool parse_boot(const uint8_t sector[BOOT_BYTES], struct boot *b)
{
	struct reader r = reader_of(sector, BOOT_BYTES);
	uint32_t total, per_fat;

	*b = (struct boot){ 0 };
	reader_skip(&r, 11);
	b->sector_bytes = reader_le16(&r);
	b->per_cluster = reader_u8(&r);
	b->reserved = reader_le16(&r);
	b->fats = reader_u8(&r);
	b->root_entries = reader_le16(&r);
	total = reader_le16(&r);
	reader_skip(&r, 1);
	per_fat = reader_le16(&r);
	reader_skip(&r, 8);
	b->total = reader_le32(&r);
	b->total = total ? total : b->total;
	/* Firmware, GRUB and Linux tell FAT32 by this field, whatever the specification
	 * says of numbers of clusters. */
	b->is32 = per_fat == 0;
	b->per_fat = b->is32 ? reader_le32(&r) : per_fat;
	if (b->is32) {
		b->flags = reader_le16(&r);
		b->version = reader_le16(&r);
		b->root_cluster = reader_le32(&r);
	}
	/* Linux and Windows keep what state it is in beside the number of the drive. */
	b->dirty = sector[b->is32 ? STATE_AT_32 : STATE_AT] & STATE_DIRTY;
	return sector[510] == 0x55 && sector[511] == 0xaa;
}

static bool is_power(uint32_t n)
{
	return n && !(n & (n - 1));
}

static bool is_plausible(const struct boot *b)
{
	return is_power(b->sector_bytes) && b->sector_bytes >= 512 && b->sector_bytes <= 4096 &&
	       is_power(b->per_cluster) && b->reserved && b->fats && b->per_fat &&
	       b->version == 0 && (b->is32 ? b->root_entries == 0 : b->root_entries != 0);
}

/* Where everything lies; false if it cannot. Nothing here overflows: 32-bit numbers of
 * sectors times at most 255 FATs times 4,096 bytes. */
static bool place(struct fat *f, const struct boot *b)
{
	const uint32_t sector = b->sector_bytes;
	uint64_t fats = (uint64_t)b->per_fat * b->fats;
	uint64_t root = ((uint64_t)b->root_entries * FAT_ENTRY + sector - 1) / sector;
	uint64_t data = b->reserved + fats + root, clusters;
	uint32_t fat = b->flags & MIRRORING_OFF ? b->flags & 15 : 0;

	if (data >= b->total || (uint64_t)b->total * sector > f->size_bytes || fat >= b->fats)
		return false;
	clusters = (b->total - data) / b->per_cluster;
	f->bits = b->is32 ? 32 : clusters > FAT12_MAX ? 16 : 12;
	if (clusters == 0 || clusters > (f->bits == 16 ? FAT16_MAX : FAT32_MAX) ||
	    (clusters + 2) * f->bits > (uint64_t)b->per_fat * sector * 8)
		return false;
	f->clusters = (uint32_t)clusters;
	f->total_bytes = (uint64_t)b->total * sector;
	f->dirty = b->dirty;
	f->sector_bytes = sector;
	f->cluster_bytes = b->per_cluster * sector;
	f->table_at = (b->reserved + (uint64_t)fat * b->per_fat) * sector;
	if (b->fats > 1 && !(b->flags & MIRRORING_OFF))
		f->copy_bytes = (uint64_t)b->per_fat * sector;
	f->root_at = (b->reserved + fats) * sector;
	f->root_entries = b->root_entries;
	f->root_cluster = b->root_cluster;
	f->data_at = data * sector;
	return true;
}

bool fat_open(struct fat *f, const struct partition_source *source, uint64_t first_byte,
	      uint64_t size_bytes, struct error *e)
{
	uint8_t sector[BOOT_BYTES];
	struct boot b;

	*f = (struct fat){ .source = source, .first_byte = first_byte, .size_bytes = size_bytes };
	if (!fat_bytes(f, 0, sector, sizeof(sector), e))
		return false;
	if (!parse_boot(sector, &b) || !is_plausible(&b))
		return error_set(e, ERROR_UNTRUSTED, _("there is no FAT file system"));
	if (!place(f, &b))
		return error_set(e, ERROR_UNTRUSTED, _("the FAT file system is damaged"));
	return true;
}

bool fat_is_cluster(const struct fat *f, uint32_t cluster)
{
	return cluster >= 2 && cluster - 2 < f->clusters;
}

uint64_t fat_cluster_at(const struct fat *f, uint32_t cluster)
{
	return f->data_at + (uint64_t)(cluster - 2) * f->cluster_bytes;
}

/* A piece of the FAT, or of its copy if that can be read and it cannot. */
static bool load_window(struct fat *f, struct error *e)
{
	struct error quiet = { 0 };

	if (fat_bytes(f, f->window_at, f->window, f->window_bytes, &quiet))
		return true;
	if (f->copy_bytes && fat_bytes(f, f->window_at + f->copy_bytes, f->window, f->window_bytes,
				       &(struct error){ 0 })) {
		f->copy_used = true;
		return true;
	}
	return error_set(e, quiet.kind, "%s", quiet.text);
}

/* Four bytes of the FAT, or as many as there are before the volume's end. */
static bool table_bytes(struct fat *f, uint64_t at, uint8_t out[4], struct error *e)
{
	uint64_t left = f->size_bytes - at;
	size_t n = left < 4 ? (size_t)left : 4;

	if (at < f->window_at || at + n > f->window_at + f->window_bytes) {
		f->window_at = at - at % 512;
		left = f->size_bytes - f->window_at;
		f->window_bytes = left < FAT_WINDOW ? (size_t)left : FAT_WINDOW;
		if (!load_window(f, e)) {
			f->window_bytes = 0;
			return false;
		}
	}
	memset(out, 0, 4);
	memcpy(out, f->window + (at - f->window_at), n);
	return true;
}

bool fat_value(struct fat *f, uint32_t cluster, uint32_t *value, struct error *e)
{
	uint64_t at = f->table_at + (uint64_t)cluster * f->bits / 8;
	uint8_t bytes[4];

	if (!table_bytes(f, at, bytes, e))
		return false;
	struct reader r = reader_of(bytes, sizeof(bytes));
	*value = reader_le32(&r);
	if (f->bits == 12 && cluster % 2)
		*value >>= 4;
	*value &= f->bits == 32 ? 0x0fffffff : (1u << f->bits) - 1;
	return true;
}

bool fat_next(struct fat *f, uint32_t cluster, uint32_t *next, struct error *e)
{
	uint32_t mask = f->bits == 32 ? 0x0fffffff : (1u << f->bits) - 1;
	uint32_t value;

	if (!fat_value(f, cluster, &value, e))
		return false;
	*next = value >= mask - 7 ? 0 : value;
	if (*next != 0 && !fat_is_cluster(f, *next))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the FAT file system is damaged: a chain "
				   "of clusters leaves it"));
	if (value == 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the FAT file system is damaged: a chain "
				   "of clusters ends in a free one"));
	return true;
}

bool fat_file_open(struct fat *f, const struct fat_entry *entry, struct fat_file *file,
		   struct error *e)
{
	*file = (struct fat_file){ entry->cluster, 0, entry->size_bytes };
	if (entry->folder)
		return error_set(e, ERROR_UNTRUSTED, _("is a folder, not a file"));
	/* Also what keeps the reading of a chain that loops within bounds. */
	if (entry->size_bytes > (uint64_t)f->clusters * f->cluster_bytes)
		return error_set(e, ERROR_UNTRUSTED,
				 _("says that it is larger than its file system"));
	if (entry->size_bytes && !fat_is_cluster(f, entry->cluster))
		return error_set(e, ERROR_UNTRUSTED,
				 _("the FAT file system is damaged: a chain "
				   "of clusters leaves it"));
	return true;
}

static bool step(struct fat *f, struct fat_file *file, struct error *e)
{
	uint32_t next;

	if (!fat_next(f, file->cluster, &next, e))
		return false;
	if (!next)
		return error_set(e, ERROR_UNTRUSTED,
				 _("is cut short: its chain of clusters ends "
				   "before its size"));
	file->cluster = next;
	file->cluster_taken = 0;
	return true;
}

bool fat_file_read(struct fat *f, struct fat_file *file, void *buf, size_t len, struct error *e)
{
	uint8_t *out = buf;

	if (len > file->left_bytes)
		return error_set(e, ERROR_UNTRUSTED, _("is cut short"));
	file->left_bytes -= (uint32_t)len;
	while (len) {
		if (file->cluster_taken == f->cluster_bytes && !step(f, file, e))
			return false;
		uint64_t at = fat_cluster_at(f, file->cluster) + file->cluster_taken;
		size_t run = f->cluster_bytes - file->cluster_taken;

		/* What lies in one piece is read in one piece. */
		while (run < len) {
			uint32_t next;

			if (!fat_next(f, file->cluster, &next, e))
				return false;
			if (next != file->cluster + 1)
				break;
			file->cluster = next;
			run += f->cluster_bytes;
		}
		file->cluster_taken = f->cluster_bytes;
		if (run > len) {
			file->cluster_taken -= (uint32_t)(run - len);
			run = len;
		}
		if (!fat_bytes(f, at, out, run, e))
			return false;
		out += run;
		len -= run;
	}
	return true;
}
