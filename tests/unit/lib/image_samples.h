/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_IMAGE_SAMPLES_H
#define TESTS_IMAGE_SAMPLES_H

/*
 * A small image in memory, the same each time: a GPT disk of 8 MiB with an EFI partition and a
 * system, with everything that a format can hold: a hole, zeros, a repeated chunk, a short last
 * one, a catalogue. Include it behind cmocka.h. It is signed by keys that are made on the spot.
 *
 *     struct sample s = { 0 };
 *     sample_make(&s, NULL);
 *     sample_sign(&s, 2);                 // by keys 0 and 1 of s.root (2 of 3)
 *     struct stream *in = stream_memory(s.file.s, s.file.len);
 *     ...
 *     sample_release(&s);
 *
 * Tables of faults change a part through sample_options and see it refused.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/crypto/trust.h"
#include "lib/image/frame.h"
#include "lib/image/kimg.h"

#define SAMPLE_MIB (1u << 20)
#define SAMPLE_DISK_BYTES (8u * SAMPLE_MIB)
#define SAMPLE_ESP_AT SAMPLE_MIB
#define SAMPLE_ESP_BYTES SAMPLE_MIB
#define SAMPLE_SYSTEM_AT (2u * SAMPLE_MIB)
#define SAMPLE_SYSTEM_BYTES (4u * SAMPLE_MIB + SAMPLE_MIB / 2)
#define SAMPLE_KEYS 3
#define SAMPLE_COUNTER 7
#define SAMPLE_PIECES 4
#define SAMPLE_FRAMES 3 /* of 1, 2 and 1 pieces, where no options say otherwise */
#define SAMPLE_CHUNKS 7 /* of the system 5, of the EFI system 1, of the catalogue 1 */

static const char sample_catalogue[] = "blackstart-catalogue 1\n";

struct sample {
	struct text file;     /* the whole image */
	struct text manifest; /* its manifest */
	uint8_t *disk;        /* what lies on the source; holes and tables are zero here */
	struct kimg_manifest m;
	struct kimg_partition partitions[2];
	struct kimg_payload payloads[3];
	struct kimg_frame frames[SAMPLE_PIECES];
	struct kimg_piece pieces[SAMPLE_PIECES];
	uint32_t chunks[SAMPLE_CHUNKS];
	struct minisign_secret keys[SAMPLE_KEYS];
	struct trust_key holders[SAMPLE_KEYS];
	struct trust_root root; /* 2 of 3 may sign images */
};

/* What a test changes before the parts are put together. NULL: nothing. */
struct sample_options {
	void (*manifest)(struct kimg_manifest *m); /* the last word before it is written */
	void (*index)(struct kimg_index *x);
	uint8_t packs[SAMPLE_PIECES]; /* pieces in each frame; all 0: as said above */
};

/* Bytes that neither repeat nor pack, then some that do. */
static void sample_fill(uint8_t *to, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525u + 1013904223u;
		to[i] = i < 16384 ? (uint8_t)(seed >> 24) : (uint8_t)("Musterlingen "[i % 13]);
	}
}

/* The content of each piece. */
static const uint8_t *sample_plain(const struct sample *s, uint32_t piece, uint32_t *len)
{
	*len = SAMPLE_MIB;
	switch (piece) {
	case 0:
		return s->disk + SAMPLE_SYSTEM_AT;
	case 1:
		*len = SAMPLE_MIB / 2;
		return s->disk + SAMPLE_SYSTEM_AT + 4 * SAMPLE_MIB;
	case 2:
		return s->disk + SAMPLE_ESP_AT;
	default:
		*len = sizeof(sample_catalogue) - 1;
		return (const uint8_t *)sample_catalogue;
	}
}

/* The next so many pieces. */
static void sample_frame(struct sample *s, struct text *data, uint32_t pieces)
{
	struct frame_packer *p = frame_packer_new(FRAME_LEVEL_DEFAULT);
	uint8_t *out = mem_alloc(KIMG_STORED_MAX);
	uint32_t number = s->m.frames++,
		 first = number ? s->frames[number - 1].first_piece + s->frames[number - 1].pieces
				: 0;
	struct kimg_frame *f = &s->frames[number];
	struct text all = { 0 };

	*f = (struct kimg_frame){ .first_piece = first, .pieces = pieces };
	for (uint32_t i = first; i < first + pieces; i++) {
		uint32_t len;
		const uint8_t *plain = sample_plain(s, i, &len);

		s->pieces[i] = (struct kimg_piece){ len, number, digest_bytes(plain, len) };
		text_add_n(&all, (const char *)plain, len);
	}
	f->plain_bytes = (uint32_t)all.len;
	f->stored_bytes = frame_pack(p, all.s, all.len, out);
	f->stored = digest_bytes(out, f->stored_bytes);
	text_add_n(data, (char *)out, f->stored_bytes);
	text_release(&all);
	free(out);
	frame_packer_free(p);
}

static void sample_layout(struct sample *s)
{
	struct kimg_manifest *m = &s->m;

	*m = (struct kimg_manifest){
		.product = "office-pc",
		.label = "Büro-PC, November 2026",
		.maker = "sample 1",
		.note = "for tests",
		.counter = SAMPLE_COUNTER,
		.created_s = 1795000000,
		.min_root = 1,
		.os = KIMG_OS_LINUX,
		.generalised = KIMG_GENERALISED_NONE,
		.boot = KIMG_BOOT_UEFI,
		.signers = KIMG_SIGNER_THIRD_2023,
		.disk_bytes = SAMPLE_DISK_BYTES,
		.sector_bytes = 512,
		.table = KIMG_TABLE_GPT,
		.disk_id = { 1, 2, 3 },
		.partitions = s->partitions,
		.payloads = s->payloads,
		.partition_count = 2,
		.payload_count = 3,
		.pieces = SAMPLE_PIECES,
		.chunks = SAMPLE_CHUNKS,
		.has_catalogue = true,
		.catalogue_bytes = sizeof(sample_catalogue) - 1,
		.catalogue_digest = digest_bytes(sample_catalogue, sizeof(sample_catalogue) - 1),
	};
	s->partitions[0] = (struct kimg_partition){
		.number = 1,
		.first_byte = SAMPLE_ESP_AT,
		.size_bytes = SAMPLE_ESP_BYTES,
		.smallest_bytes = SAMPLE_ESP_BYTES,
		.type = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0x00, 0xa0,
			  0xc9, 0x3e, 0xc9, 0x3b },
		.id = { 1 },
		.name = { 'E' },
		.content = KIMG_CONTENT_FAT,
		.role = KIMG_ROLE_ESP,
		.block_bytes = 512,
	};
	s->partitions[1] = (struct kimg_partition){
		.number = 2,
		.flags = KIMG_GROWS,
		.first_byte = SAMPLE_SYSTEM_AT,
		.size_bytes = SAMPLE_SYSTEM_BYTES,
		.smallest_bytes = SAMPLE_SYSTEM_BYTES,
		.type = { 0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69,
			  0xd8, 0x47, 0x7d, 0xe4 },
		.id = { 2 },
		.name = { 'S' },
		.content = KIMG_CONTENT_EXT,
		.role = KIMG_ROLE_SYSTEM,
		.block_bytes = 4096,
	};
	s->payloads[0] = (struct kimg_payload){ KIMG_PAYLOAD_PARTITION, 1, 2, SAMPLE_SYSTEM_AT,
						SAMPLE_SYSTEM_BYTES,    0, 5 };
	s->payloads[1] = (struct kimg_payload){ KIMG_PAYLOAD_PARTITION, 1, 1, SAMPLE_ESP_AT,
						SAMPLE_ESP_BYTES,       5, 1 };
	s->payloads[2] = (struct kimg_payload){ KIMG_PAYLOAD_CATALOGUE,       0, 0, 0,
						sizeof(sample_catalogue) - 1, 6, 1 };
}

/* Keys and a root that lets two of them sign. */
static void sample_keys(struct sample *s)
{
	static const char *const names[SAMPLE_KEYS] = { "hauptamt", "isb", "it-leitung" };

	s->root = (struct trust_root){ .organisation = "Stadt Musterlingen",
				       .version = 1,
				       .keys = s->holders,
				       .key_count = SAMPLE_KEYS };
	s->root.threshold[TRUST_IMAGE] = 2;
	for (int i = 0; i < SAMPLE_KEYS; i++) {
		minisign_generate(&s->keys[i]);
		s->holders[i] = (struct trust_key){
			.name = names[i],
			.key = s->keys[i].public,
			.roles = 1u << TRUST_IMAGE,
		};
	}
}

static void sample_parts(struct sample *s, const struct sample_options *o, struct text *data)
{
	struct kimg_index x = { .frames = s->frames, .pieces = s->pieces, .chunks = s->chunks };
	struct kimg_manifest *m = &s->m;
	struct text index = { 0 };
	struct error e = { 0 };
	uint8_t super[KIMG_BLOCK];

	m->index_bytes = (uint32_t)kimg_index_bytes(m);
	m->data_bytes = data->len;
	if (o && o->index)
		o->index(&x);
	kimg_index_write(&x, m, &index);
	m->index_digest = digest_bytes(index.s, index.len);
	m->index_at = kimg_index_at(kimg_manifest_bytes(m));
	m->data_at = m->index_at + 2 * KIMG_BLOCK; /* more zeros than needed */
	if (o && o->manifest)
		o->manifest(m);
	if (!kimg_manifest_write(m, &s->manifest, &e))
		fail_msg("%s", e.text);
	kimg_super_write(m, s->manifest.s, s->manifest.len, super);
	text_add_n(&s->file, (char *)super, sizeof(super));
	while (s->file.len < KIMG_MANIFEST_AT)
		text_add_n(&s->file, "", 1);
	text_add_n(&s->file, s->manifest.s, s->manifest.len);
	while (s->file.len < m->index_at)
		text_add_n(&s->file, "", 1);
	text_add_n(&s->file, index.s, index.len);
	while (s->file.len < m->data_at)
		text_add_n(&s->file, "", 1);
	text_add_n(&s->file, data->s, data->len);
	text_release(&index);
}

__attribute__((unused)) static void sample_make(struct sample *s, const struct sample_options *o)
{
	static const uint8_t usual[SAMPLE_PIECES] = { 1, 2, 1 };
	const uint8_t *packs = o && o->packs[0] ? o->packs : usual;
	struct text data = { 0 };
	uint8_t *system;

	*s = (struct sample){ .disk = mem_alloc(SAMPLE_DISK_BYTES) };
	system = s->disk + SAMPLE_SYSTEM_AT;
	sample_layout(s);
	sample_keys(s);
	/* piece 0, a hole, zeros, piece 0 again, piece 1 of half a MiB */
	sample_fill(system, SAMPLE_MIB, 1);
	memcpy(system + 3 * SAMPLE_MIB, system, SAMPLE_MIB);
	sample_fill(system + 4 * SAMPLE_MIB, SAMPLE_MIB / 2, 2);
	sample_fill(s->disk + SAMPLE_ESP_AT, SAMPLE_MIB, 3);
	memcpy(s->chunks, (uint32_t[]){ 0, KIMG_HOLE, KIMG_ZEROS, 0, 1, 2, 3 }, sizeof(s->chunks));
	for (int i = 0; i < SAMPLE_PIECES && packs[i]; i++)
		sample_frame(s, &data, packs[i]);
	sample_parts(s, o, &data);
	text_release(&data);
}

/* Put the text of signatures into the image; NULL or "": unsigned again. */
__attribute__((unused)) static void sample_put(struct sample *s, const struct text *signatures)
{
	memset(s->file.s + KIMG_SIGNATURES_AT, 0, KIMG_SIGNATURES_BYTES);
	if (signatures && signatures->len)
		memcpy(s->file.s + KIMG_SIGNATURES_AT, signatures->s, signatures->len);
}

__attribute__((unused)) static void sample_signature(const struct sample *s, int key,
						     enum trust_role role, uint64_t counter,
						     struct text *out)
{
	char comment[80];
	struct error e = { 0 };

	trust_comment(comment, sizeof(comment), role, counter);
	if (!minisign_sign(&s->keys[key], s->manifest.s, s->manifest.len, KIMG_COMMENT, comment,
			   out, &e))
		fail_msg("%s", e.text);
}

/* By the first `count` keys. */
__attribute__((unused)) static void sample_sign(struct sample *s, int count)
{
	struct text all = { 0 };

	for (int i = 0; i < count; i++)
		sample_signature(s, i, TRUST_IMAGE, s->m.counter, &all);
	sample_put(s, &all);
	text_release(&all);
}

__attribute__((unused)) static void sample_release(struct sample *s)
{
	text_release(&s->file);
	text_release(&s->manifest);
	free(s->disk);
	*s = (struct sample){ 0 };
}

#endif
