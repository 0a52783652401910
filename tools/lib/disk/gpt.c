/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The GUID partition table: UEFI specification 2.10, section 5.3. */
#include <stdio.h>
#include <string.h>

#include "lib/base/reader.h"
#include "lib/disk/partition.h"
#include "lib/disk/utf16.h"

#define HEADER_MIN 92u
#define ENTRY_MIN 128u
#define ENTRY_MAX 4096u
#define ENTRIES_MAX 1024u
#define ENTRIES_BYTES_MAX (256u << 10)

struct header {
	uint64_t own, other, first_usable, last_usable, entries_at;
	uint32_t count, entry_bytes, entries_crc;
	uint8_t disk_id[16];
};

uint32_t gpt_crc32(uint32_t crc, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	crc = ~crc;
	while (n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
	}
	return ~crc;
}

static void format_guid(char out[37], const uint8_t g[16])
{
	/* The first three fields are little-endian on disk. */
	snprintf(out, 37, "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X",
		 g[3], g[2], g[1], g[0], g[5], g[4], g[7], g[6], g[8], g[9], g[10], g[11], g[12],
		 g[13], g[14], g[15]);
}

static const char *type_name(const char *id)
{
	static const struct {
		const char *id, *name;
	} names[] = {
		{ "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "EFI system" },
		{ "21686148-6449-6E6F-744E-656564454649", "BIOS boot" },
		{ "E3C9E316-0B5C-4DB8-817D-F92DF00215AE", "Microsoft reserved" },
		{ "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "Microsoft basic data" },
		{ "DE94BBA4-06D1-4D40-A16A-BFD50179D6AC", "Windows recovery" },
		{ "5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "Windows LDM metadata" },
		{ "AF9B60A0-1431-4F62-BC68-3311714A69AD", "Windows LDM data" },
		{ "E75CAF8F-F680-4CEE-AFA3-B001E56EFC2D", "Windows storage spaces" },
		{ "0FC63DAF-8483-4772-8E79-3D69D8477DE4", "Linux filesystem" },
		{ "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709", "Linux root (x86-64)" },
		{ "933AC7E1-2EB4-4F13-B844-0E14E2AEF915", "Linux home" },
		{ "BC13C2FF-59E6-4262-A352-B275FD6F7172", "Linux extended boot" },
		{ "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "Linux swap" },
		{ "E6D6D379-F507-44C2-A23C-238F2A3DF928", "Linux LVM" },
		{ "A19D880F-05FC-4D3B-A006-743F0F84911E", "Linux RAID" },
		{ "CA7D7CCB-63ED-4C53-861C-1742536059CC", "Linux LUKS" },
		{ "48465300-0000-11AA-AA11-00306543ECAC", "Apple HFS+" },
		{ "7C3457EF-0000-11AA-AA11-00306543ECAC", "Apple APFS" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].id, id) == 0)
			return names[i].name;
	return id;
}

static enum gpt_result parse_header(const struct partition_source *s, uint64_t lba,
				    struct header *h)
{
	uint8_t sector[4096];
	struct error e = { 0 };

	if (!partition_source_read(s, lba * s->sector_bytes, sector, s->sector_bytes, &e))
		return GPT_ABSENT;
	if (memcmp(sector, "EFI PART", 8) != 0)
		return GPT_ABSENT;
	struct reader r = reader_of(sector, s->sector_bytes);
	reader_skip(&r, 12); /* signature, revision */
	uint32_t size = reader_le32(&r), crc = reader_le32(&r);
	reader_skip(&r, 4);
	if (size < HEADER_MIN || size > s->sector_bytes)
		return GPT_BAD;
	memset(sector + 16, 0, 4);
	if (gpt_crc32(0, sector, size) != crc)
		return GPT_BAD;
	h->own = reader_le64(&r);
	h->other = reader_le64(&r);
	h->first_usable = reader_le64(&r);
	h->last_usable = reader_le64(&r);
	const uint8_t *id = reader_take(&r, 16);
	if (!id)
		return GPT_BAD;
	memcpy(h->disk_id, id, 16);
	h->entries_at = reader_le64(&r);
	h->count = reader_le32(&r);
	h->entry_bytes = reader_le32(&r);
	h->entries_crc = reader_le32(&r);
	/* A header that says it stands elsewhere is a copy, not this disk's. */
	if (r.bad || h->own != lba || h->first_usable > h->last_usable)
		return GPT_BAD;
	if (h->entry_bytes < ENTRY_MIN || h->entry_bytes > ENTRY_MAX ||
	    (h->entry_bytes & (h->entry_bytes - 1)) || h->count == 0 || h->count > ENTRIES_MAX ||
	    (uint64_t)h->count * h->entry_bytes > ENTRIES_BYTES_MAX)
		return GPT_BAD;
	if (h->entries_at > s->size_bytes / s->sector_bytes)
		return GPT_BAD;
	return GPT_GOOD;
}

static void parse_entry(const struct partition_source *s, struct partition_table *t,
			unsigned number, struct reader r)
{
	static const uint8_t unused[16];
	const uint8_t *type = reader_take(&r, 16), *id = reader_take(&r, 16);
	uint64_t first = reader_le64(&r), last = reader_le64(&r), sectors, end;

	uint64_t attributes = reader_le64(&r);
	struct reader label = reader_sub(&r, 72);
	if (r.bad || memcmp(type, unused, 16) == 0)
		return;
	if (last < first || __builtin_add_overflow(last - first, (uint64_t)1, &sectors) ||
	    __builtin_add_overflow(last, (uint64_t)1, &end) ||
	    __builtin_mul_overflow(end, (uint64_t)s->sector_bytes, &end)) {
		t->flags |= TABLE_BEYOND_END;
		return;
	}
	struct partition *p = partition_next(t);
	if (!p)
		return;
	p->number = number;
	p->first_byte = first * s->sector_bytes;
	p->size_bytes = sectors * s->sector_bytes;
	format_guid(p->type_id, type);
	format_guid(p->id, id);
	p->type = type_name(p->type_id);
	p->attributes = attributes;
	memcpy(p->raw_type, type, sizeof(p->raw_type));
	memcpy(p->raw_id, id, sizeof(p->raw_id));
	memcpy(p->raw_label, label.at, sizeof(p->raw_label));
	utf16_text(p->label, label);
}

/* One pass: what is listed is exactly what the checksum was taken over. */
static bool parse_entries(const struct partition_source *s, const struct header *h,
			  struct partition_table *t)
{
	uint8_t piece[ENTRY_MAX];
	uint64_t at = h->entries_at * s->sector_bytes;
	uint32_t crc = 0;
	uint32_t per_piece = ENTRY_MAX / h->entry_bytes;

	for (uint32_t i = 0; i < h->count; i += per_piece) {
		uint32_t n = h->count - i < per_piece ? h->count - i : per_piece;
		struct error e = { 0 };

		if (!partition_source_read(s, at, piece, (size_t)n * h->entry_bytes, &e))
			return false;
		crc = gpt_crc32(crc, piece, (size_t)n * h->entry_bytes);
		struct reader r = reader_of(piece, (size_t)n * h->entry_bytes);
		for (uint32_t j = 0; j < n; j++)
			parse_entry(s, t, i + j + 1, reader_sub(&r, h->entry_bytes));
		at += (uint64_t)n * h->entry_bytes;
	}
	return crc == h->entries_crc;
}

static enum gpt_result read_at(const struct partition_source *s, uint64_t lba,
			       struct partition_table *t)
{
	struct header h;
	enum gpt_result result = parse_header(s, lba, &h);

	t->count = 0;
	t->flags = 0;
	if (result != GPT_GOOD)
		return result;
	if (!parse_entries(s, &h, t)) {
		t->count = 0;
		t->flags = 0;
		return GPT_BAD;
	}
	format_guid(t->id, h.disk_id);
	memcpy(t->raw_id, h.disk_id, sizeof(t->raw_id));
	return GPT_GOOD;
}

static enum gpt_result read_with_sector(const struct partition_source *s, struct partition_table *t)
{
	uint64_t sectors = s->size_bytes / s->sector_bytes;

	if (sectors < 3)
		return GPT_ABSENT;
	enum gpt_result primary = read_at(s, 1, t);
	if (primary == GPT_GOOD)
		return GPT_GOOD;
	enum gpt_result backup = read_at(s, sectors - 1, t);
	if (backup == GPT_GOOD) {
		t->flags |= TABLE_BACKUP_USED;
		return GPT_GOOD;
	}
	return primary == GPT_BAD || backup == GPT_BAD ? GPT_BAD : GPT_ABSENT;
}

enum gpt_result gpt_read(const struct partition_source *s, struct partition_table *t)
{
	enum gpt_result first = read_with_sector(s, t);

	if (first != GPT_ABSENT)
		return first;
	/* A disk taken out of an enclosure that translated sectors. */
	struct partition_source other = *s;
	other.sector_bytes = s->sector_bytes == 512 ? 4096 : 512;
	enum gpt_result second = read_with_sector(&other, t);
	if (second == GPT_GOOD)
		t->flags |= TABLE_OTHER_SECTOR;
	return second;
}
