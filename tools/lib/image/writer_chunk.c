/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading a chunk of what is captured: a hole, zeros, or content with its digest. */
#include <assert.h>
#include <string.h>

#include "lib/image/writer_inside.h"

/* Where a chunk is read from. */
struct place {
	const struct writer_payload *payload;
	uint64_t at; /* in the payload */
	uint32_t bytes;
	bool last; /* of the payload */
};

static struct place place_of(const struct writer_run *r, uint32_t chunk)
{
	uint32_t low = 0, high = r->w->payload_count;

	/* Many chunks, few payloads; those without a chunk cannot be. */
	while (high - low > 1) {
		uint32_t middle = (low + high) / 2;

		if (r->payloads[middle].first_chunk <= chunk)
			low = middle;
		else
			high = middle;
	}
	uint32_t i = chunk - r->payloads[low].first_chunk;

	return (struct place){ &r->w->payloads[low], (uint64_t)i * KIMG_CHUNK_BYTES,
			       kimg_chunk_bytes(&r->payloads[low], i),
			       i + 1 == r->payloads[low].chunks };
}

static bool all_zero(const uint8_t *p, size_t len)
{
	uint64_t any = 0, word;
	size_t i = 0;

	/* By pieces: most chunks show at their beginning that they are not. */
	for (; i + 512 <= len && !any; i += 512)
		for (size_t k = 0; k < 512; k += sizeof(word)) {
			memcpy(&word, p + i + k, sizeof(word));
			any |= word;
		}
	for (; i < len && !any; i++)
		any |= p[i];
	return !any;
}

static bool next_data(const struct writer_payload *p, uint64_t from, uint64_t to, uint64_t *start,
		      uint64_t *end)
{
	if (p->data)
		return p->data(p->source->ctx, from, to, start, end);
	*start = from;
	*end = to;
	return from < to;
}

/* What is used and may be other than zeros is read, the rest zeroed. */
static bool read_chunk(const struct place *c, struct slot *s, struct error *e)
{
	const struct writer_payload *p = c->payload;
	uint8_t *plain = s->plain;
	uint64_t base = p->source_at + c->at; /* in the source */
	uint64_t at = c->at, start, end, data, data_end;
	size_t filled = 0;

	s->kind = CHUNK_HOLE;
	s->used_bytes = 0;
	while (writer_used(p, at, c->at + c->bytes, &start, &end)) {
		uint64_t from = p->source_at + start, to = p->source_at + end;

		s->used_bytes = c->bytes;
		s->kind = s->kind == CHUNK_HOLE ? CHUNK_ZEROS : s->kind;
		while (next_data(p, from, to, &data, &data_end)) {
			size_t begin = (size_t)(data - base), len = (size_t)(data_end - data);

			memset(plain + filled, 0, begin - filled);
			if (!partition_source_read(p->source, data, plain + begin, len, e))
				return false;
			filled = begin + len;
			from = data_end;
			s->kind = CHUNK_CONTENT;
		}
		at = end;
	}
	if (s->kind != CHUNK_CONTENT)
		return true; /* known without a look: a large sparse disk is mostly that */
	memset(plain + filled, 0, c->bytes - filled);
	if (all_zero(plain, c->bytes))
		s->kind = CHUNK_ZEROS;
	return true;
}

bool writer_read(const struct writer_run *r, struct slot *const *slots, uint32_t count,
		 struct error *e)
{
	struct digest_part parts[WRITER_TOGETHER];
	struct slot *of[WRITER_TOGETHER];
	uint32_t n = 0;

	assert(count <= WRITER_TOGETHER);
	for (uint32_t i = 0; i < count; i++) {
		struct place c = place_of(r, slots[i]->chunk);

		slots[i]->last = c.last;
		if (!read_chunk(&c, slots[i], e))
			return false;
		if (slots[i]->kind == CHUNK_CONTENT) {
			parts[n].bytes = slots[i]->plain;
			parts[n].len = c.bytes;
			of[n++] = slots[i];
		}
	}
	digest_many(parts, n);
	for (uint32_t i = 0; i < n; i++)
		of[i]->piece = (struct kimg_piece){ .plain_bytes = (uint32_t)parts[i].len,
						    .digest = parts[i].digest };
	return true;
}
