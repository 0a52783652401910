/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of an image, written in its one form. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/image/kimg_inside.h"

static void add_le(struct text *out, uint64_t value, size_t bytes)
{
	char le[8];

	for (size_t i = 0; i < bytes; i++)
		le[i] = (char)(value >> 8 * i & 0xff);
	text_add_n(out, le, bytes);
}

static void add_bytes(struct text *out, const void *bytes, size_t len)
{
	text_add_n(out, bytes, len);
}

static void add_zeros(struct text *out, size_t n)
{
	for (size_t i = 0; i < n; i++)
		text_add_n(out, "", 1);
}

static void add_head(struct text *out, uint16_t tag, size_t len)
{
	add_le(out, tag, 2);
	add_le(out, 0, 2);
	add_le(out, len, 4);
}

static void add_text(struct text *out, uint16_t tag, const char *s)
{
	add_head(out, tag, strlen(s));
	text_add(out, s);
}

static void add_number(struct text *out, uint16_t tag, uint64_t value, size_t bytes)
{
	add_head(out, tag, bytes);
	add_le(out, value, bytes);
}

static void add_system(struct text *out, const struct kimg_manifest *m)
{
	add_head(out, KIMG_TAG_SYSTEM, 12);
	add_le(out, m->os, 1);
	add_le(out, m->generalised, 1);
	add_le(out, m->boot, 2);
	add_le(out, m->signers, 2);
	add_le(out, m->taken, 2);
	add_le(out, m->left_out, 2);
	add_zeros(out, 2);
}

static void add_disk(struct text *out, const struct kimg_manifest *m)
{
	add_head(out, KIMG_TAG_DISK, 32);
	add_le(out, m->disk_bytes, 8);
	add_le(out, m->sector_bytes, 4);
	add_le(out, m->table, 1);
	add_zeros(out, 3);
	add_bytes(out, m->disk_id, sizeof(m->disk_id));
}

static void add_partition(struct text *out, const struct kimg_partition *q)
{
	add_head(out, KIMG_TAG_PARTITION, 168);
	add_le(out, q->number, 4);
	add_le(out, q->flags, 4);
	add_le(out, q->first_byte, 8);
	add_le(out, q->size_bytes, 8);
	add_le(out, q->smallest_bytes, 8);
	add_le(out, q->attributes, 8);
	add_bytes(out, q->type, sizeof(q->type));
	add_bytes(out, q->id, sizeof(q->id));
	add_bytes(out, q->name, sizeof(q->name));
	add_le(out, q->content, 1);
	add_le(out, q->role, 1);
	add_zeros(out, 2);
	add_le(out, q->block_bytes, 4);
	add_zeros(out, 16);
}

static void add_payload(struct text *out, const struct kimg_payload *p)
{
	add_head(out, KIMG_TAG_PAYLOAD, 32);
	add_le(out, p->kind, 1);
	add_le(out, p->used_only, 1);
	add_zeros(out, 2);
	add_le(out, p->partition, 4);
	add_le(out, p->first_byte, 8);
	add_le(out, p->size_bytes, 8);
	add_le(out, p->first_chunk, 4);
	add_le(out, p->chunks, 4);
}

static void add_index(struct text *out, const struct kimg_manifest *m)
{
	add_head(out, KIMG_TAG_INDEX, 80);
	add_le(out, m->index_at, 8);
	add_le(out, m->index_bytes, 4);
	add_le(out, m->frames, 4);
	add_le(out, m->pieces, 4);
	add_le(out, m->chunks, 4);
	add_le(out, KIMG_CHUNK_BYTES, 4);
	add_zeros(out, 4);
	add_le(out, m->data_at, 8);
	add_le(out, m->data_bytes, 8);
	add_bytes(out, m->index_digest.bytes, DIGEST_BYTES);
}

static void add_pack(struct text *out, const struct kimg_pack *p)
{
	size_t name = strlen(p->name), match = strlen(p->match);

	add_head(out, KIMG_TAG_DRIVER_PACK, 8 + DIGEST_BYTES + 2 + name + 2 + match);
	add_le(out, p->size_bytes, 8);
	add_bytes(out, p->digest.bytes, DIGEST_BYTES);
	add_le(out, name, 2);
	text_add(out, p->name);
	add_le(out, match, 2);
	text_add(out, p->match);
}

static void add_records(struct text *out, const struct kimg_manifest *m)
{
	add_number(out, KIMG_TAG_FORMAT, KIMG_VERSION, 4);
	add_text(out, KIMG_TAG_PRODUCT, m->product);
	add_text(out, KIMG_TAG_LABEL, m->label);
	add_number(out, KIMG_TAG_COUNTER, m->counter, 8);
	add_number(out, KIMG_TAG_CREATED, m->created_s, 8);
	add_text(out, KIMG_TAG_MAKER, m->maker);
	add_number(out, KIMG_TAG_MIN_ROOT, m->min_root, 8);
	add_system(out, m);
	add_disk(out, m);
	for (uint32_t i = 0; i < m->sector_count; i++) {
		add_head(out, KIMG_TAG_SECTOR, 8 + m->sector_bytes);
		add_le(out, m->sectors[i].first_byte, 8);
		add_bytes(out, m->sectors[i].bytes, m->sector_bytes);
	}
	if (m->has_boot_code) {
		add_head(out, KIMG_TAG_BOOT_CODE, sizeof(m->boot_code));
		add_bytes(out, m->boot_code, sizeof(m->boot_code));
	}
	if (m->active)
		add_number(out, KIMG_TAG_ACTIVE, KIMG_ACTIVE, 1);
	for (uint32_t i = 0; i < m->partition_count; i++)
		add_partition(out, &m->partitions[i]);
	for (uint32_t i = 0; i < m->payload_count; i++)
		add_payload(out, &m->payloads[i]);
	add_index(out, m);
	if (m->has_catalogue) {
		add_head(out, KIMG_TAG_CATALOGUE, 16 + DIGEST_BYTES);
		add_le(out, m->catalogue_lines, 8);
		add_le(out, m->catalogue_bytes, 8);
		add_bytes(out, m->catalogue_digest.bytes, DIGEST_BYTES);
	}
	for (uint32_t i = 0; i < m->pack_count; i++)
		add_pack(out, &m->packs[i]);
	if (m->note)
		add_text(out, KIMG_TAG_NOTE, m->note);
}

size_t kimg_manifest_bytes(const struct kimg_manifest *m)
{
	struct text bytes = { 0 };
	size_t len;

	add_records(&bytes, m);
	len = bytes.len;
	text_release(&bytes);
	return len;
}

bool kimg_manifest_write(const struct kimg_manifest *m, struct text *out, struct error *e)
{
	struct text bytes = { 0 };
	struct arena memory = { 0 };
	struct kimg_manifest again = { 0 };
	struct error why = { 0 };
	bool ok;

	if (!m->product || !m->label || !m->maker)
		return error_set(e, ERROR_USAGE,
				 _("an image needs a product, a label and its maker"));
	add_records(&bytes, m);
	ok = kimg_manifest_parse(bytes.s, bytes.len, &memory, &again, &why) ||
	     error_set(e, ERROR_USAGE, "%s", why.text);
	if (ok)
		text_add_n(out, bytes.s, bytes.len);
	arena_release(&memory);
	text_release(&bytes);
	return ok;
}

const char *kimg_os_name(uint8_t os)
{
	static const char *const names[] = { "unknown", "windows", "linux" };

	return os < sizeof(names) / sizeof(names[0]) ? names[os] : "unknown";
}

const char *kimg_role_name(uint8_t role)
{
	static const char *const names[] = { "other",    "esp",       "msr", "system",
					     "recovery", "bios-boot", "data" };

	return role < sizeof(names) / sizeof(names[0]) ? names[role] : "other";
}

const char *kimg_content_name(uint8_t content)
{
	static const char *const names[] = { "unknown",   "ntfs", "ext", "fat",
					     "bitlocker", "luks", "swap" };

	return content < sizeof(names) / sizeof(names[0]) ? names[content] : "unknown";
}

const char *const kimg_boot_names[] = { "bios", "uefi", NULL };
const char *const kimg_signer_names[] = {
	"Microsoft Windows Production PCA 2011",
	"Windows UEFI CA 2023",
	"Microsoft Corporation UEFI CA 2011",
	"Microsoft UEFI CA 2023",
	"another",
	NULL,
};
const char *const kimg_taken_names[] = { "dirty", "hibernated", "locked", "not-generalised", NULL };
const char *const kimg_left_out_names[] = { "pagefile", "swapfile", "hiberfil", NULL };
