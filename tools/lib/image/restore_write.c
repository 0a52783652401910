/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Payloads onto the target: holes and zeros first, then frame after frame as they come. */
#include <string.h>

#include "lib/base/language.h"
#include "lib/image/restore_inside.h"

#define RUN_MAX (256 * WORK_MIB) /* in one request; the resume map is written between them */

static void count(uint64_t *what, uint64_t bytes)
{
	__atomic_fetch_add(what, bytes, __ATOMIC_RELAXED);
}

static void say(struct work *w, const char *what)
{
	const struct restore_report *r = w->r;

	if (w->o->step)
		w->o->step(w->o->ctx, what,
			   __atomic_load_n(&r->written_bytes, __ATOMIC_RELAXED) +
				   __atomic_load_n(&r->zeroed_bytes, __ATOMIC_RELAXED) +
				   __atomic_load_n(&r->kept_bytes, __ATOMIC_RELAXED),
			   w->total_bytes);
}

/* --- holes and zeros --- */

struct run {
	enum work_kind kind;
	uint64_t at, len;
	uint32_t first, last; /* chunks */
};

/* The first and the last MiB are zeros, and stay so: a disk may answer what was discarded with what
 * it had before. */
static bool discard(struct work *w, const struct run *r, struct error *e)
{
	const struct blocks *t = w->target;
	uint64_t end = t->size_bytes < WORK_MIB ? 0 : t->size_bytes - WORK_MIB;
	uint64_t from = r->at < WORK_MIB ? WORK_MIB : r->at;
	uint64_t to = r->at + r->len < end ? r->at + r->len : end;

	if (from >= to)
		return true;
	count(&w->r->discarded_bytes, to - from);
	return t->discard(t->ctx, from, to - from, e);
}

static bool finish_run(struct work *w, struct run *r, struct error *e)
{
	const struct blocks *t = w->target;
	struct run done = *r;

	r->kind = WORK_NOTHING;
	if (done.kind == WORK_NOTHING)
		return true;
	if (done.kind == WORK_HOLE)
		return discard(w, &done, e);
	if (!t->zero(t->ctx, done.at, done.len, e))
		return false;
	/* Nothing but zeros of one payload lies between first and last. */
	for (uint32_t i = done.first; i <= done.last; i++)
		bit_set(w->written, i);
	count(&w->r->zeroed_bytes, done.len);
	say(w, _("writing"));
	return work_checkpoint(w, done.len, e);
}

static bool write_runs(struct work *w, struct error *e)
{
	struct run run = { WORK_NOTHING, 0, 0, 0, 0 };

	for (uint32_t i = 0; i < w->image->manifest.chunks; i++) {
		struct work_chunk c = work_chunk(w, i);

		if ((c.kind != WORK_HOLE && c.kind != WORK_ZEROS) || bit_get(w->kept, i) ||
		    work_late_of(w, i))
			continue;
		if (run.kind != c.kind || run.last + 1 != i || run.at + run.len != c.at ||
		    run.len >= RUN_MAX) {
			if (!finish_run(w, &run, e))
				return false;
			run = (struct run){ c.kind, c.at, 0, i, i };
		}
		run.len += c.len;
		run.last = i;
	}
	return finish_run(w, &run, e);
}

/* --- pieces --- */

static bool want(void *ctx, uint32_t piece)
{
	const struct work *w = ctx;

	for (uint32_t k = w->users_at[piece]; k < w->users_at[piece + 1]; k++)
		if (!bit_get(w->kept, w->users[k]))
			return true;
	return false;
}

/* What of a chunk belongs on no edge. */
static bool write_chunk(struct work *w, const struct work_chunk *c, const uint8_t *plain,
			struct error *e)
{
	const struct blocks *t = w->target;
	uint64_t from = c->at, to = c->at + c->len;

	work_edges_take(w, c->at, plain, &from, &to);
	count(&w->r->written_bytes, c->len);
	if (from >= to)
		return true;
	if (from > c->at) {
		/* Aligned again. There is one chunk that reaches out of the first edge, so nobody
		 * else wants this buffer. */
		memcpy(w->buffer, plain + (from - c->at), to - from);
		plain = w->buffer;
	}
	return t->write(t->ctx, from, plain, to - from, e);
}

/* Chunks that lie side by side on the target and in memory, so each of another piece: written in one
 * request. */
struct row {
	uint64_t at, len;
	const uint8_t *plain;
	uint32_t chunks[PUMP_TAKE_MAX];
	unsigned count;
};

static bool finish_row(struct work *w, struct row *r, struct error *e)
{
	const struct blocks *t = w->target;
	const uint64_t len = r->len;
	const unsigned chunks = r->count;

	r->len = r->count = 0;
	if (!chunks)
		return true;
	if (!t->write(t->ctx, r->at, r->plain, len, e))
		return false;
	for (unsigned i = 0; i < chunks; i++)
		bit_set(w->written, r->chunks[i]);
	count(&w->r->written_bytes, len);
	return work_checkpoint(w, len, e);
}

static bool add_to_row(struct work *w, struct row *r, uint32_t chunk, const struct work_chunk *c,
		       const uint8_t *plain, struct error *e)
{
	if ((r->at + r->len != c->at || r->plain + r->len != plain) && !finish_row(w, r, e))
		return false;
	if (!r->count) {
		r->at = c->at;
		r->plain = plain;
	}
	r->chunks[r->count++] = chunk;
	r->len += c->len;
	return true;
}

/* What cannot be in a row: cut, on an edge, or where the map lies. */
static bool take_fresh(struct work *w, uint32_t chunk, const struct work_chunk *c,
		       const uint8_t *plain, struct error *e)
{
	struct work_late *late = work_late_of(w, chunk);

	if (c->cut)
		w->cut_digest = digest_bytes(plain, c->len);
	if (late) {
		memcpy(late->bytes, plain, c->len);
		late->filled = true;
		return true;
	}
	if (!write_chunk(w, c, plain, e))
		return false;
	bit_set(w->written, chunk);
	return work_checkpoint(w, c->len, e);
}

static bool take(void *ctx, const struct pump_piece *pieces, unsigned count, struct error *e)
{
	struct work *w = ctx;
	struct row row = { .count = 0 };

	for (unsigned i = 0; i < count; i++) {
		const struct pump_piece *p = &pieces[i];

		for (uint32_t k = w->users_at[p->number]; k < w->users_at[p->number + 1]; k++) {
			uint32_t chunk = w->users[k];
			struct work_chunk c = work_chunk(w, chunk);

			if (bit_get(w->kept, chunk))
				continue;
			if (work_is_fresh(w, chunk, &c)
				    ? !take_fresh(w, chunk, &c, p->plain, e)
				    : !add_to_row(w, &row, chunk, &c, p->plain, e))
				return false;
		}
	}
	return finish_row(w, &row, e);
}

static void at(void *ctx, uint64_t done_bytes, uint64_t total_bytes)
{
	(void)done_bytes;
	(void)total_bytes;
	say(ctx, _("writing"));
}

/* --- what lies where the map lies --- */

static bool write_late(struct work *w, struct error *e)
{
	const struct blocks *t = w->target;
	bool needed = false;

	for (uint32_t i = 0; i < w->late_count; i++)
		needed = needed || work_chunk(w, w->late[i].chunk).kind != WORK_HOLE;
	if (!needed)
		return true;
	if (!t->flush(t->ctx, e) || !work_map_clean(w, e))
		return false;
	for (uint32_t i = 0; i < w->late_count; i++) {
		struct work_chunk c = work_chunk(w, w->late[i].chunk);

		if (c.kind == WORK_ZEROS) {
			if (!t->zero(t->ctx, c.at, c.len, e))
				return false;
			count(&w->r->zeroed_bytes, c.len);
		} else if (c.kind == WORK_DATA) {
			if (!w->late[i].filled)
				return error_set(e, ERROR_UNTRUSTED,
						 _("the image has nothing for byte %llu"),
						 c.at + 0ULL);
			if (!write_chunk(w, &c, w->late[i].bytes, e))
				return false;
		}
		say(w, _("writing"));
	}
	return true;
}

static bool ends_here(const struct work *w, struct error *e)
{
	bool end = false;

	if (!w->stream->at_end(w->stream, &end, e))
		return false;
	return end || error_set(e, ERROR_UNTRUSTED, _("%s goes on behind its last frame"),
				w->stream->name);
}

struct pump_team *work_team(struct work *w)
{
	const struct pump pump = { .image = w->image,
				   .stream = w->stream,
				   .jobs = w->o->jobs,
				   .deep = true,
				   .want = want,
				   .take = take,
				   .ctx = w,
				   .progress = { at, w } };

	return pump_team_new(&pump);
}

bool work_write(struct work *w, struct error *e)
{
	__atomic_store_n(&w->checkpoint_ms, work_now_ms(), __ATOMIC_RELAXED);
	say(w, _("writing"));
	return write_runs(w, e) && pump_team_run(w->team, e) && ends_here(w, e) &&
	       work_map_write(w, e) && write_late(w, e) && w->target->flush(w->target->ctx, e);
}
