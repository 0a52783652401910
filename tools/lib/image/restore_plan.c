/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of an image goes where on a target, and the memory that it takes. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/restore_inside.h"

#define HEAD_BYTES 8192u
#define TAIL_BYTES 4096u

bool bit_get(const uint8_t *bits, uint32_t i)
{
	return __atomic_load_n(&bits[i / 8], __ATOMIC_RELAXED) >> i % 8 & 1;
}

void bit_set(uint8_t *bits, uint32_t i)
{
	__atomic_fetch_or(&bits[i / 8], (uint8_t)(1u << i % 8), __ATOMIC_RELEASE);
}

uint64_t work_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool add_span(struct work *w, const struct kimg_payload *p, struct error *e)
{
	const struct kimg_manifest *m = &w->image->manifest;
	struct work_span *s = &w->spans[w->span_count++];

	*s = (struct work_span){ p->first_chunk, p->chunks, p->first_byte, p->size_bytes, p, false };
	if (p->kind == KIMG_PAYLOAD_CATALOGUE)
		s->size_bytes = 0; /* nothing for a disk */
	for (uint32_t i = 0; p->kind == KIMG_PAYLOAD_PARTITION && i < m->partition_count; i++)
		if (m->partitions[i].number == p->partition) {
			const struct layout_place *place = &w->layout.partitions[i];

			s->at = place->first_byte;
			s->holes_are_zeros = m->partitions[i].flags & KIMG_HOLES_ARE_ZEROS;
			if (place->size_bytes < s->size_bytes)
				s->size_bytes = place->size_bytes;
		}
	if (s->size_bytes > w->target->size_bytes ||
	    s->at > w->target->size_bytes - s->size_bytes || s->at % w->target->sector_bytes ||
	    s->size_bytes % w->target->sector_bytes)
		return error_set(e, ERROR_FAILED,
				 _("what the image has for byte %llu does not fit the target"),
				 s->at + 0ULL);
	return true;
}

struct work_chunk work_chunk(const struct work *w, uint32_t chunk)
{
	uint32_t low = 0, high = w->span_count;

	while (high - low > 1) { /* the last one that begins at it or before */
		uint32_t middle = low + (high - low) / 2;

		if (w->spans[middle].first_chunk <= chunk)
			low = middle;
		else
			high = middle;
	}
	const struct work_span *s = &w->spans[low];
	uint32_t i = chunk - s->first_chunk, piece = w->image->index.chunks[chunk];
	uint64_t from = (uint64_t)i * KIMG_CHUNK_BYTES;
	struct work_chunk c = { WORK_NOTHING, s->at + from, kimg_chunk_bytes(s->payload, i), piece,
				false };

	if (from >= s->size_bytes)
		return c;
	if (c.len > s->size_bytes - from) {
		c.len = (uint32_t)(s->size_bytes - from);
		c.cut = true;
	}
	c.kind = WORK_DATA;
	if (piece == KIMG_ZEROS || (piece == KIMG_HOLE && s->holes_are_zeros))
		c.kind = WORK_ZEROS;
	else if (piece == KIMG_HOLE)
		c.kind = WORK_HOLE;
	return c;
}

static bool overlaps(uint64_t a, uint64_t a_len, uint64_t b, uint64_t b_len)
{
	return a < b + b_len && b < a + a_len;
}

static bool on_map(const struct work *w, const struct work_chunk *c)
{
	return w->map.on && c->kind != WORK_NOTHING &&
	       overlaps(c->at, c->len, w->map.at, RESTORE_MAP_BYTES);
}

struct work_late *work_late_of(const struct work *w, uint32_t chunk)
{
	uint32_t low = 0, high = w->late_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (w->late[middle].chunk == chunk)
			return &w->late[middle];
		if (w->late[middle].chunk < chunk)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

bool work_is_fresh(const struct work *w, uint32_t chunk, const struct work_chunk *c)
{
	for (size_t i = 0; i < 2; i++)
		if (c->kind == WORK_DATA &&
		    overlaps(c->at, c->len, w->edges[i].at, w->edges[i].len))
			return true;
	return c->cut || work_late_of(w, chunk);
}

/* Which chunks name a piece, and how much there is to do. */
static void count_users(struct work *w)
{
	const struct kimg_manifest *m = &w->image->manifest;

	for (uint32_t i = 0; i < m->chunks; i++) {
		struct work_chunk c = work_chunk(w, i);

		if (c.kind == WORK_DATA)
			w->users_at[c.piece + 1]++;
		if (c.kind == WORK_DATA || c.kind == WORK_ZEROS)
			w->total_bytes += c.len;
		w->late_count += on_map(w, &c);
	}
	for (uint32_t p = 0; p < m->pieces; p++)
		w->users_at[p + 1] += w->users_at[p];
}

static void list_users(struct work *w)
{
	const struct kimg_manifest *m = &w->image->manifest;
	uint32_t *next = mem_array((size_t)m->pieces + 1, sizeof(*next)), late = 0;
	size_t late_bytes = 0;

	memcpy(next, w->users_at, ((size_t)m->pieces + 1) * sizeof(*next));
	for (uint32_t i = 0; i < m->chunks; i++) {
		struct work_chunk c = work_chunk(w, i);

		if (c.kind == WORK_DATA)
			w->users[next[c.piece]++] = i;
		if (!on_map(w, &c))
			continue;
		w->late[late++].chunk = i;
		/* At most what overlaps the map: less than 18 MiB in all. */
		late_bytes += c.kind == WORK_DATA ? ((size_t)c.len + BLOCKS_ALIGN - 1) /
							    BLOCKS_ALIGN * BLOCKS_ALIGN
						  : 0;
	}
	free(next);
	w->late_bytes = mem_pages(late_bytes);
	uint8_t *at = w->late_bytes;
	for (uint32_t i = 0; i < w->late_count; i++) {
		struct work_chunk c = work_chunk(w, w->late[i].chunk);

		if (c.kind != WORK_DATA)
			continue;
		w->late[i].bytes = at;
		at += ((size_t)c.len + BLOCKS_ALIGN - 1) / BLOCKS_ALIGN * BLOCKS_ALIGN;
	}
}

static void plan_edges(struct work *w)
{
	uint64_t size = w->target->size_bytes;

	if (w->image->manifest.table == KIMG_TABLE_GPT)
		return; /* no partition reaches there */
	w->edges[0].len = size < HEAD_BYTES ? (size_t)size : HEAD_BYTES;
	if (size >= HEAD_BYTES + TAIL_BYTES)
		w->edges[1] = (struct work_edge){ size - TAIL_BYTES, TAIL_BYTES, NULL };
	for (size_t i = 0; i < 2; i++)
		w->edges[i].bytes = mem_pages(w->edges[i].len);
}

bool work_plan(struct work *w, struct error *e)
{
	const struct kimg_manifest *m = &w->image->manifest;
	const size_t bitmap = ((size_t)m->chunks + 7) / 8;

	if (!layout_make(m, w->target->size_bytes, w->target->sector_bytes, w->o->fit, &w->layout,
			 e))
		return false;
	for (uint32_t i = 0; i < m->payload_count; i++)
		if (!add_span(w, &m->payloads[i], e))
			return false;
	w->map.at = restore_map_at(w->target->size_bytes, m->chunks);
	w->map.on = w->map.at != 0;
	w->map.len = BLOCKS_ALIGN + (bitmap + BLOCKS_ALIGN - 1) / BLOCKS_ALIGN * BLOCKS_ALIGN;
	w->users_at = mem_array((size_t)m->pieces + 1, sizeof(*w->users_at));
	count_users(w);
	w->users = mem_array(w->users_at[m->pieces], sizeof(*w->users));
	w->late = mem_array(w->late_count, sizeof(*w->late));
	w->kept = mem_alloc(bitmap);
	w->marked = mem_alloc(bitmap);
	w->written = mem_alloc(bitmap);
	w->map.bytes = w->map.on ? mem_pages(w->map.len) : NULL;
	w->buffer = mem_pages(KIMG_CHUNK_BYTES);
	w->zeros = mem_pages(KIMG_CHUNK_BYTES);
	plan_edges(w);
	list_users(w);
	w->team = work_team(w);
	return true;
}

void work_release(struct work *w)
{
	pump_team_free(w->team);
	layout_release(&w->layout);
	free(w->users_at);
	free(w->users);
	free(w->late);
	free(w->late_bytes);
	free(w->kept);
	free(w->marked);
	free(w->written);
	free(w->map.bytes);
	free(w->buffer);
	free(w->zeros);
	free(w->edges[0].bytes);
	free(w->edges[1].bytes);
}
