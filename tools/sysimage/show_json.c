/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image as JSON. */
#include "lib/base/hex.h"
#include "lib/disk/utf16.h"
#include "sysimage/show.h"

void show_json_set(struct json *j, const char *key, unsigned bits, const char *const *names)
{
	json_array(j, key);
	for (unsigned i = 0; names[i]; i++)
		if (bits >> i & 1)
			json_string(j, NULL, names[i]);
	json_end(j);
}

static void add_hex(struct json *j, const char *key, const uint8_t *bytes, size_t len)
{
	char hex[2 * DIGEST_BYTES + 1];

	json_string(j, key, hex_encode(hex, bytes, len));
}

static void add_system(struct json *j, const struct kimg_manifest *m)
{
	json_string(j, "os", kimg_os_name(m->os));
	if (m->generalised != KIMG_GENERALISED_NONE)
		json_bool(j, "generalised", m->generalised == KIMG_GENERALISED_YES);
	else
		json_string(j, "generalised", NULL);
	show_json_set(j, "boot", m->boot, kimg_boot_names);
	show_json_set(j, "boot_signers", m->signers, kimg_signer_names);
	show_json_set(j, "taken_although", m->taken, kimg_taken_names);
	show_json_set(j, "left_out", m->left_out, kimg_left_out_names);
}

static void add_partitions(struct json *j, const struct kimg_manifest *m)
{
	json_array(j, "partitions");
	for (uint32_t k = 0; k < m->partition_count; k++) {
		const struct kimg_partition *q = &m->partitions[k];
		char name[UTF16_TEXT(36)];

		utf16_text(name, reader_of(q->name, sizeof(q->name)));
		json_object(j, NULL);
		json_number(j, "number", q->number);
		json_number(j, "first_byte", q->first_byte);
		json_number(j, "size_bytes", q->size_bytes);
		json_number(j, "smallest_bytes", q->smallest_bytes);
		json_number(j, "attributes", q->attributes);
		add_hex(j, "type", q->type, sizeof(q->type));
		add_hex(j, "id", q->id, sizeof(q->id));
		json_string(j, "name", name);
		json_string(j, "role", kimg_role_name(q->role));
		json_string(j, "content", kimg_content_name(q->content));
		json_number(j, "block_bytes", q->block_bytes);
		json_bool(j, "grows", q->flags & KIMG_GROWS);
		json_bool(j, "holes_are_zeros", q->flags & KIMG_HOLES_ARE_ZEROS);
		json_end(j);
	}
	json_end(j);
}

static void add_payloads(struct json *j, const struct image *i)
{
	static const char *const kinds[] = { "", "partition", "gap", "catalogue" };
	const struct kimg_manifest *m = &i->manifest;

	json_array(j, "payloads");
	for (uint32_t k = 0; k < m->payload_count; k++) {
		const struct kimg_payload *p = &m->payloads[k];
		struct show_payload n;

		show_payload_count(i, k, &n);
		json_object(j, NULL);
		json_string(j, "kind", kinds[p->kind]);
		json_number(j, "partition", p->partition);
		json_number(j, "first_byte", p->first_byte);
		json_number(j, "size_bytes", p->size_bytes);
		json_bool(j, "used_only", p->used_only);
		json_number(j, "chunks", p->chunks);
		json_number(j, "used_bytes", p->size_bytes - n.hole_bytes);
		json_number(j, "hole_bytes", n.hole_bytes);
		json_number(j, "zero_bytes", n.zero_bytes);
		json_number(j, "repeated_bytes", n.repeated_bytes);
		json_number(j, "packed_bytes", n.packed_bytes);
		json_number(j, "stored_bytes", n.stored_bytes);
		json_end(j);
	}
	json_end(j);
}

static void add_packs(struct json *j, const struct kimg_manifest *m)
{
	json_array(j, "driver_packs");
	for (uint32_t k = 0; k < m->pack_count; k++) {
		json_object(j, NULL);
		json_string(j, "name", m->packs[k].name);
		json_string(j, "match", m->packs[k].match);
		json_number(j, "size_bytes", m->packs[k].size_bytes);
		add_hex(j, "blake2b", m->packs[k].digest.bytes, DIGEST_BYTES);
		json_end(j);
	}
	json_end(j);
}

void show_json(struct json *j, const struct image *i)
{
	static const char *const tables[] = { "none", "mbr", "gpt" };
	const struct kimg_manifest *m = &i->manifest;

	add_hex(j, "identity", i->identity.bytes, DIGEST_BYTES);
	json_string(j, "product", m->product);
	json_number(j, "counter", m->counter);
	json_string(j, "label", m->label);
	json_string(j, "note", m->note);
	json_string(j, "maker", m->maker);
	json_number(j, "created", m->created_s);
	json_number(j, "min_root", m->min_root);
	add_system(j, m);
	json_number(j, "disk_bytes", m->disk_bytes);
	json_number(j, "sector_bytes", m->sector_bytes);
	json_string(j, "table", tables[m->table]);
	add_hex(j, "disk_id", m->disk_id, sizeof(m->disk_id));
	add_partitions(j, m);
	add_payloads(j, i);
	json_number(j, "frames", m->frames);
	json_number(j, "pieces", m->pieces);
	json_number(j, "chunks", m->chunks);
	json_number(j, "data_bytes", m->data_bytes);
	json_bool(j, "catalogue", m->has_catalogue);
	json_number(j, "catalogue_entries", m->catalogue_lines);
	add_packs(j, m);
}
