/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_RESTORE_SAMPLES_H
#define TESTS_RESTORE_SAMPLES_H

/*
 * Images as image_open() would give them, with their frames, for restoring: of any size and kind of
 * table, with holes, zeros and repeated chunks in turn. Include it behind cmocka.h.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/image/frame.h"
#include "lib/image/restore_inside.h"
#include "simdisk.h"

#define MIB (UINT64_C(1) << 20)
#define MADE_PARTITIONS 3

struct made {
	struct image image;
	struct kimg_partition partitions[MADE_PARTITIONS];
	struct kimg_payload payloads[MADE_PARTITIONS + 1];
	struct kimg_sector sectors[2];
	uint8_t sector_bytes[2][512];
	struct text data;                             /* the frames */
	uint8_t *disk;                                /* what the source held */
	const uint8_t *waiting[KIMG_PIECES_IN_FRAME]; /* for a frame; on the disk */
	uint32_t wait_count;
	bool full; /* every chunk has content of its own */
};

/* What a disk is given before: a stranger's GPT. */
__attribute__((unused)) static struct text made_table(uint64_t disk_bytes, uint32_t sector_bytes,
						      struct text *backup, uint64_t *backup_at)
{
	struct kimg_partition p = {
		.number = 1, .first_byte = MIB, .size_bytes = 2 * MIB, .type = { 9 }, .id = { 9 }
	};
	struct kimg_manifest m = { .disk_bytes = disk_bytes,
				   .sector_bytes = sector_bytes,
				   .table = KIMG_TABLE_GPT,
				   .disk_id = { 0xee },
				   .partitions = &p,
				   .partition_count = 1 };
	struct layout l;
	struct error e = { 0 };

	if (!layout_make(&m, disk_bytes, sector_bytes, LAYOUT_AS_IS, &l, &e))
		fail_msg("%s", e.text);
	if (backup) {
		*backup = l.backup;
		*backup_at = l.backup_at;
	} else {
		text_release(&l.backup);
	}
	return l.table;
}

static void made_fill(uint8_t *to, size_t len, uint32_t seed)
{
	for (size_t i = 0; i < len; i += 4096) {
		seed = seed * 1664525u + 1013904223u;
		memset(to + i, (int)(seed >> 24) | 1, len - i < 4096 ? len - i : 4096);
		memcpy(to + i, &seed, sizeof(seed));
	}
}

/* What waits becomes a frame. */
static void made_frame(struct made *s)
{
	struct kimg_index *x = &s->image.index;
	uint32_t n = s->image.manifest.frames;
	struct kimg_frame *f = &x->frames[n];
	struct text all = { 0 };

	if (!s->wait_count)
		return;
	*f = (struct kimg_frame){ .first_piece = s->image.manifest.pieces - s->wait_count,
				  .pieces = s->wait_count };
	for (uint32_t i = 0; i < f->pieces; i++)
		text_add_n(&all, (const char *)s->waiting[i],
			   x->pieces[f->first_piece + i].plain_bytes);
	f->plain_bytes = (uint32_t)all.len;
	struct frame_packer *p = frame_packer_new(1);
	uint8_t *out = mem_alloc(KIMG_STORED_MAX);

	f->stored_bytes = frame_pack(p, all.s, all.len, out);
	f->stored = digest_bytes(out, f->stored_bytes);
	text_add_n(&s->data, (char *)out, f->stored_bytes);
	x->frame_at[n + 1] = s->data.len;
	s->image.manifest.frames++;
	s->wait_count = 0;
	text_release(&all);
	free(out);
	frame_packer_free(p);
}

/* Number of the piece with these bytes of the disk. Frames have 1, 2, 3, 4 pieces, then 1 again. */
static uint32_t made_piece(struct made *s, const uint8_t *plain, uint32_t len)
{
	struct kimg_index *x = &s->image.index;
	struct digest d = digest_bytes(plain, len);
	uint32_t i = 0, n = s->image.manifest.pieces;

	while (i < n &&
	       (x->pieces[i].plain_bytes != len || !digest_equal(&x->pieces[i].digest, &d)))
		i++;
	if (i < n)
		return i;
	x->pieces[n] = (struct kimg_piece){ len, s->image.manifest.frames, d };
	s->waiting[s->wait_count++] = plain;
	s->image.manifest.pieces++;
	if (s->wait_count == s->image.manifest.frames % KIMG_PIECES_IN_FRAME + 1)
		made_frame(s);
	return n;
}

/* Data, a hole, zeros, the first one again, data, data; then anew. */
static void made_payload(struct made *s, uint8_t kind, uint32_t partition, uint64_t at,
			 uint64_t size)
{
	struct kimg_manifest *m = &s->image.manifest;
	struct kimg_payload *p = &s->payloads[m->payload_count++];

	*p = (struct kimg_payload){
		kind,      kind == KIMG_PAYLOAD_PARTITION,    partition, at, size,
		m->chunks, (uint32_t)((size + MIB - 1) / MIB)
	};
	for (uint32_t i = 0; i < p->chunks; i++) {
		uint8_t *bytes = s->disk + at + i * MIB;
		uint32_t len = kimg_chunk_bytes(p, i), number = m->chunks++;

		if (s->full) {
			made_fill(bytes + (i ? 0 : 512), len - (i ? 0 : 512), number + 1);
			s->image.index.chunks[number] = made_piece(s, bytes, len);
		} else if (i % 6 == 1) {
			memset(bytes, 0x77, len); /* is not restored */
			s->image.index.chunks[number] = KIMG_HOLE;
		} else if (i % 6 == 2) {
			s->image.index.chunks[number] = KIMG_ZEROS;
		} else {
			if (i % 6 == 3)
				memcpy(bytes, s->disk + at, len);
			else if (i || kind == KIMG_PAYLOAD_PARTITION)
				made_fill(bytes + (i ? 0 : 512), len - (i ? 0 : 512), number + 1);
			s->image.index.chunks[number] = made_piece(s, bytes, len);
		}
	}
}

static void put32(uint8_t *p, uint64_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> 8 * i);
}

static void made_entry(uint8_t *sector, int i, uint8_t type, uint64_t first, uint64_t bytes)
{
	sector[446 + 16 * i + 4] = type;
	put32(sector + 446 + 16 * i + 8, first / 512);
	put32(sector + 446 + 16 * i + 12, bytes / 512);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

/* An MBR with a logical partition, and an older GPT in the gap before the first one. */
static void made_mbr(struct made *s)
{
	struct kimg_manifest *m = &s->image.manifest;
	uint64_t first = s->partitions[0].first_byte, last = s->partitions[1].first_byte;
	struct text old = made_table(m->disk_bytes, 512, NULL, NULL);

	memcpy(s->disk + 512, old.s + 512, old.len - 512);
	text_release(&old);
	made_entry(s->sector_bytes[0], 0, 7, first, s->partitions[0].size_bytes);
	made_entry(s->sector_bytes[0], 1, 5, last - MIB / 2, s->partitions[1].size_bytes + MIB / 2);
	made_entry(s->sector_bytes[1], 0, 0x83, MIB / 2, s->partitions[1].size_bytes);
	s->partitions[1].number = 5;
	s->sectors[0] = (struct kimg_sector){ 0, s->sector_bytes[0] };
	s->sectors[1] = (struct kimg_sector){ last - MIB / 2, s->sector_bytes[1] };
	m->sectors = s->sectors;
	m->sector_count = 2;
	made_payload(s, KIMG_PAYLOAD_GAP, 0, 512, first - 512);
}

/* What a volume begins with, so that it is recognised. */
static void made_boot_sector(uint8_t *sector)
{
	memcpy(sector, "\xeb\x52\x90NTFS    \x00\x02\x08", 14);
	sector[510] = 0x55;
	sector[511] = 0xaa;
}

/* A disk of so many MiB: a system that fills it but for the last MiB and a half, and, with a table,
 * something small (EFI system; the first partition of the MBR) before it. */
static void made_make_as(struct made *s, enum kimg_table table, unsigned disk_mib, bool full)
{
	struct kimg_manifest *m = &s->image.manifest;
	struct kimg_index *x = &s->image.index;
	uint64_t disk = disk_mib * MIB, at = table == KIMG_TABLE_NONE ? 0 : 4 * MIB;

	*s = (struct made){ .disk = mem_alloc(disk), .full = full };
	*m = (struct kimg_manifest){ .product = "office-pc",
				     .label = "x",
				     .maker = "x",
				     .counter = 1,
				     .disk_bytes = disk,
				     .sector_bytes = 512,
				     .table = (uint8_t)table,
				     .disk_id = { table == KIMG_TABLE_GPT },
				     .partitions = s->partitions,
				     .payloads = s->payloads };
	x->frames = mem_array(disk_mib + 4, sizeof(*x->frames));
	x->frame_at = mem_array(disk_mib + 5, sizeof(*x->frame_at));
	x->pieces = mem_array(disk_mib + 4, sizeof(*x->pieces));
	x->chunks = mem_array(disk_mib + 4, sizeof(*x->chunks));
	s->image.identity.bytes[0] = (uint8_t)(1 + table);
	uint64_t size = table == KIMG_TABLE_NONE ? disk : disk - at - MIB - MIB / 2;
	if (table != KIMG_TABLE_NONE)
		s->partitions[m->partition_count++] = (struct kimg_partition){
			.number = 1,
			.first_byte = 2 * MIB,
			.size_bytes = MIB,
			.smallest_bytes = MIB,
			.type = { 7 },
			.id = { table == KIMG_TABLE_GPT },
			.role = KIMG_ROLE_ESP,
		};
	s->partitions[m->partition_count++] = (struct kimg_partition){
		.number = table == KIMG_TABLE_NONE ? 1 : 2,
		.first_byte = at,
		.size_bytes = size,
		.smallest_bytes = size,
		.flags = table == KIMG_TABLE_GPT ? KIMG_GROWS : 0,
		.type = { 8 },
		.id = { table == KIMG_TABLE_GPT ? 2 : 0 },
		.role = KIMG_ROLE_SYSTEM,
	};
	made_boot_sector(s->disk + at);
	if (table == KIMG_TABLE_MBR)
		made_mbr(s);
	made_payload(s, KIMG_PAYLOAD_PARTITION, s->partitions[m->partition_count - 1].number, at,
		     size);
	if (table != KIMG_TABLE_NONE)
		made_payload(s, KIMG_PAYLOAD_PARTITION, 1, 2 * MIB, MIB);
	made_frame(s);
	m->data_bytes = s->data.len;
}

__attribute__((unused)) static void made_make(struct made *s, enum kimg_table table,
					      unsigned disk_mib)
{
	made_make_as(s, table, disk_mib, false);
}

__attribute__((unused)) static void made_release(struct made *s)
{
	kimg_index_release(&s->image.index);
	text_release(&s->data);
	free(s->disk);
}

/* Is all of it on the disk, holes apart? The first byte of a chunk that is not, or UINT64_MAX. */
__attribute__((unused)) static uint64_t made_missing(const struct made *s, const uint8_t *disk)
{
	const struct kimg_manifest *m = &s->image.manifest;

	for (uint32_t k = 0; k < m->payload_count; k++)
		for (uint32_t i = 0; i < m->payloads[k].chunks; i++) {
			const struct kimg_payload *p = &m->payloads[k];
			uint64_t at = p->first_byte + i * MIB;

			if (s->image.index.chunks[p->first_chunk + i] != KIMG_HOLE &&
			    memcmp(disk + at, s->disk + at, kimg_chunk_bytes(p, i)) != 0)
				return at;
		}
	return UINT64_MAX;
}

__attribute__((unused)) static bool made_restore(const struct made *s, struct simdisk *d,
						 const struct restore_options *o,
						 struct restore_report *r, struct error *e)
{
	struct stream *in = stream_memory(s->data.s, s->data.len);
	bool ok = restore_image(&s->image, in, &d->blocks, o, r, e);

	stream_close(in);
	return ok;
}

/* Whole: content, a table that is the image's, no resume map. */
__attribute__((unused)) static void made_check(const struct made *s, struct simdisk *d,
					       const char *name)
{
	static const enum partition_table_kind kinds[] = { TABLE_NONE, TABLE_MBR, TABLE_GPT };
	const struct kimg_manifest *m = &s->image.manifest;
	struct partition_table *t = mem_alloc(sizeof(*t));
	uint64_t missing = made_missing(s, d->now);

	if (missing != UINT64_MAX)
		fail_msg("%s: byte %llu is missing", name, missing + 0ULL);
	simdisk_table(d, t);
	/* The extended partition is listed too, and the older GPT is in its gap. */
	if (t->kind != kinds[m->table] ||
	    t->flags != (m->table == KIMG_TABLE_MBR ? TABLE_GPT_IGNORED : 0) ||
	    t->count != m->partition_count + (m->table == KIMG_TABLE_MBR))
		fail_msg("%s: table %d, %zu partitions, flags %u", name, t->kind, t->count,
			 t->flags);
	for (uint32_t i = 0; i < m->partition_count && m->table != KIMG_TABLE_NONE; i++) {
		size_t k = 0;

		while (k < t->count && (t->list[k].number != m->partitions[i].number ||
					t->list[k].first_byte != m->partitions[i].first_byte))
			k++;
		if (k == t->count)
			fail_msg("%s: no partition %u", name, m->partitions[i].number);
	}
	uint64_t map = restore_map_at(d->size_bytes, m->chunks);
	for (unsigned i = 0; map && i < 2; i++)
		if (memcmp(d->now + map + i * RESTORE_MAP_BYTES / 2, "KIMGRSM1", 8) == 0)
			fail_msg("%s: the map is still there", name);
	free(t);
}

#endif
