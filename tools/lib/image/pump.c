/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads that take frame after frame from a stream, check and unpack them. */
#include "lib/image/pump.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/language.h"
#include "lib/base/memory.h"
#include "lib/image/frame.h"

#define ALIGN 4096u

struct shared {
	const struct pump *pump;
	const struct kimg_index *index;
	uint32_t frames;
	pthread_mutex_t lock; /* over all that follows, and the stream */
	uint32_t next;        /* frame at which the stream stands */
	bool failed;
	struct error e;
};

struct worker {
	struct shared *shared;
	struct frame_unpacker *unpacker;
	void *memory; /* of both buffers */
	uint8_t *stored, *plain;
	struct error e;
	pthread_t thread;
	bool started;
};

static void worker_init(struct worker *w, struct shared *s, bool deep)
{
	size_t stored = (KIMG_STORED_MAX + ALIGN - 1) / ALIGN * ALIGN;

	w->shared = s;
	w->memory = mem_alloc(ALIGN + stored + (deep ? KIMG_CHUNK_BYTES : 0));
	w->stored = (uint8_t *)w->memory + (ALIGN - (uintptr_t)w->memory % ALIGN);
	if (deep) {
		w->plain = w->stored + stored;
		w->unpacker = frame_unpacker_new();
	}
}

static void worker_release(struct worker *w)
{
	frame_unpacker_free(w->unpacker);
	free(w->memory);
}

static void say(const struct shared *s)
{
	const struct image_progress *p = &s->pump->progress;

	if (p->at)
		p->at(p->ctx, s->index->frame_at[s->next], s->index->frame_at[s->frames]);
}

/* Pass over what is not wanted, and read the next frame that is. Under the lock. *more is false
 * behind the last one. */
static bool read_next(struct worker *w, uint32_t *frame, bool *more)
{
	struct shared *s = w->shared;
	const struct pump *p = s->pump;
	const struct kimg_index *x = s->index;
	uint32_t from = s->next;

	while (s->next < s->frames && p->want && !p->want(p->ctx, s->next))
		s->next++;
	if (s->next > from &&
	    !p->stream->skip(p->stream, x->frame_at[s->next] - x->frame_at[from], &w->e))
		return false;
	*more = s->next < s->frames;
	if (*more) {
		*frame = s->next;
		if (!p->stream->read(p->stream, w->stored, x->frames[*frame].stored_bytes, &w->e))
			return false;
		s->next++;
	}
	say(s);
	return true;
}

/* Everything that needs no lock. */
static bool work(struct worker *w, uint32_t i)
{
	const struct pump *p = w->shared->pump;
	const struct kimg_frame *f = &w->shared->index->frames[i];
	struct digest d = digest_bytes(w->stored, f->stored_bytes);
	uint64_t at = p->image->manifest.data_at + w->shared->index->frame_at[i];

	if (!digest_equal(&d, &f->stored))
		return error_set(&w->e, ERROR_UNTRUSTED,
				 _("%s is damaged: frame %u, at byte %llu, is not what was signed"),
				 p->stream->name, i, at + 0ULL);
	if (!w->plain)
		return !p->take || p->take(p->ctx, i, NULL, &w->e);
	if (!frame_unpack(w->unpacker, w->stored, f->stored_bytes, w->plain, f->plain_bytes, &w->e))
		return error_prefix(&w->e, _("%s: frame %u, at byte %llu: "), p->stream->name, i,
				    at + 0ULL);
	d = digest_bytes(w->plain, f->plain_bytes);
	if (!digest_equal(&d, &f->plain))
		return error_set(
			&w->e, ERROR_UNTRUSTED,
			_("%s: frame %u, at byte %llu, unpacks to other bytes than were signed"),
			p->stream->name, i, at + 0ULL);
	if (f->plain_bytes % ALIGN)
		memset(w->plain + f->plain_bytes, 0, ALIGN - f->plain_bytes % ALIGN);
	return !p->take || p->take(p->ctx, i, w->plain, &w->e);
}

static void fail(struct shared *s, const struct error *e)
{
	if (!s->failed)
		s->e = *e;
	s->failed = true;
}

static void *run(void *worker)
{
	struct worker *w = worker;
	struct shared *s = w->shared;
	bool more = true;
	uint32_t frame = 0;

	pthread_mutex_lock(&s->lock);
	while (more && !s->failed) {
		if (!read_next(w, &frame, &more)) {
			fail(s, &w->e);
		} else if (more) {
			bool ok;

			pthread_mutex_unlock(&s->lock);
			ok = work(w, frame);
			pthread_mutex_lock(&s->lock);
			if (!ok)
				fail(s, &w->e);
		}
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static unsigned jobs_of(const struct pump *p)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = p->jobs ? p->jobs : (unsigned)(processors > 0 ? processors : 1) + 2;
	uint32_t frames = p->image->manifest.frames;

	if (jobs > PUMP_JOBS_MAX)
		jobs = PUMP_JOBS_MAX;
	return jobs > frames ? (frames ? frames : 1) : jobs;
}

bool pump_run(const struct pump *p, struct error *e)
{
	struct shared s = { .pump = p,
			    .index = &p->image->index,
			    .frames = p->image->manifest.frames,
			    .lock = PTHREAD_MUTEX_INITIALIZER };
	unsigned jobs = jobs_of(p);
	struct worker *workers = mem_array(jobs, sizeof(*workers));

	digest_ready();
	for (unsigned i = 0; i < jobs; i++)
		worker_init(&workers[i], &s, p->deep);
	/* This thread works too: where no more can be had it does all. */
	for (unsigned i = 1; i < jobs; i++)
		workers[i].started = pthread_create(&workers[i].thread, NULL, run, &workers[i]) ==
				     0;
	run(&workers[0]);
	for (unsigned i = 1; i < jobs; i++)
		if (workers[i].started)
			pthread_join(workers[i].thread, NULL);
	for (unsigned i = 0; i < jobs; i++)
		worker_release(&workers[i]);
	free(workers);
	pthread_mutex_destroy(&s.lock);
	return !s.failed || error_set(e, s.e.kind, "%s", s.e.text);
}
