/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of the disk that is captured, as the manifest keeps it. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/image/layout.h"
#include "sysimage/capture.h"

#define BOOT_CODE_BYTES 440
#define MBR_ENTRIES_AT 446
#define MBR_ENTRY_BYTES 16
#define MBR_ENTRY_TYPE 4
#define MBR_ACTIVE 0x80
#define GPT_ENTRIES_BYTES 16384 /* of the tables that are made at restoring, 128 entries */
#define PRIMARY_MAX 4           /* partitions of an MBR with a number up to this are primary */

static bool is_extended(const struct partition *p)
{
	return p->raw_type[0] == 0x05 || p->raw_type[0] == 0x0f || p->raw_type[0] == 0x85;
}

/* A first sector that ends like an MBR and names no partition: of a disk that never got one, or of a
 * volume that is not known. For who takes every byte it is all the same. */
static bool names_nothing(const struct capture *c)
{
	const struct partition_source *s = &c->source.bytes;
	struct error quiet = { 0 };
	struct mbr mbr;

	if (c->table.kind == TABLE_MBR)
		return c->table.count == 0;
	if (c->table.kind != TABLE_DAMAGED || !mbr_load(s, &mbr, &quiet) || mbr.protective)
		return false;
	struct partition_table *other = mem_alloc(sizeof(*other));
	bool absent = gpt_read(s, other) == GPT_ABSENT;
	free(other);
	return absent;
}

/* What is odd about a table is nothing to make many copies of. */
static bool table_is_whole(const struct capture *c, struct error *e)
{
	static const struct {
		enum partition_table_flag flag;
		const char *why;
	} odd[] = {
		{ TABLE_OTHER_SECTOR, N_("it was made for sectors of another size") },
		{ TABLE_BACKUP_USED,
		  N_("its first copy is damaged. Repair it from the second one (sgdisk -e, "
		     "gdisk)") },
		{ TABLE_NOT_PROTECTED,
		  N_("its protective MBR is missing. Repair it (gdisk, option x n)") },
		{ TABLE_MORE, N_("it has more partitions than an image can hold (128)") },
		{ TABLE_BEYOND_END,
		  N_("a partition reaches past the end of the disk. Was the file cut off?") },
		{ TABLE_CHAIN_BROKEN, N_("its chain of logical partitions is broken") },
		{ TABLE_PART_UNREADABLE, N_("the beginning of a partition cannot be read") },
	};

	if (c->table.kind == TABLE_DAMAGED)
		return error_set(
			e, ERROR_UNTRUSTED,
			names_nothing(c)
				? _("%s has neither a partition table that makes sense nor "
				    "a file system that is known. Repair its table first "
				    "(sfdisk), or take every byte of it with --raw")
				: _("the partition table of %s is damaged. Repair it "
				    "first (gdisk, sfdisk), or capture its partitions one "
				    "by one"),
			c->source.name);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (c->table.flags & odd[i].flag)
			return error_set(e, ERROR_UNTRUSTED, _("the partition table of %s: %s"),
					 c->source.name, _(odd[i].why));
	return true;
}

static uint8_t content_of(const char *content)
{
	static const struct {
		const char *name;
		enum kimg_content content;
	} names[] = {
		{ "ntfs", KIMG_CONTENT_NTFS },  { "ext2", KIMG_CONTENT_EXT },
		{ "ext3", KIMG_CONTENT_EXT },   { "ext4", KIMG_CONTENT_EXT },
		{ "vfat", KIMG_CONTENT_FAT },   { "bitlocker", KIMG_CONTENT_BITLOCKER },
		{ "luks1", KIMG_CONTENT_LUKS }, { "luks2", KIMG_CONTENT_LUKS },
		{ "swap", KIMG_CONTENT_SWAP },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, content) == 0)
			return (uint8_t)names[i].content;
	return KIMG_CONTENT_UNKNOWN;
}

/* What the table says it is for; the files in it may say more. */
static uint8_t role_of(const struct partition_table *t, const struct partition *p)
{
	static const struct {
		const char *type;
		enum kimg_role role;
	} roles[] = {
		{ "EFI system", KIMG_ROLE_ESP },
		{ "Microsoft reserved", KIMG_ROLE_MSR },
		{ "Windows recovery", KIMG_ROLE_RECOVERY },
		{ "BIOS boot", KIMG_ROLE_BIOS_BOOT },
		{ "0xef", KIMG_ROLE_ESP },
		{ "0x27", KIMG_ROLE_RECOVERY },
	};

	for (size_t i = 0; t->kind != TABLE_NONE && i < sizeof(roles) / sizeof(roles[0]); i++)
		if (strcmp(roles[i].type, p->type) == 0)
			return (uint8_t)roles[i].role;
	return KIMG_ROLE_OTHER;
}

static void add_partition(struct capture *c, const struct partition *p)
{
	uint32_t i = c->manifest.partition_count++;
	struct kimg_partition *to = &c->partitions[i];

	*to = (struct kimg_partition){
		.number = c->table.kind == TABLE_NONE ? 1 : p->number,
		.first_byte = p->first_byte,
		.size_bytes = p->size_bytes,
		.smallest_bytes = p->size_bytes,
		.attributes = p->attributes,
		.content = content_of(p->content),
		.role = role_of(&c->table, p),
	};
	memcpy(to->type, p->raw_type, sizeof(to->type));
	memcpy(to->id, p->raw_id, sizeof(to->id));
	memcpy(to->name, p->raw_label, sizeof(to->name));
	c->volumes[i] = (struct capture_volume){
		.source = &c->source,
		.to = to,
		.content = p->content,
		/* Empty by definition; what lies there is nobody's, unless every byte is wanted. */
		.empty = to->role == KIMG_ROLE_MSR && !c->options->raw,
	};
}

/* A volume without a table, known or not. */
static bool one_volume(struct capture *c, struct error *e)
{
	static const struct partition unknown = { .content = "", .type = "" };
	struct partition p = c->table.count ? c->table.list[0] : unknown;

	if (!c->table.count && !c->options->raw)
		return error_set(e, ERROR_UNTRUSTED,
				 _("%s has no partition table and no file system that is known. "
				   "--raw takes every byte of it all the same"),
				 c->source.name);
	p.size_bytes = c->source.bytes.size_bytes;
	add_partition(c, &p);
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct kimg_sector *x = a, *y = b;

	return (x->first_byte > y->first_byte) - (x->first_byte < y->first_byte);
}

/* Sector 0 and those that lead to the logical partitions. */
static bool mbr_sectors(struct capture *c, struct error *e)
{
	const size_t count = 1 + c->table.chain_count;
	const uint32_t bytes = c->source.bytes.sector_bytes;
	struct kimg_sector *s = arena_alloc(&c->memory, count * sizeof(*s));

	_Static_assert(1 + PARTITION_CHAIN_MAX <= KIMG_SECTORS_MAX, "all fit the manifest");
	for (size_t i = 0; i < count; i++) {
		uint8_t *sector = arena_alloc(&c->memory, bytes);

		s[i].first_byte = i ? c->table.chain[i - 1] : 0;
		s[i].bytes = sector;
		if (!partition_source_read(&c->source.bytes, s[i].first_byte, sector, bytes, e))
			return false;
	}
	qsort(s, count, sizeof(*s), by_place);
	c->manifest.sectors = s;
	c->manifest.sector_count = (uint32_t)count;
	return true;
}

/* What of the first sector of a GPT disk a table that is made anew would not have. */
static bool boot_code(struct capture *c, struct error *e)
{
	static const uint8_t none[BOOT_CODE_BYTES];
	uint8_t *sector = arena_alloc(&c->memory, c->source.bytes.sector_bytes);

	if (!partition_source_read(&c->source.bytes, 0, sector, c->source.bytes.sector_bytes, e))
		return false;
	/* Only a BIOS that reads these would start such a disk, and a restored one has them no more. */
	for (size_t at = MBR_ENTRIES_AT; at < MBR_ENTRIES_AT + 4 * MBR_ENTRY_BYTES;
	     at += MBR_ENTRY_BYTES) {
		if (sector[at + MBR_ENTRY_TYPE] != 0 && sector[at + MBR_ENTRY_TYPE] != 0xee)
			return error_set(
				e, ERROR_UNTRUSTED,
				_("the partition table of %s: its MBR has partitions, too (a "
				  "hybrid), which an image does not keep. Make it protective "
				  "(gdisk, options x n)"),
				c->source.name);
		c->manifest.active = c->manifest.active || (sector[at + MBR_ENTRY_TYPE] == 0xee &&
							    sector[at] == MBR_ACTIVE);
	}
	memcpy(c->manifest.boot_code, sector, BOOT_CODE_BYTES);
	c->manifest.has_boot_code = memcmp(sector, none, BOOT_CODE_BYTES) != 0;
	return true;
}

/* What the manifest would not take is said now, not after hours. */
static bool none_overlap(const struct capture *c, struct error *e)
{
	const struct kimg_partition *p = c->partitions;

	for (uint32_t i = 0; i < c->manifest.partition_count; i++)
		for (uint32_t j = i + 1; j < c->manifest.partition_count; j++)
			if (p[i].first_byte < p[j].first_byte + p[j].size_bytes &&
			    p[j].first_byte < p[i].first_byte + p[i].size_bytes)
				return error_set(
					e, ERROR_UNTRUSTED,
					_("the partition table of %s: partitions %u and %u "
					  "overlap. Repair it first (gdisk, sfdisk)"),
					c->source.name, p[i].number, p[j].number);
	return true;
}

/* A GPT may have more entries, or fewer that leave partitions more room, than one that is restored. */
static bool fits_a_common_gpt(const struct capture *c, struct error *e)
{
	const uint64_t sector = c->manifest.sector_bytes, table = GPT_ENTRIES_BYTES + sector;
	const uint64_t first = sector + table, end = c->manifest.disk_bytes - table;

	for (uint32_t i = 0; i < c->manifest.partition_count; i++) {
		const struct kimg_partition *p = &c->partitions[i];

		if (p->number > KIMG_PARTITIONS_MAX)
			return error_set(
				e, ERROR_UNTRUSTED,
				_("the partition table of %s: there is a partition %u, and an "
				  "image can hold those up to 128. Give it another number "
				  "(sgdisk --sort)"),
				c->source.name, p->number);
		if (p->first_byte < first || p->first_byte + p->size_bytes > end)
			return error_set(
				e, ERROR_UNTRUSTED,
				_("the partition table of %s: partition %u lies where a table "
				  "of 128 entries would. Move it, or make it smaller (gdisk)"),
				c->source.name, p->number);
	}
	return true;
}

bool capture_table(struct capture *c, struct error *e)
{
	struct kimg_manifest *m = &c->manifest;
	struct partition_table *t = &c->table;

	if (!partition_table_read(&c->source.bytes, t, e))
		return false;
	if (c->options->raw && names_nothing(c))
		*t = (struct partition_table){ .kind = TABLE_NONE };
	if (!table_is_whole(c, e))
		return false;
	m->disk_bytes = c->source.bytes.size_bytes;
	m->sector_bytes = c->source.bytes.sector_bytes;
	m->table = t->kind == TABLE_GPT   ? KIMG_TABLE_GPT
		   : t->kind == TABLE_MBR ? KIMG_TABLE_MBR
					  : KIMG_TABLE_NONE;
	memcpy(m->disk_id, t->raw_id, sizeof(m->disk_id));
	m->partitions = c->partitions;
	if (t->kind == TABLE_NONE)
		return one_volume(c, e);
	for (size_t i = 0; i < t->count; i++)
		if (t->kind == TABLE_GPT || !is_extended(&t->list[i]))
			add_partition(c, &t->list[i]);
	if (!m->partition_count)
		return error_set(
			e, ERROR_UNTRUSTED,
			t->kind == TABLE_MBR && !t->count
				? _("%s has no partitions: there is nothing to capture. If "
				    "it is a volume that is not known, --raw takes every "
				    "byte of it")
				: _("%s has no partitions: there is nothing to capture"),
			c->source.name);
	if (!none_overlap(c, e))
		return false;
	return t->kind == TABLE_MBR ? mbr_sectors(c, e)
				    : fits_a_common_gpt(c, e) && boot_code(c, e);
}

/* The largest one that holds a system. */
static struct kimg_partition *grows_by_default(const struct kimg_manifest *m)
{
	struct kimg_partition *found = NULL;

	for (uint32_t i = 0; i < m->partition_count; i++) {
		struct kimg_partition *p = &m->partitions[i];

		if (p->role == KIMG_ROLE_SYSTEM &&
		    (p->content == KIMG_CONTENT_NTFS || p->content == KIMG_CONTENT_EXT) &&
		    layout_resizes(m, p) && (!found || p->size_bytes > found->size_bytes))
			found = p;
	}
	return found;
}

/* Files tell of UEFI; of the BIOS only the programs in front of the partitions do. */
static bool starts_from_bios(const struct kimg_manifest *m)
{
	static const uint8_t none[BOOT_CODE_BYTES];

	if (m->table == KIMG_TABLE_MBR)
		return memcmp(m->sectors[0].bytes, none, BOOT_CODE_BYTES) != 0;
	for (uint32_t i = 0; m->has_boot_code && i < m->partition_count; i++)
		if (m->partitions[i].role == KIMG_ROLE_BIOS_BOOT)
			return true;
	return false;
}

bool capture_layout(struct capture *c, struct error *e)
{
	struct kimg_manifest *m = &c->manifest;
	struct kimg_partition *grows = NULL;

	if (starts_from_bios(m))
		m->boot |= KIMG_BOOT_BIOS;
	if (c->options->grow == CAPTURE_GROW_DEFAULT)
		grows = grows_by_default(m);
	for (uint32_t i = 0; i < m->partition_count; i++)
		if (c->options->grow > 0 && m->partitions[i].number == (uint32_t)c->options->grow)
			grows = &m->partitions[i];
	if (!grows && c->options->grow > 0)
		return error_set(e, ERROR_USAGE, _("--grow %d: %s has no such partition"),
				 c->options->grow, c->source.name);
	if (grows && m->table == KIMG_TABLE_NONE)
		return error_set(e, ERROR_USAGE,
				 _("--grow %d: %s is one volume, and no partition of a disk"),
				 c->options->grow, c->source.name);
	if (grows && !layout_resizes(m, grows))
		return error_set(e, ERROR_USAGE,
				 _("--grow %d: on an MBR only a primary partition can grow that no "
				   "other one follows"),
				 c->options->grow);
	if (grows)
		grows->flags |= KIMG_GROWS;
	return true;
}
