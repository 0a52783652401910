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
	uint8_t *plain; /* KIMG_CHUNK_BYTES */
};

/* Where a chunk is read from. */
struct place {
	const struct writer_payload *payload;
	uint64_t at; /* in the payload */
	uint32_t bytes;
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
			       kimg_chunk_bytes(&r->payloads[low], i) };
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

/* A chunk into `plain`: what is used and may be other than zeros is read, the rest zeroed. */
static bool read_chunk(const struct place *c, uint8_t *plain, struct slot *s, struct error *e)
{
	const struct writer_payload *p = c->payload;
	uint64_t base = p->source_at + c->at; /* in the source */
	uint64_t at = c->at, start, end, data, data_end;
	size_t filled = 0;

	s->kind = CHUNK_HOLE;
	s->used_bytes = 0;
	while (writer_used(p, at, c->at + c->bytes, &start, &end)) {
		uint64_t from = p->source_at + start, to = p->source_at + end;

		s->used_bytes += end - start;
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

static bool same_plain(const struct kimg_frame *a, const struct kimg_frame *b)
{
	return a->plain_bytes == b->plain_bytes && digest_equal(&a->plain, &b->plain);
}

/* The place in the table for these plain bytes: of their frame, or free. */
static uint32_t *table_find(struct writer_run *r, const struct kimg_frame *f)
{
	uint32_t i;

	for (memcpy(&i, f->plain.bytes, sizeof(i));; i++) {
		uint32_t *at = &r->table[i & r->table_mask];

		if (*at == 0 || same_plain(&r->index.frames[*at - 1], f))
			return at;
	}
}

/* Does the chunk repeat one that left, or one that will leave before it? */
static bool repeats(struct writer_run *r, const struct slot *s)
{
	if (*table_find(r, &s->frame) != 0)
		return true;
	for (uint32_t i = 0; i < r->slot_count; i++) {
		const struct slot *o = &r->slots[i];

		if ((o->state == SLOT_HASHED || o->state == SLOT_READY) && o->chunk < s->chunk &&
		    o->kind == CHUNK_CONTENT && same_plain(&o->frame, &s->frame))
			return true;
	}
	return false;
}

/* It is the slot's turn. *to_write: its frame is new and goes to *at. */
static bool settle(struct writer_run *r, struct slot *s, bool *to_write, uint64_t *at)
{
	uint32_t *number = &r->index.chunks[s->chunk];

	*to_write = false;
	if (s->kind != CHUNK_CONTENT) {
		*number = s->kind == CHUNK_HOLE ? KIMG_HOLE : KIMG_ZEROS;
		r->zero_bytes += s->used_bytes;
		return true;
	}
	uint32_t *known = table_find(r, &s->frame);

	if (*known != 0) {
		*number = *known - 1;
		r->repeated_bytes += s->used_bytes;
		return true;
	}
	assert(s->frame.stored_bytes > 0); /* else another one left before with this content */
	if (r->frame_count == r->frame_max)
		return error_set(&r->e, ERROR_FAILED,
				 _("it holds more different content than an image can (about "
				   "3.5 TiB)"));
	*number = r->frame_count;
	r->index.frames[r->frame_count++] = s->frame;
	*known = r->frame_count;
	*to_write = true;
	*at = r->data_at + r->data_bytes;
	r->data_bytes += s->frame.stored_bytes;
	return true;
}

/* Let go all chunks that are ready, in order; with the lock. */
static void leave(struct writer_run *r)
{
	struct slot *s = &r->slots[r->turn % r->slot_count];
	bool to_write;
	uint64_t at;

	if (r->leaving)
		return; /* who does it sees this one too */
	r->leaving = true;
	while (!r->e.kind && s->state == SLOT_READY && settle(r, s, &to_write, &at)) {
		struct error e = { 0 };

		r->done_bytes += s->used_bytes;
		if (to_write) {
			/* Others read and pack meanwhile; the slot stays taken. */
			pthread_mutex_unlock(&r->lock);
			bool ok = writer_put(r->w->fd, at, s->packed, s->frame.stored_bytes, &e);

			pthread_mutex_lock(&r->lock);
			if (!ok) {
				error_set(&r->e, e.kind, "%s", e.text);
				break;
			}
		}
		if (r->w->progress.at)
			r->w->progress.at(r->w->progress.ctx, r->done_bytes, r->used_bytes);
		s->state = SLOT_FREE;
		r->turn++;
		s = &r->slots[r->turn % r->slot_count];
		pthread_cond_broadcast(&r->changed);
	}
	r->leaving = false;
}

/* The next chunk with its slot, or NULL: no more, or somebody failed. With the lock. */
static struct slot *take(struct writer_run *r)
{
	for (;;) {
		if (r->e.kind || r->next == r->chunk_count)
			return NULL;
		struct slot *s = &r->slots[r->next % r->slot_count];

		if (s->state == SLOT_FREE) {
			s->state = SLOT_BUSY;
			s->chunk = r->next++;
			return s;
		}
		pthread_cond_wait(&r->changed, &r->lock);
	}
}

/* Everything about one chunk that needs no other. Without the lock, but for a look. */
static bool work_on(struct worker *w, struct slot *s, struct error *e)
{
	struct writer_run *r = w->run;
	struct place c = place_of(r, s->chunk);
	bool repeated;

	if (!read_chunk(&c, w->plain, s, e))
		return false;
	if (s->kind != CHUNK_CONTENT)
		return true;
	s->frame = (struct kimg_frame){
		.plain_bytes = c.bytes,
		.plain = digest_bytes(w->plain, c.bytes),
	};
	pthread_mutex_lock(&r->lock);
	repeated = repeats(r, s);
	s->state = SLOT_HASHED;
	pthread_mutex_unlock(&r->lock);
	if (!repeated) {
		uint32_t n = frame_pack(w->packer, w->plain, c.bytes, s->packed);

		s->frame.stored = digest_bytes(s->packed, n);
		s->frame.stored_bytes = n;
	}
	return true;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct writer_run *r = w->run;
	struct slot *s;

	pthread_mutex_lock(&r->lock);
	while ((s = take(r)) != NULL) {
		struct error e = { 0 };

		pthread_mutex_unlock(&r->lock);
		bool ok = work_on(w, s, &e);

		pthread_mutex_lock(&r->lock);
		s->state = SLOT_READY;
		if (!ok)
			error_set(&r->e, e.kind, "%s", e.text);
		else
			leave(r);
		if (r->e.kind)
			pthread_cond_broadcast(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

bool writer_chunks(struct writer_run *r, unsigned jobs, struct error *e)
{
	struct worker workers[WRITER_JOBS_MAX] = { 0 };
	int level = r->w->level ? r->w->level : FRAME_LEVEL_DEFAULT;
	unsigned started = 0;

	assert(jobs >= 1 && jobs <= WRITER_JOBS_MAX);
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	/* Two for each thread: who is quicker goes on to the next. */
	r->slot_count = 2 * jobs;
	r->slots = mem_array(r->slot_count, sizeof(*r->slots));
	for (uint32_t i = 0; i < r->slot_count; i++)
		r->slots[i].packed = mem_alloc(KIMG_STORED_MAX);
	for (unsigned i = 0; i < jobs; i++)
		workers[i] = (struct worker){ r, 0, frame_packer_new(level),
					      mem_alloc(KIMG_CHUNK_BYTES) };
	while (started < jobs &&
	       pthread_create(&workers[started].thread, NULL, work, &workers[started]) == 0)
		started++;
	for (unsigned i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	if (started == 0)
		error_set(&r->e, ERROR_FAILED, _("no thread can be started; is memory short?"));
	assert(r->e.kind || r->turn == r->chunk_count);

	for (unsigned i = 0; i < jobs; i++) {
		frame_packer_free(workers[i].packer);
		free(workers[i].plain);
	}
	for (uint32_t i = 0; i < r->slot_count; i++)
		free(r->slots[i].packed);
	free(r->slots);
	pthread_cond_destroy(&r->changed);
	pthread_mutex_destroy(&r->lock);
	return !r->e.kind || error_set(e, r->e.kind, "%s", r->e.text);
}
