/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The threads that turn chunks into frames. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/writer_inside.h"

struct worker {
	struct writer_run *run;
	pthread_t thread;
	struct frame_packer *packer;
	uint8_t *plain; /* KIMG_FRAME_PLAIN_MAX */
};

static bool same(const struct kimg_piece *a, const struct kimg_piece *b)
{
	return a->plain_bytes == b->plain_bytes && digest_equal(&a->digest, &b->digest);
}

/* The place in the table for this content: of its piece, or free. */
static uint32_t *table_find(struct writer_run *r, const struct kimg_piece *p)
{
	uint32_t i;

	for (memcpy(&i, p->digest.bytes, sizeof(i));; i++) {
		uint32_t *at = &r->table[i & r->table_mask];

		if (*at == 0 || same(&r->index.pieces[*at - 1], p))
			return at;
	}
}

static bool is_open(const struct writer_run *r)
{
	return r->closed < r->frame_count;
}

/* New content into the open frame; *full: none can be begun until one was written. */
static void add_piece(struct writer_run *r, struct slot *s, uint32_t *known, bool *full)
{
	*full = !is_open(r) && r->frame_count - r->written == r->group_count;
	if (*full)
		return;
	if (r->piece_count == r->piece_max || (!is_open(r) && r->frame_count == r->frame_max)) {
		error_set(&r->e, ERROR_FAILED,
			  _("it holds more different content than an image can (about 5 TiB)"));
		return;
	}
	if (!is_open(r))
		r->index.frames[r->frame_count++] =
			(struct kimg_frame){ .first_piece = r->piece_count };
	struct kimg_frame *f = &r->index.frames[r->closed];

	s->state = SLOT_PIECE;
	s->piece.frame = r->closed;
	r->groups[r->closed % r->group_count].slots[f->pieces++] = s;
	f->plain_bytes += s->piece.plain_bytes;
	r->index.pieces[r->piece_count++] = s->piece;
	*known = r->piece_count;
	r->closed += f->pieces == KIMG_PIECES_IN_FRAME;
}

/* It is the slot's turn. False if it has to wait, or failed. */
static bool settle(struct writer_run *r, struct slot *s)
{
	uint32_t *number = &r->index.chunks[s->chunk], *known;
	bool full = false;

	if (s->kind != CHUNK_CONTENT) {
		*number = s->kind == CHUNK_HOLE ? KIMG_HOLE : KIMG_ZEROS;
		r->zero_bytes += s->used_bytes;
		s->state = SLOT_FREE;
	} else if (*(known = table_find(r, &s->piece)) != 0) {
		*number = *known - 1;
		r->repeated_bytes += s->used_bytes;
		s->state = SLOT_FREE;
	} else {
		*number = r->piece_count;
		add_piece(r, s, known, &full);
	}
	if (full || r->e.kind)
		return false;
	r->closed += s->last && is_open(r);
	return true;
}

/* Settle all chunks that can be, in order; with the lock. */
static void settle_all(struct writer_run *r)
{
	while (!r->e.kind && r->turn < r->next) {
		struct slot *s = r->turns[r->turn % r->slot_count];

		if (!s || s->chunk != r->turn || s->state != SLOT_READ || !settle(r, s))
			break;
		r->turn++;
		r->done_bytes += s->used_bytes;
		if (r->w->progress.at)
			r->w->progress.at(r->w->progress.ctx, r->done_bytes, r->used_bytes);
	}
}

/* Frames that can be written together: some, or all that there will be. With the lock. */
static uint32_t packed_run(const struct writer_run *r)
{
	uint32_t n = 0;

	while (n < WRITER_FRAMES_TOGETHER && r->written + n < r->packing &&
	       r->groups[(r->written + n) % r->group_count].packed)
		n++;
	bool end = r->turn == r->chunk_count && r->written + n == r->closed;

	return n == WRITER_FRAMES_TOGETHER || end ? n : 0;
}

/* Hash and write them. Without the lock: nobody else touches what is packed. */
static bool put_frames(struct writer_run *r, struct digest_part *parts, uint32_t count,
		       struct error *e)
{
	uint64_t at = r->data_at + r->data_bytes;

	for (uint32_t i = 0; i < count; i++) {
		const struct group *g = &r->groups[(r->written + i) % r->group_count];

		parts[i].bytes = g->bytes;
		parts[i].len = g->stored_bytes;
	}
	digest_many(parts, count);
	for (uint32_t i = 0; i < count; at += parts[i++].len)
		if (!writer_put(r, at, parts[i].bytes, parts[i].len, e))
			return false;
	return true;
}

/* Write all frames that can be, in order. With the lock, but while writing. */
static void write_all(struct writer_run *r)
{
	uint32_t count;

	if (r->writing)
		return; /* who does it sees this one too */
	r->writing = true;
	while (!r->e.kind && (count = packed_run(r)) != 0) {
		struct digest_part parts[WRITER_FRAMES_TOGETHER];
		struct error e = { 0 };

		pthread_mutex_unlock(&r->lock);
		bool ok = put_frames(r, parts, count, &e);

		pthread_mutex_lock(&r->lock);
		if (!ok) {
			error_set(&r->e, e.kind, "%s", e.text);
			break;
		}
		for (uint32_t i = 0; i < count; i++, r->written++) {
			struct kimg_frame *f = &r->index.frames[r->written];

			f->stored = parts[i].digest;
			f->stored_bytes = (uint32_t)parts[i].len;
			r->data_bytes += f->stored_bytes;
			r->groups[r->written % r->group_count].packed = false;
		}
		settle_all(r); /* more can be begun */
		pthread_cond_broadcast(&r->changed);
	}
	r->writing = false;
}

/* The next complete frame. With the lock, but while copying and packing. */
static void pack(struct worker *w)
{
	struct writer_run *r = w->run;
	uint32_t number = r->packing++;
	struct group *g = &r->groups[number % r->group_count];
	const struct kimg_frame f = r->index.frames[number];
	size_t at = 0;

	pthread_mutex_unlock(&r->lock);
	for (uint32_t k = 0; k < f.pieces; k++) {
		const struct slot *s = g->slots[k];

		memcpy(w->plain + at, s->plain, s->piece.plain_bytes);
		at += s->piece.plain_bytes;
	}
	pthread_mutex_lock(&r->lock);
	for (uint32_t k = 0; k < f.pieces; k++)
		g->slots[k]->state = SLOT_FREE;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	uint32_t stored_bytes = frame_pack(w->packer, w->plain, at, g->bytes);

	pthread_mutex_lock(&r->lock);
	g->stored_bytes = stored_bytes;
	g->packed = true;
	write_all(r);
}

/* Slots for the next chunks, as many as are free. */
static uint32_t free_slots(const struct writer_run *r, struct slot *slots[WRITER_TOGETHER])
{
	uint32_t n = 0, left = r->chunk_count - r->next;

	for (uint32_t i = 0; i < r->slot_count && n < r->together && n < left; i++)
		if (r->slots[i].state == SLOT_FREE)
			slots[n++] = &r->slots[i];
	return n;
}

/* The next chunks into these slots. With the lock, but while reading. */
static void read_next(struct writer_run *r, struct slot *const *slots, uint32_t count)
{
	struct error e = { 0 };

	for (uint32_t i = 0; i < count; i++) {
		slots[i]->state = SLOT_BUSY;
		slots[i]->chunk = r->next++;
	}
	pthread_mutex_unlock(&r->lock);
	bool ok = writer_read(r, slots, count, &e);

	pthread_mutex_lock(&r->lock);
	for (uint32_t i = 0; i < count; i++) {
		slots[i]->state = SLOT_READ;
		r->turns[slots[i]->chunk % r->slot_count] = slots[i];
	}
	if (!ok)
		error_set(&r->e, e.kind, "%s", e.text);
	settle_all(r);
	pthread_cond_broadcast(&r->changed);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct writer_run *r = w->run;
	struct slot *slots[WRITER_TOGETHER];
	uint32_t count;

	pthread_mutex_lock(&r->lock);
	while (!r->e.kind && (r->turn < r->chunk_count || r->packing < r->closed)) {
		if (r->packing < r->closed)
			pack(w);
		else if ((count = free_slots(r, slots)) != 0)
			read_next(r, slots, count);
		else
			pthread_cond_wait(&r->changed, &r->lock);
	}
	write_all(r); /* the last ones, if chunks without content came behind them */
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* What all threads read, what one waits for and what waits for a frame; of frames what is packed, what
 * is written and two more. Many threads read less at once. */
static void make_room(struct writer_run *r, unsigned jobs)
{
	uint32_t each = 4 * WRITER_TOGETHER / jobs;

	r->together = each < 2 ? 2 : each > WRITER_TOGETHER ? WRITER_TOGETHER : each;
	r->slot_count = (jobs + 1) * r->together + 2 * KIMG_PIECES_IN_FRAME;
	r->group_count = jobs + WRITER_FRAMES_TOGETHER + 2;
	r->slots = mem_array(r->slot_count, sizeof(*r->slots));
	r->turns = mem_array(r->slot_count, sizeof(struct slot *));
	r->groups = mem_array(r->group_count, sizeof(*r->groups));
	for (uint32_t i = 0; i < r->slot_count; i++)
		r->slots[i].plain = mem_alloc(KIMG_CHUNK_BYTES);
	for (uint32_t i = 0; i < r->group_count; i++)
		r->groups[i].bytes = mem_alloc(KIMG_STORED_MAX);
}

static void leave_room(struct writer_run *r)
{
	for (uint32_t i = 0; i < r->slot_count; i++)
		free(r->slots[i].plain);
	for (uint32_t i = 0; i < r->group_count; i++)
		free(r->groups[i].bytes);
	free(r->slots);
	free(r->turns);
	free(r->groups);
}

bool writer_chunks(struct writer_run *r, unsigned jobs, struct error *e)
{
	struct worker workers[WRITER_JOBS_MAX] = { 0 };
	int level = r->w->level ? r->w->level : FRAME_LEVEL_DEFAULT;
	unsigned started = 0;

	assert(jobs >= 1 && jobs <= WRITER_JOBS_MAX);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	make_room(r, jobs);
	for (unsigned i = 0; i < jobs; i++)
		workers[i] = (struct worker){ r, 0, frame_packer_new(level),
					      mem_alloc(KIMG_FRAME_PLAIN_MAX) };
	while (started < jobs &&
	       pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
		started++;
	for (unsigned i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	if (started == 0)
		error_set(&r->e, ERROR_FAILED, _("no thread can be started; is memory short?"));
	assert(r->e.kind || (r->turn == r->chunk_count && r->written == r->frame_count));

	for (unsigned i = 0; i < jobs; i++) {
		frame_packer_free(workers[i].packer);
		free(workers[i].plain);
	}
	leave_room(r);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	return !r->e.kind || error_set(e, r->e.kind, "%s", r->e.text);
}
