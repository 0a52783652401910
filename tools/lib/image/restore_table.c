/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ends of a target: empty first, the partition table last. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/image/restore_inside.h"

/* What the table consists of, in the order in which it is written. */
#define PIECES_MAX (KIMG_SECTORS_MAX + 4)
struct piece {
	uint64_t at;
	const uint8_t *bytes;
	size_t len;
	bool flush_before; /* what came before it must be there already */
};
struct pieces {
	struct piece list[PIECES_MAX];
	size_t count;
};

bool work_empty_ends(struct work *w, struct error *e)
{
	const struct blocks *t = w->target;
	size_t len = t->size_bytes < KIMG_CHUNK_BYTES ? (size_t)t->size_bytes : KIMG_CHUNK_BYTES;
	uint64_t last = t->size_bytes - len;

	w->ends_touched = w->r->touched = true;
	/* Written, not asked for: what a disk calls zeros must not bring back an old table. */
	if (!t->write(t->ctx, 0, w->zeros, len, e) ||
	    (last && !t->write(t->ctx, last, w->zeros, len, e)) || !t->flush(t->ctx, e))
		return error_prefix(e, "%s: ", _("emptying both ends of the target"));
	w->ends_touched = false;
	return true;
}

/* The common part of an edge and [at, end). */
static bool common(const struct work_edge *edge, uint64_t at, uint64_t end, uint64_t *from,
		   uint64_t *to)
{
	*from = at > edge->at ? at : edge->at;
	*to = end < edge->at + edge->len ? end : edge->at + edge->len;
	return *from < *to;
}

void work_edges_take(struct work *w, uint64_t at, const uint8_t *bytes, uint64_t *from,
		     uint64_t *to)
{
	uint64_t a, b, end = *to;

	for (size_t i = 0; i < 2; i++)
		if (common(&w->edges[i], at, end, &a, &b)) {
			memcpy(w->edges[i].bytes + (a - w->edges[i].at), bytes + (a - at), b - a);
			if (i == 0)
				*from = b;
			else
				*to = a;
		}
}

bool work_edges_lay(const struct work *w, uint64_t at, size_t len, uint8_t *bytes)
{
	uint64_t a, b;

	for (size_t i = 0; i < 2; i++)
		if (common(&w->edges[i], at, at + len, &a, &b)) {
			for (uint64_t k = a; k < b; k++)
				if (bytes[k - at])
					return false;
			memcpy(bytes + (a - at), w->edges[i].bytes + (a - w->edges[i].at), b - a);
		}
	return true;
}

static void add(struct pieces *p, uint64_t at, const void *bytes, size_t len, bool flush_before)
{
	if (len)
		p->list[p->count++] = (struct piece){ at, bytes, len, flush_before };
}

static void gather(struct work *w, struct pieces *p)
{
	const struct kimg_manifest *m = &w->image->manifest;
	struct work_edge *head = &w->edges[0], *tail = &w->edges[1];
	size_t sector = w->target->sector_bytes;

	if (m->table == KIMG_TABLE_GPT) {
		add(p, w->layout.backup_at, w->layout.backup.s, w->layout.backup.len, false);
		add(p, 0, w->layout.table.s, w->layout.table.len, true);
		return;
	}
	for (uint32_t i = 0; i < m->sector_count; i++) {
		uint64_t from = m->sectors[i].first_byte, to = from + sector;
		/* Sector 0 was fitted to the target. */
		const uint8_t *bytes = i ? m->sectors[i].bytes : (const uint8_t *)w->layout.table.s;

		work_edges_take(w, from, bytes, &from, &to);
		if (from == m->sectors[i].first_byte && to == from + sector)
			add(p, from, m->sectors[i].bytes, sector, false);
	}
	add(p, tail->at, tail->bytes, tail->len, false);
	/* An old GPT in the gap may be read as one until sector 0 is there: so all else is. */
	add(p, sector, head->bytes + sector, head->len - sector, true);
	add(p, 0, head->bytes, sector, true);
}

static bool write_piece(struct work *w, const struct piece *p, struct error *e)
{
	const struct blocks *t = w->target;

	memcpy(w->buffer, p->bytes, p->len); /* which is aligned */
	return t->write(t->ctx, p->at, w->buffer, p->len, e);
}

bool work_table(struct work *w, struct error *e)
{
	const struct blocks *t = w->target;
	struct pieces p = { .count = 0 };

	gather(w, &p);
	w->ends_touched = true;
	for (size_t i = 0; i < p.count; i++)
		if ((p.list[i].flush_before && !t->flush(t->ctx, e)) ||
		    !write_piece(w, &p.list[i], e))
			return error_prefix(e, "%s: ", _("writing the partition table"));
	if (!t->flush(t->ctx, e))
		return error_prefix(e, "%s: ", _("writing the partition table"));
	for (size_t i = 0; i < p.count; i++) {
		const struct piece *piece = &p.list[i];

		if (!t->read(t->ctx, piece->at, w->buffer, piece->len, e))
			return error_prefix(e, "%s: ", _("reading back the partition table"));
		if (memcmp(w->buffer, piece->bytes, piece->len) != 0)
			return error_set(e, ERROR_UNTRUSTED,
					 _("the partition table at byte %llu does not come back as "
					   "it was written. Do not use this disk"),
					 piece->at + 0ULL);
	}
	w->ends_touched = false;
	return true;
}
