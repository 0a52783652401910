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
#define BATCH 16u       /* frames at once, at most: their digests are made side by side */
#define WAITING_JOBS 6u /* besides one for each processor: those that write wait for the disk */
#define MANY_JOBS 10u   /* more than these have half of the memory each */

struct batch_frame {
	uint32_t number;
	unsigned wanted; /* bit k: its k-th piece */
	uint8_t *stored, *plain;
};

struct worker {
	struct pump_team *team;
	struct frame_unpacker *unpacker;
	/* In one piece of memory, that of `stored`; lone: of a piece that is not aligned in `plain`. */
	uint8_t *stored, *plain, *lone;
	struct batch_frame batch[BATCH];
	unsigned count; /* of them that were read last */
	struct error e;
	pthread_t thread;
	bool started;
};

struct pump_team {
	struct pump pump;
	const struct kimg_index *index;
	uint32_t frames;
	unsigned jobs;
	size_t stored_bytes; /* of a worker's memory */
	unsigned pieces;     /* for which it has room when they are unpacked */
	struct worker *workers;
	pthread_mutex_t lock; /* over all that follows, and the stream */
	pthread_cond_t begin;
	bool begun;      /* threads wait until then */
	uint32_t next;   /* frame at which the stream stands */
	unsigned wanted; /* of it, if that was asked already; else 0 */
	bool failed;
	struct error e;
};

static void worker_init(struct worker *w, struct pump_team *t)
{
	const size_t plain = t->pump.deep ? (t->pieces + 1) * (size_t)KIMG_CHUNK_BYTES : 0;

	w->team = t;
	w->stored = mem_pages(t->stored_bytes + plain);
	if (plain) {
		w->plain = w->stored + t->stored_bytes;
		w->lone = w->plain + t->pieces * (size_t)KIMG_CHUNK_BYTES;
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

/* Pass over what is not wanted. */
static bool find_next(struct pump_team *t, struct error *e)
{
	struct stream *in = t->pump.stream;
	const struct kimg_index *x = t->index;
	uint32_t from = t->next;

	if (t->wanted)
		return true;
	while (t->next < t->frames && (t->wanted = wanted_of(&t->pump, &x->frames[t->next])) == 0)
		t->next++;
	return t->next == from || in->skip(in, x->frame_at[t->next] - x->frame_at[from], e);
}

/* Bytes of a batch: less towards the end, so that all threads have something until then. */
static uint64_t share(const struct pump_team *t)
{
	uint64_t left = t->index->frame_at[t->frames] - t->index->frame_at[t->next];
	uint64_t part = t->jobs > 1 ? left / (2 * (uint64_t)t->jobs) : left;

	return part < t->stored_bytes ? part : t->stored_bytes;
}

/* The next frames that are wanted. Under the lock. *more is false behind the last one. If it fails
 * there may be some nevertheless. */
static bool read_batch(struct worker *w, bool *more)
{
	struct pump_team *t = w->team;
	struct stream *in = t->pump.stream;
	uint64_t most = share(t), used = 0;

	w->count = 0;
	for (;;) {
		if (!find_next(t, &w->e))
			return false;
		*more = t->next < t->frames;
		const struct kimg_frame *f = &t->index->frames[t->next];

		if (!*more || w->count == BATCH || (w->count && used + f->stored_bytes > most))
			break;
		if (!in->read(in, w->stored + used, f->stored_bytes, &w->e))
			return false;
		w->batch[w->count++] =
			(struct batch_frame){ t->next, t->wanted, w->stored + used, NULL };
		used += f->stored_bytes;
		t->wanted = 0;
		t->next++;
	}
	say(t);
	return true;
}

static uint64_t byte_of(const struct pump_team *t, uint32_t frame)
{
	return t->pump.image->manifest.data_at + t->index->frame_at[frame];
}

/* The frames' own digests. Returns how many are right before the first that is not. */
static unsigned check_stored(struct worker *w)
{
	const struct pump_team *t = w->team;
	struct digest_part parts[BATCH];

	for (unsigned i = 0; i < w->count; i++) {
		const struct batch_frame *b = &w->batch[i];

		parts[i].bytes = b->stored;
		parts[i].len = t->index->frames[b->number].stored_bytes;
	}
	digest_many(parts, w->count);
	for (unsigned i = 0; i < w->count; i++) {
		uint32_t frame = w->batch[i].number;

		if (digest_equal(&parts[i].digest, &t->index->frames[frame].stored))
			continue;
		error_set(&w->e, ERROR_UNTRUSTED,
			  _("%s is damaged: frame %u, at byte %llu, is not what was signed"),
			  t->pump.stream->name, frame, byte_of(t, frame) + 0ULL);
		return i;
	}
	return w->count;
}

static bool unpack(struct worker *w, const struct batch_frame *b)
{
	const struct pump_team *t = w->team;
	const struct kimg_frame *f = &t->index->frames[b->number];

	return frame_unpack(w->unpacker, b->stored, f->stored_bytes, b->plain, f->plain_bytes,
			    &w->e) ||
	       error_prefix(&w->e, _("%s: frame %u, at byte %llu: "), t->pump.stream->name,
			    b->number, byte_of(t, b->number) + 0ULL);
}

/* Of the wanted pieces of some frames that were unpacked. Returns how many of the frames are
 * right before the first that is not. */
static unsigned check_pieces(struct worker *w, const struct batch_frame *b, unsigned count)
{
	const struct pump_team *t = w->team;
	struct digest_part parts[PUMP_TAKE_MAX];
	uint32_t piece[PUMP_TAKE_MAX];
	unsigned frame[PUMP_TAKE_MAX], n = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct kimg_frame *f = &t->index->frames[b[i].number];
		const uint8_t *at = b[i].plain;

		for (uint32_t k = 0; k < f->pieces; k++) {
			uint32_t len = t->index->pieces[f->first_piece + k].plain_bytes;

			if (b[i].wanted >> k & 1) {
				parts[n].bytes = at;
				parts[n].len = len;
				piece[n] = f->first_piece + k;
				frame[n++] = i;
			}
			at += len;
		}
	}
	digest_many(parts, n);
	for (unsigned i = 0; i < n; i++) {
		uint32_t number = b[frame[i]].number;

		if (digest_equal(&parts[i].digest, &t->index->pieces[piece[i]].digest))
			continue;
		error_set(&w->e, ERROR_UNTRUSTED,
			  _("%s: piece %u in frame %u, at byte %llu, "
			    "unpacks to other bytes than were signed"),
			  t->pump.stream->name, piece[i], number, byte_of(t, number) + 0ULL);
		return frame[i];
	}
	return count;
}

/* Pieces that wait for take(): of one group_of(), or of one frame. */
struct handful {
	struct pump_piece pieces[PUMP_TAKE_MAX];
	unsigned count;
};

static bool hand_over(struct worker *w, struct handful *h)
{
	const struct pump *p = &w->team->pump;
	unsigned count = h->count;

	h->count = 0;
	return !count || p->take(p->ctx, h->pieces, count, &w->e);
}

/* One that does not lie as take() is promised to find it goes on its own: there is one buffer for that. */
static bool hand_alone(struct worker *w, struct handful *h, uint32_t piece, const uint8_t *plain,
		       size_t len)
{
	if (!hand_over(w, h))
		return false;
	memcpy(w->lone, plain, len);
	if (len % ALIGN)
		memset(w->lone + len, 0, ALIGN - len % ALIGN);
	h->pieces[h->count++] = (struct pump_piece){ piece, w->lone };
	return hand_over(w, h);
}

/* What is wanted of frames that were found right. */
static bool hand_on(struct worker *w, const struct batch_frame *b, unsigned count)
{
	const struct kimg_index *x = w->team->index;
	struct handful h = { .count = 0 };

	for (unsigned i = 0; w->team->pump.take && i < count; i++) {
		const struct kimg_frame *f = &x->frames[b[i].number];
		const uint8_t *at = b[i].plain;

		for (uint32_t k = 0; k < f->pieces; k++) {
			uint32_t piece = f->first_piece + k, len = x->pieces[piece].plain_bytes;
			bool wanted = b[i].wanted >> k & 1;

			if (wanted && at && ((uintptr_t)at % ALIGN || len % ALIGN)) {
				if (!hand_alone(w, &h, piece, at, len))
					return false;
			} else if (wanted) {
				h.pieces[h.count++] = (struct pump_piece){ piece, at };
			}
			at = at ? at + len : NULL;
		}
	}
	return hand_over(w, &h);
}

/* The next frames of which all pieces can be unpacked at once. */
static unsigned group_of(struct worker *w, unsigned from, unsigned end)
{
	unsigned pieces = 0, i = from;

	for (; i < end; i++) {
		unsigned n = w->team->index->frames[w->batch[i].number].pieces;

		if (pieces + n > w->team->pieces)
			break;
		w->batch[i].plain = w->plain + pieces * (size_t)KIMG_CHUNK_BYTES;
		pieces += n;
	}
	return i - from;
}

/* Everything that needs no lock. What lies before something wrong is handed on. */
static bool work(struct worker *w)
{
	unsigned right = check_stored(w);

	for (unsigned from = 0, count; from < right; from += count) {
		struct batch_frame *b = &w->batch[from];
		unsigned good = count = w->plain ? group_of(w, from, right) : 1;

		if (w->plain) {
			for (good = 0; good < count && unpack(w, &b[good]);)
				good++;
			good = check_pieces(w, b, good);
		}
		if (!hand_on(w, b, good) || good < count)
			return false;
	}
	return right == w->count;
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
		if (!read_batch(w, &more))
			fail(t, &w->e);
		if (w->count) {
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
	unsigned jobs = p->jobs ? p->jobs
				: (unsigned)(processors > 0 ? processors : 1) + WAITING_JOBS;
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
	const unsigned halves = t->jobs > MANY_JOBS ? 1 : 2;

	t->stored_bytes = halves * (((size_t)KIMG_STORED_MAX + ALIGN - 1) / ALIGN * ALIGN);
	t->pieces = halves * PUMP_TAKE_MAX / 2;
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
		free(t->workers[i].stored);
	}
	free(t->workers);
	pthread_cond_destroy(&t->begin);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

unsigned pump_team_jobs(const struct pump_team *t)
{
	return t->jobs;
}

uint8_t *pump_team_room(const struct pump_team *t, unsigned job, unsigned *pieces)
{
	*pieces = t->pieces;
	return t->workers[job].plain;
}

bool pump_run(const struct pump *p, struct error *e)
{
	struct pump_team *t = pump_team_new(p);
	bool ok = pump_team_run(t, e);

	pump_team_free(t);
	return ok;
}
