/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks: what their heads say, and where their records stand. docs/formats/evtx.md#chunks. */
#include "lib/base/reader.h"
#include "triage/parse/evtx_inside.h"

#define CHUNK_MAGIC "ElfChnk" /* and a zero */
#define CHUNK_MAGIC_BYTES 8u
#define HEAD_CHECKED 120u /* then flags and the checksum itself, then the tables */
#define HEAD_TABLES 128u
#define HEAD_SIZE 128u /* what the head says of itself */
#define FLAG_NO_CRC32 4u

static const uint8_t record_magic[4] = { 0x2a, 0x2a, 0, 0 };

size_t evtx_find_chunk(const uint8_t *p, size_t at, size_t n)
{
	while (at < n) {
		const uint8_t *found = memmem(p + at, n - at, CHUNK_MAGIC, CHUNK_MAGIC_BYTES);

		if (!found)
			return n;
		at = (size_t)(found - p);
		/* Where it is not known that one should be, the size of the head must be right, too. */
		if (n - at >= EVTX_CHUNK_SIGN && le32(found + 40) == HEAD_SIZE)
			return at;
		at++;
	}
	return n;
}

struct evtx_chunk evtx_chunk_of(struct evtx_bytes b)
{
	struct evtx_chunk c = { .b = b, .live = b.len };
	struct reader r = reader_of(b.at, b.len < EVTX_CHUNK_HEAD ? b.len : EVTX_CHUNK_HEAD);

	reader_skip(&r, 48);
	uint32_t free_at = reader_le32(&r), records_crc = reader_le32(&r);
	reader_skip(&r, HEAD_CHECKED - 56);
	uint32_t flags = reader_le32(&r), head_crc = reader_le32(&r);
	reader_skip(&r, EVTX_CHUNK_HEAD - HEAD_TABLES);
	if (r.bad) {
		c.damaged = true;
		c.problem = N_("the head of a chunk is cut off");
		return c;
	}
	bool checked = !(flags & FLAG_NO_CRC32);
	if (checked && evtx_crc32(evtx_crc32(0, b.at, HEAD_CHECKED), b.at + HEAD_TABLES,
				  EVTX_CHUNK_HEAD - HEAD_TABLES) != head_crc)
		c.problem = N_("the checksum of a chunk's head is wrong");
	if (free_at < EVTX_CHUNK_HEAD || free_at > EVTX_CHUNK_BYTES)
		c.problem = N_("the head of a chunk is damaged");
	else if (free_at > b.len)
		c.problem = N_("a chunk is cut off");
	else
		c.live = free_at;
	if (!c.problem && checked &&
	    evtx_crc32(0, b.at + EVTX_CHUNK_HEAD, free_at - EVTX_CHUNK_HEAD) != records_crc)
		c.problem = N_("the checksum of a chunk's records is wrong");
	c.damaged = c.problem;
	if (c.damaged)
		c.b.len = (uint32_t)evtx_find_chunk(b.at, CHUNK_MAGIC_BYTES, b.len);
	if (c.live > c.b.len)
		c.live = c.b.len;
	return c;
}

static uint32_t find_record(struct evtx_bytes b, uint32_t at, uint32_t end)
{
	const uint8_t *found =
		at < end ? memmem(b.at + at, end - at, record_magic, sizeof(record_magic)) : NULL;

	return found ? (uint32_t)(found - b.at) : end;
}

/* A record that has its size at both ends. */
static bool is_record(struct evtx_bytes b, uint32_t at, uint32_t end, uint32_t *record_end)
{
	if (at > end || end - at < EVTX_RECORD_MIN || memcmp(b.at + at, record_magic, 4) != 0)
		return false;
	uint32_t size = le32(b.at + at + 4);
	if (size < EVTX_RECORD_MIN || size > end - at || le32(b.at + at + size - 4) != size)
		return false;
	*record_end = at + size;
	return true;
}

static bool found(struct evtx_walk *w, struct evtx_bytes b, struct evtx_extent *x, uint32_t end)
{
	x->from = w->at;
	x->end = end;
	w->at = end;
	w->last = le64(b.at + x->from + 8);
	w->any = true;
	return true;
}

/* Behind damage, what was written before this chunk began anew may follow: its numbers are others. */
static bool goes_on(const struct evtx_walk *w, struct evtx_bytes b)
{
	return w->chained || !w->any ||
	       le64(b.at + w->at + 8) - w->last - 1 < EVTX_CHUNK_BYTES / EVTX_RECORD_MIN;
}

bool evtx_next_live(const struct evtx_chunk *c, struct evtx_walk *w, struct evtx_extent *x)
{
	uint32_t end;

	x->problem = NULL;
	if (!w->at) {
		w->at = EVTX_CHUNK_HEAD;
		w->chained = true;
	}
	while (w->at < c->live) {
		if (is_record(c->b, w->at, c->live, &end)) {
			if (goes_on(w, c->b)) {
				w->chained = true;
				return found(w, c->b, x, end);
			}
			w->old = w->old ? w->old : w->at;
			w->at = end;
			continue;
		}
		uint32_t next = find_record(c->b, w->at + 1, c->live);
		if (!only_zeros(c->b.at + w->at, next - w->at))
			x->problem = N_("there is no record where one should be");
		/* It follows on a whole one and begins as one: only its sizes are wrong. */
		if (w->chained && next - w->at >= EVTX_RECORD_MIN &&
		    memcmp(c->b.at + w->at, record_magic, 4) == 0) {
			x->problem = N_("the sizes of a record are wrong");
			w->chained = false;
			return found(w, c->b, x, next);
		}
		w->chained = false;
		w->at = next;
	}
	/* Written after the head was: the numbers go on, as those of old records never do. */
	if (is_record(c->b, w->at, c->b.len, &end) &&
	    (!w->any || le64(c->b.at + w->at + 8) == w->last + 1))
		return found(w, c->b, x, end);
	return false;
}

/* Who hides a record lets the one before it reach to its end, whose second size is then written over. */
bool evtx_next_hidden(struct evtx_bytes b, uint32_t *at, uint32_t end, struct evtx_extent *x)
{
	for (;; ++*at) {
		*at = find_record(b, *at, end);
		if (end - *at < EVTX_RECORD_MIN)
			return false;
		const uint32_t size = le32(b.at + *at + 4);
		if (size < EVTX_RECORD_MIN || size > end - *at ||
		    b.at[*at + EVTX_RECORD_HEAD] != 0x0f)
			continue;
		if (size != end - *at && le32(b.at + *at + size - 4) != size)
			continue;
		*x = (struct evtx_extent){ *at, *at + size, NULL };
		*at = x->end;
		return true;
	}
}

bool evtx_next_carved(struct evtx_bytes b, uint32_t *at, struct evtx_extent *x)
{
	for (;;) {
		*at = find_record(b, *at, b.len);
		if (*at >= b.len)
			return false;
		x->from = *at;
		x->problem = NULL;
		/* A fragment begins in it, which few other bytes would look like. */
		if (is_record(b, *at, b.len, &x->end) && b.at[*at + EVTX_RECORD_HEAD] == 0x0f) {
			*at = x->end;
			return true;
		}
		++*at;
	}
}
