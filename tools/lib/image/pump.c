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

struct worker {
	struct pump_team *team;
	struct frame_unpacker *unpacker;
	void *memory;                   /* of all buffers */
	uint8_t *stored, *plain, *lone; /* lone: of a piece that is not aligned within `plain` */
	uint32_t frame;                 /* that was read last */
	unsigned wanted;                /* bit k: its k-th piece */
	struct error e;
	pthread_t thread;
	bool started;
};

struct pump_team {
	struct pump pump;
	const struct kimg_index *index;
	uint32_t frames;
	unsigned jobs;
	struct worker *workers;
	pthread_mutex_t lock; /* over all that follows, and the stream */
	pthread_cond_t begin;
	bool begun;    /* threads wait until then */
	uint32_t next; /* frame at which the stream stands */
	bool failed;
	struct error e;
};

/* Touched too, so that it is really there. */
static void worker_init(struct worker *w, struct pump_team *t)
{
	const size_t stored = (KIMG_STORED_MAX + ALIGN - 1) / ALIGN * ALIGN;
	const size_t plain = t->pump.deep ? KIMG_FRAME_PLAIN_MAX + KIMG_CHUNK_BYTES : 0;

	w->team = t;
	w->memory = mem_alloc(ALIGN + stored + plain);
	memset(w->memory, 0xff, ALIGN + stored + plain);
	w->stored = (uint8_t *)w->memory + (ALIGN - (uintptr_t)w->memory % ALIGN);
	if (plain) {
		w->plain = w->stored + stored;
		w->lone = w->plain + KIMG_FRAME_PLAIN_MAX;
		w->unpacker = frame_unpacker_new();
	}
}

static void say(const struct pump_team *t)
{
	const struct image_progress *p = &t->pump.progress;

	if (p->at)
		p->at(p->ctx, t->index->frame_at[t->next], t->index->frame_at[t->frames]);
}

static unsigned wanted_of(const struct pump *p, const struct kimg_frame *f)
{
	unsigned wanted = 0;

	for (uint32_t k = 0; k < f->pieces; k++)
		if (!p->want || p->want(p->ctx, f->first_piece + k))
			wanted |= 1u << k;
	return wanted;
}

/* Pass over what is not wanted, and read the next frame that is. Under the lock. *more is false
 * behind the last one. */
static bool read_next(struct worker *w, bool *more)
{
	struct pump_team *t = w->team;
	struct stream *in = t->pump.stream;
	const struct kimg_index *x = t->index;
	uint32_t from = t->next;

	w->wanted = 0;
	while (t->next < t->frames && (w->wanted = wanted_of(&t->pump, &x->frames[t->next])) == 0)
		t->next++;
	if (t->next > from && !in->skip(in, x->frame_at[t->next] - x->frame_at[from], &w->e))
		return false;
	*more = t->next < t->frames;
	if (*more) {
		w->frame = t->next;
		if (!in->read(in, w->stored, x->frames[w->frame].stored_bytes, &w->e))
			return false;
		t->next++;
	}
	say(t);
	return true;
}

/* The frame's own digest, and its content into w->plain. */
static bool unpack(struct worker *w)
{
	const struct pump_team *t = w->team;
	const struct kimg_frame *f = &t->index->frames[w->frame];
	struct digest d = digest_bytes(w->stored, f->stored_bytes);
	uint64_t at = t->pump.image->manifest.data_at + t->index->frame_at[w->frame];

	if (!digest_equal(&d, &f->stored))
		return error_set(&w->e, ERROR_UNTRUSTED,
				 _("%s is damaged: frame %u, at byte %llu, is not what was signed"),
				 t->pump.stream->name, w->frame, at + 0ULL);
	return !w->plain ||
	       frame_unpack(w->unpacker, w->stored, f->stored_bytes, w->plain, f->plain_bytes,
			    &w->e) ||
	       error_prefix(&w->e, _("%s: frame %u, at byte %llu: "), t->pump.stream->name,
			    w->frame, at + 0ULL);
}

/* Of all pieces of a frame; four of one size, as nearly all are, at once. */
static void piece_digests(const uint8_t *plain, const struct kimg_piece *pieces, uint32_t count,
			  struct digest d[KIMG_PIECES_IN_FRAME])
{
	const void *at[KIMG_PIECES_IN_FRAME] = { 0 };
	bool alike = count == KIMG_PIECES_IN_FRAME;

	for (uint32_t k = 0; k < count; k++) {
		at[k] = plain;
		alike = alike && pieces[k].plain_bytes == pieces[0].plain_bytes;
		plain += pieces[k].plain_bytes;
	}
	if (alike)
		digest_four(at, pieces[0].plain_bytes, d);
	for (uint32_t k = 0; !alike && k < count; k++)
		d[k] = digest_bytes(at[k], pieces[k].plain_bytes);
}

static bool check_pieces(struct worker *w)
{
	const struct pump_team *t = w->team;
	const struct kimg_frame *f = &t->index->frames[w->frame];
	const struct kimg_piece *pieces = &t->index->pieces[f->first_piece];
	struct digest d[KIMG_PIECES_IN_FRAME];

	if (!w->plain)
		return true;
	piece_digests(w->plain, pieces, f->pieces, d);
	for (uint32_t k = 0; k < f->pieces; k++)
		if (w->wanted >> k & 1 && !digest_equal(&d[k], &pieces[k].digest))
			return error_set(&w->e, ERROR_UNTRUSTED,
					 _("%s: piece %u in frame %u, at byte %llu, "
					   "unpacks to other bytes than were signed"),
					 t->pump.stream->name, f->first_piece + k, w->frame,
					 t->pump.image->manifest.data_at +
						 t->index->frame_at[w->frame] + 0ULL);
	return true;
}

/* As take() is promised to find it: where it lies, or on its own. */
static const uint8_t *aligned(struct worker *w, size_t at, size_t len)
{
	if (at % ALIGN == 0 && len % ALIGN == 0)
		return w->plain + at;
	memcpy(w->lone, w->plain + at, len);
	if (len % ALIGN)
		memset(w->lone + len, 0, ALIGN - len % ALIGN);
	return w->lone;
}

/* Everything that needs no lock. */
static bool work(struct worker *w)
{
	const struct pump_team *t = w->team;
	const struct kimg_frame *f = &t->index->frames[w->frame];
	size_t at = 0;

	if (!unpack(w) || !check_pieces(w))
		return false;
	for (uint32_t k = 0; t->pump.take && k < f->pieces; k++) {
		uint32_t piece = f->first_piece + k, len = t->index->pieces[piece].plain_bytes;

		if (w->wanted >> k & 1 &&
		    !t->pump.take(t->pump.ctx, piece, w->plain ? aligned(w, at, len) : NULL, &w->e))
			return false;
		at += len;
	}
	return true;
}

static void fail(struct pump_team *t, const struct error *e)
{
	if (!t->failed)
		t->e = *e;
	t->failed = true;
}

static void *run(void *worker)
{
	struct worker *w = worker;
	struct pump_team *t = w->team;
	bool more = true;

	pthread_mutex_lock(&t->lock);
	while (!t->begun)
		pthread_cond_wait(&t->begin, &t->lock);
	while (more && !t->failed) {
		if (!read_next(w, &more)) {
			fail(t, &w->e);
		} else if (more) {
			bool ok;

			pthread_mutex_unlock(&t->lock);
			ok = work(w);
			pthread_mutex_lock(&t->lock);
			if (!ok)
				fail(t, &w->e);
		}
	}
	pthread_mutex_unlock(&t->lock);
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

struct pump_team *pump_team_new(const struct pump *p)
{
	struct pump_team *t = mem_alloc(sizeof(*t));

	digest_ready();
	*t = (struct pump_team){ .pump = *p,
				 .index = &p->image->index,
				 .frames = p->image->manifest.frames,
				 .jobs = jobs_of(p) };
	t->workers = mem_array(t->jobs, sizeof(*t->workers));
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->begin, NULL);
	for (unsigned i = 0; i < t->jobs; i++)
		worker_init(&t->workers[i], t);
	/* Who calls pump_team_run() works too: where no more can be had it does all. */
	for (unsigned i = 1; i < t->jobs; i++)
		t->workers[i].started =
			pthread_create(&t->workers[i].thread, NULL, run, &t->workers[i]) == 0;
	return t;
}

static void begin(struct pump_team *t, bool nothing)
{
	pthread_mutex_lock(&t->lock);
	t->begun = true;
	t->failed = nothing;
	pthread_cond_broadcast(&t->begin);
	pthread_mutex_unlock(&t->lock);
}

static void join(struct pump_team *t)
{
	for (unsigned i = 1; i < t->jobs; i++)
		if (t->workers[i].started)
			pthread_join(t->workers[i].thread, NULL);
	for (unsigned i = 1; i < t->jobs; i++)
		t->workers[i].started = false;
}

bool pump_team_run(struct pump_team *t, struct error *e)
{
	begin(t, false);
	run(&t->workers[0]);
	join(t);
	return !t->failed || error_set(e, t->e.kind, "%s", t->e.text);
}

void pump_team_free(struct pump_team *t)
{
	if (!t)
		return;
	begin(t, true);
	join(t);
	for (unsigned i = 0; i < t->jobs; i++) {
		frame_unpacker_free(t->workers[i].unpacker);
		free(t->workers[i].memory);
	}
	free(t->workers);
	pthread_cond_destroy(&t->begin);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

bool pump_run(const struct pump *p, struct error *e)
{
	struct pump_team *t = pump_team_new(p);
	bool ok = pump_team_run(t, e);

	pump_team_free(t);
	return ok;
}
