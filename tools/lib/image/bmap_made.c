/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bmap of an image that was restored to a file. */
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/image/bmap.h"

#define BLOCK_BYTES 4096u
#define END_BYTES (UINT64_C(1) << 20)
#define PIECE_BYTES (1u << 20)

/* The blocks that these bytes touch. */
static void mark(struct used_map *m, uint64_t at, uint64_t len)
{
	uint64_t first = at / BLOCK_BYTES, end = (at + len + BLOCK_BYTES - 1) / BLOCK_BYTES;

	if (len > 0)
		used_map_set(m, first, end - first);
}

static void mark_payload(struct used_map *m, const struct image *i, const struct kimg_payload *p)
{
	const struct kimg_partition *part = kimg_partition(&i->manifest, p->partition);
	bool holes_too = part && part->flags & KIMG_HOLES_ARE_ZEROS;

	if (p->kind == KIMG_PAYLOAD_CATALOGUE)
		return;
	for (uint32_t c = 0; c < p->chunks; c++)
		if (holes_too || i->index.chunks[p->first_chunk + c] != KIMG_HOLE)
			mark(m, p->first_byte + (uint64_t)c * KIMG_CHUNK_BYTES,
			     kimg_chunk_bytes(p, c));
}

static void mark_all(struct used_map *map, const struct image *i)
{
	const struct kimg_manifest *m = &i->manifest;
	uint64_t end = m->disk_bytes < END_BYTES ? m->disk_bytes : END_BYTES;

	mark(map, 0, end);
	mark(map, m->disk_bytes - end, end);
	for (uint32_t s = 0; s < m->sector_count; s++)
		mark(map, m->sectors[s].first_byte, m->sector_bytes);
	for (uint32_t p = 0; p < m->payload_count; p++)
		mark_payload(map, i, &m->payloads[p]);
}

static bool sum(const struct partition_source *raw, uint64_t from, uint64_t to,
		char hex[SHA256_HEX], struct error *e)
{
	uint8_t *buf = mem_alloc(PIECE_BYTES);
	struct sha256_state s;
	bool good = true;

	sha256_init(&s);
	while (good && from < to) {
		size_t n = to - from < PIECE_BYTES ? (size_t)(to - from) : PIECE_BYTES;

		good = partition_source_read(raw, from, buf, n, e);
		if (good)
			sha256_update(&s, buf, n);
		from += n;
	}
	sha256_final(&s, hex);
	free(buf);
	return good;
}

static bool add_range(struct bmap *b, const struct partition_source *raw, uint64_t from,
		      uint64_t to, struct error *e)
{
	mem_grow(&b->ranges, &b->capacity, b->count + 1, sizeof(*b->ranges));
	struct bmap_range *r = &b->ranges[b->count++];

	r->first = from / BLOCK_BYTES;
	r->last = (to - 1) / BLOCK_BYTES;
	return sum(raw, from, to, r->sha256, e);
}

bool bmap_of_image(const struct image *i, const struct partition_source *raw, struct bmap *b,
		   struct error *e)
{
	uint64_t size = i->manifest.disk_bytes, from, to, at = 0;
	struct used_map map;

	*b = (struct bmap){ .image_bytes = size,
			    .blocks = (size + BLOCK_BYTES - 1) / BLOCK_BYTES,
			    .block_bytes = BLOCK_BYTES };
	bool good = used_map_init(&map, BLOCK_BYTES, 0, b->blocks, e);
	if (good)
		mark_all(&map, i);
	for (; good && used_map_next(&map, at, size, &from, &to); at = to)
		good = add_range(b, raw, from, to, e);
	used_map_release(&map);
	if (!good)
		bmap_release(b);
	return good;
}
