/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A raw image as its bmap vouches for it. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/bmap.h"

#define PIECE_BYTES (1u << 20)
#define SLOTS 16u

/* A piece of the image with zeros where no range lies. */
static bool read_piece(const struct bmap_image *i, uint64_t nr, uint8_t *buf, size_t *len,
		       struct error *e)
{
	uint64_t at = nr * PIECE_BYTES, left = i->file->size_bytes - at, from, to;

	*len = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES;
	memset(buf, 0, PIECE_BYTES);
	for (uint64_t next = at; used_map_next(&i->used, next, at + *len, &from, &to); next = to)
		if (!partition_source_read(i->file, from, buf + (from - at), (size_t)(to - from),
					   e))
			return false;
	return true;
}

static bool load_piece(void *ctx, uint64_t nr, uint8_t *buf, struct error *e)
{
	const struct bmap_image *i = ctx;
	size_t len;

	if (!read_piece(i, nr, buf, &len, e))
		return false;
	struct digest d = digest_bytes(buf, len);
	return digest_equal(&d, &i->pieces[nr]) ||
	       error_set(e, ERROR_UNTRUSTED,
			 _("the image was altered while it was being read, at byte %llu"),
			 nr * PIECE_BYTES + 0ULL);
}

static bool read_image(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct bmap_image *i = ctx;
	uint8_t *to = buf;

	while (len > 0) {
		size_t from = offset % PIECE_BYTES, n = PIECE_BYTES - from;

		if (n > len)
			n = len;
		if (!strips_copy(i->strips, offset / PIECE_BYTES, from, to, n, e))
			return false;
		to += n;
		offset += n;
		len -= n;
	}
	return true;
}

/* Where the sums of the ranges stand while the pieces go by. */
struct sums {
	const struct bmap *b;
	size_t range;
	struct sha256_state state;
};

static uint64_t begin_of(const struct bmap *b, size_t range)
{
	return b->ranges[range].first * b->block_bytes;
}

static uint64_t end_of(const struct bmap *b, size_t range)
{
	uint64_t end = (b->ranges[range].last + 1) * b->block_bytes;

	return end < b->image_bytes ? end : b->image_bytes;
}

/* The bytes [at, at + len) of the image. */
static bool sum_more(struct sums *s, uint64_t at, const uint8_t *buf, size_t len, struct error *e)
{
	const struct bmap *b = s->b;
	char sum[SHA256_HEX];

	for (; s->range < b->count && begin_of(b, s->range) < at + len; s->range++) {
		uint64_t begin = begin_of(b, s->range), end = end_of(b, s->range);
		uint64_t from = begin > at ? begin : at, to = end < at + len ? end : at + len;

		if (begin >= at)
			sha256_init(&s->state);
		sha256_update(&s->state, buf + (from - at), (size_t)(to - from));
		if (to < end)
			return true;
		if (strcmp(sha256_final(&s->state, sum), b->ranges[s->range].sha256) != 0)
			return error_set(
				e, ERROR_UNTRUSTED,
				_("the image does not fit its bmap: the checksum of blocks "
				  "%llu to %llu is another"),
				b->ranges[s->range].first + 0ULL, b->ranges[s->range].last + 0ULL);
	}
	return true;
}

static bool prove(struct bmap_image *i, const struct bmap *b, const struct image_progress *p,
		  struct error *e)
{
	uint64_t pieces = (b->image_bytes + PIECE_BYTES - 1) / PIECE_BYTES;
	uint8_t *buf = mem_alloc(PIECE_BYTES);
	struct sums s = { .b = b };
	bool good = true;
	size_t len = PIECE_BYTES;

	i->pieces = mem_array(pieces, sizeof(*i->pieces));
	/* Terabytes without a range are not hashed one by one. */
	struct digest zeros = digest_bytes(buf, PIECE_BYTES);
	for (uint64_t nr = 0; good && nr < pieces; nr++) {
		uint64_t at = nr * PIECE_BYTES, from, to;

		if (b->image_bytes - at >= PIECE_BYTES &&
		    !used_map_next(&i->used, at, at + PIECE_BYTES, &from, &to)) {
			i->pieces[nr] = zeros;
			continue;
		}
		good = read_piece(i, nr, buf, &len, e) && sum_more(&s, at, buf, len, e);
		i->pieces[nr] = digest_bytes(buf, len);
		if (p && p->at)
			p->at(p->ctx, at + len, b->image_bytes);
	}
	free(buf);
	return good;
}

bool bmap_image_open(struct bmap_image *i, const struct bmap *b,
		     const struct partition_source *file, const struct image_progress *p,
		     struct error *e)
{
	*i = (struct bmap_image){ .file = file };
	if (file->size_bytes != b->image_bytes)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image has %llu bytes, its bmap says %llu"),
				 file->size_bytes + 0ULL, b->image_bytes + 0ULL);
	if (b->image_bytes % 512 != 0)
		return error_set(e, ERROR_UNTRUSTED,
				 _("the image is no disk: its size is no multiple of 512 bytes"));
	bool good = used_map_init(&i->used, b->block_bytes, 0, b->blocks, e);
	for (size_t r = 0; good && r < b->count; r++)
		used_map_set(&i->used, b->ranges[r].first,
			     b->ranges[r].last - b->ranges[r].first + 1);
	if (!good || !prove(i, b, p, e)) {
		bmap_image_release(i);
		return false;
	}
	i->strips = strips_new(load_piece, i, PIECE_BYTES, SLOTS);
	i->source = (struct partition_source){ read_image, i, b->image_bytes, 512 };
	return true;
}

void bmap_image_release(struct bmap_image *i)
{
	strips_free(i->strips);
	free(i->pieces);
	used_map_release(&i->used);
	*i = (struct bmap_image){ 0 };
}
