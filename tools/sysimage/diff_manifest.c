/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What differs between the manifests of two images, and between their chunks. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/text.h"
#include "lib/disk/utf16.h"
#include "sysimage/diff.h"

static void differs(struct diff *d, const char *field, const char *a, const char *b)
{
	char one[700], other[700];

	if (strcmp(a, b) == 0)
		return;
	d->differences++;
	if (d->as_json) {
		json_object(&d->json, NULL);
		json_string(&d->json, "field", field);
		json_string(&d->json, "a", a);
		json_string(&d->json, "b", b);
		json_end(&d->json);
		return;
	}
	printf("! %s: %s -> %s\n", field, *a ? text_mask(one, sizeof(one), a) : "-",
	       *b ? text_mask(other, sizeof(other), b) : "-");
}

static void number_differs(struct diff *d, const char *field, uint64_t a, uint64_t b)
{
	char one[24], other[24];

	snprintf(one, sizeof(one), "%" PRIu64, a);
	snprintf(other, sizeof(other), "%" PRIu64, b);
	differs(d, field, one, other);
}

/* Sets, in the words of `sysimage info --json`. */
static void words_differ(struct diff *d, const char *field, unsigned a, unsigned b,
			 const char *const *names)
{
	const unsigned bits[2] = { a, b };
	struct text words[2] = { { 0 }, { 0 } };

	for (int k = 0; k < 2; k++)
		for (unsigned i = 0; names[i]; i++)
			if (bits[k] >> i & 1)
				text_addf(&words[k], "%s%s", words[k].len ? "," : "", names[i]);
	differs(d, field, text_end(&words[0]), text_end(&words[1]));
	text_release(&words[0]);
	text_release(&words[1]);
}

static void diff_sets(struct diff *d)
{
	static const char *const generalised[] = { "", "yes", "does not apply" };
	static const char *const tables[] = { "none", "mbr", "gpt" };
	const struct kimg_manifest *a = &d->a.image.manifest, *b = &d->b.image.manifest;

	differs(d, "generalised", generalised[a->generalised], generalised[b->generalised]);
	differs(d, "table", tables[a->table], tables[b->table]);
	words_differ(d, "boot", a->boot, b->boot, kimg_boot_names);
	words_differ(d, "boot_signers", a->signers, b->signers, kimg_signer_names);
	words_differ(d, "taken_although", a->taken, b->taken, kimg_taken_names);
	words_differ(d, "left_out", a->left_out, b->left_out, kimg_left_out_names);
}

/* A partition in one line, that two of them can be compared by. */
static void describe(const struct kimg_partition *p, struct text *out)
{
	char name[UTF16_TEXT(sizeof(p->name) / 2)];

	text_clear(out);
	text_end(out);
	if (!p)
		return;
	text_addf(out, "%s %s at=%" PRIu64 " size=%" PRIu64 " smallest=%" PRIu64 " type=",
		  kimg_role_name(p->role), kimg_content_name(p->content), p->first_byte,
		  p->size_bytes, p->smallest_bytes);
	for (size_t i = 0; i < sizeof(p->type); i++)
		text_addf(out, "%02x", p->type[i]);
	text_add(out, " id=");
	for (size_t i = 0; i < sizeof(p->id); i++)
		text_addf(out, "%02x", p->id[i]);
	text_addf(out, " attributes=%" PRIx64 " flags=%u block=%u name=", p->attributes, p->flags,
		  p->block_bytes);
	utf16_text(name, reader_of(p->name, sizeof(p->name)));
	text_add(out, name);
}

static void diff_partitions(struct diff *d)
{
	const struct kimg_manifest *a = &d->a.image.manifest, *b = &d->b.image.manifest;
	struct text one = { 0 }, other = { 0 };
	char field[32];

	for (uint32_t number = 1; number < DIFF_PARTITIONS; number++) {
		describe(kimg_partition(a, number), &one);
		describe(kimg_partition(b, number), &other);
		snprintf(field, sizeof(field), "partition %u", number);
		differs(d, field, text_end(&one), text_end(&other));
	}
	text_release(&one);
	text_release(&other);
}

static void diff_packs(struct diff *d)
{
	const struct kimg_manifest *m[2] = { &d->a.image.manifest, &d->b.image.manifest };
	struct text packs[2] = { { 0 }, { 0 } };
	char hex[DIGEST_HEX];

	for (int k = 0; k < 2; k++)
		for (uint32_t i = 0; i < m[k]->pack_count; i++)
			text_addf(&packs[k], "%s%s (%s, %s)", i ? ", " : "", m[k]->packs[i].name,
				  m[k]->packs[i].match, digest_to_hex(hex, &m[k]->packs[i].digest));
	differs(d, "driver_packs", text_end(&packs[0]), text_end(&packs[1]));
	text_release(&packs[0]);
	text_release(&packs[1]);
}

/* Sectors of an MBR disk, and the program in sector 0 of a GPT disk. */
static void diff_sectors(struct diff *d)
{
	const struct kimg_manifest *m[2] = { &d->a.image.manifest, &d->b.image.manifest };
	struct digest sum[2];
	char hex[2][DIGEST_HEX];

	for (int k = 0; k < 2; k++) {
		struct digest_state s;

		digest_init(&s);
		digest_update(&s, m[k]->disk_id, sizeof(m[k]->disk_id));
		digest_update(&s, m[k]->boot_code, sizeof(m[k]->boot_code));
		digest_update(&s, &m[k]->active, sizeof(m[k]->active));
		for (uint32_t i = 0; i < m[k]->sector_count; i++) {
			digest_update(&s, &m[k]->sectors[i].first_byte, sizeof(uint64_t));
			digest_update(&s, m[k]->sectors[i].bytes, m[k]->sector_bytes);
		}
		sum[k] = digest_final(&s);
	}
	differs(d, "boot_sectors", digest_to_hex(hex[0], &sum[0]), digest_to_hex(hex[1], &sum[1]));
}

void diff_manifest(struct diff *d)
{
	const struct kimg_manifest *a = &d->a.image.manifest, *b = &d->b.image.manifest;
	const struct {
		const char *field;
		uint64_t a, b;
	} numbers[] = {
		{ "counter", a->counter, b->counter },
		{ "created", a->created_s, b->created_s },
		{ "min_root", a->min_root, b->min_root },
		{ "disk_bytes", a->disk_bytes, b->disk_bytes },
		{ "sector_bytes", a->sector_bytes, b->sector_bytes },
	};

	differs(d, "product", a->product, b->product);
	differs(d, "label", a->label, b->label);
	differs(d, "maker", a->maker, b->maker);
	differs(d, "note", a->note ? a->note : "", b->note ? b->note : "");
	differs(d, "system", kimg_os_name(a->os), kimg_os_name(b->os));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		number_differs(d, numbers[i].field, numbers[i].a, numbers[i].b);
	diff_sets(d);
	diff_sectors(d);
	diff_packs(d);
	diff_partitions(d);
}

static const struct kimg_payload *find_payload(const struct kimg_manifest *m, uint8_t kind,
					       uint32_t partition)
{
	for (uint32_t i = 0; i < m->payload_count; i++)
		if (m->payloads[i].kind == kind && m->payloads[i].partition == partition)
			return &m->payloads[i];
	return NULL;
}

/* Did the files tell already that this payload differs? Boot sectors and rights of files
 * stand in no catalogue: so where none was named, the chunks are compared. */
static bool is_told(const struct diff *d, const struct kimg_payload *p)
{
	return p->kind == KIMG_PAYLOAD_PARTITION && p->partition < DIFF_PARTITIONS &&
	       d->files_differ[p->partition];
}

static bool same_chunk(const struct image *a, uint32_t x, const struct image *b, uint32_t y)
{
	bool plain = x < a->manifest.pieces && y < b->manifest.pieces;

	return plain ? digest_equal(&a->index.pieces[x].digest, &b->index.pieces[y].digest)
		     : x == y;
}

static void diff_payload(struct diff *d, const struct kimg_payload *a, const struct kimg_payload *b)
{
	uint32_t both = a->chunks < b->chunks ? a->chunks : b->chunks;
	uint32_t all = a->chunks < b->chunks ? b->chunks : a->chunks, other = all - both;

	for (uint32_t i = 0; i < both; i++)
		other += !same_chunk(&d->a.image, d->a.image.index.chunks[a->first_chunk + i],
				     &d->b.image, d->b.image.index.chunks[b->first_chunk + i]);
	if (!other)
		return;
	d->differences++;
	if (!d->as_json) {
		printf(_("! content of partition %u: %u of %u MiB differ\n"), a->partition, other,
		       all);
		return;
	}
	json_object(&d->json, NULL);
	json_number(&d->json, "partition", a->partition);
	json_number(&d->json, "chunks_differing", other);
	json_number(&d->json, "chunks", all);
	json_end(&d->json);
}

void diff_chunks(struct diff *d)
{
	const struct kimg_manifest *m = &d->a.image.manifest;

	for (uint32_t i = 0; i < m->payload_count; i++) {
		const struct kimg_payload *a = &m->payloads[i];
		const struct kimg_payload *b =
			find_payload(&d->b.image.manifest, a->kind, a->partition);

		/* One that is missing differs in the partitions already. */
		if (!b || a->kind == KIMG_PAYLOAD_CATALOGUE || is_told(d, a))
			continue;
		diff_payload(d, a, b);
	}
}
