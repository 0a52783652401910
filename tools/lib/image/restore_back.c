/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the target holds against the digests of the image, read by several threads. */
#include <pthread.h>
#include <string.h>

#include "lib/base/language.h"
#include "lib/base/zeros.h"
#include "lib/image/restore_inside.h"

#define PROBES 8

struct back {
	struct work *w;
	const uint8_t *among; /* bits of the chunks to look at; NULL: all */
	bool keep;            /* what differs is no failure, what is the same is kept */
	uint64_t total_bytes; /* that will be looked at */
	uint32_t next;        /* chunk */
	uint64_t done_bytes;  /* these are for the lock */
	bool failed;          /* read without it: then others stop a little later */
	struct error *e;
	pthread_mutex_t lock;
};

struct reading {
	struct back *b;
	unsigned number;
	pthread_t thread;
	bool started;
};

static bool is_wanted(const struct back *b, uint32_t i, const struct work_chunk *c)
{
	if (c->kind != WORK_DATA && c->kind != WORK_ZEROS)
		return false;
	if (b->keep && work_is_fresh(b->w, i, c))
		return false;
	return !b->among || bit_get(b->among, i);
}

/* A chunk that is looked at. */
struct look {
	uint32_t chunk;
	struct work_chunk c;
	uint8_t *buf;
	bool same;
};

/* How many of them lie side by side on the target and in memory. */
static unsigned row_of(const struct look *looks, unsigned count, size_t *len)
{
	unsigned n = 1;

	*len = looks[0].c.len;
	while (n < count && looks[n].c.at == looks[0].c.at + *len &&
	       looks[n].buf == looks[0].buf + *len)
		*len += looks[n++].c.len;
	return n;
}

/* What the target has; `same` is false if that alone tells. Returns of how many that is: of those up
 * to the first request that failed. */
static unsigned fetch(const struct work *w, struct look *looks, unsigned count, struct error *e)
{
	const struct blocks *t = w->target;

	for (unsigned from = 0, n; from < count; from += n) {
		size_t len;

		n = row_of(looks + from, count - from, &len);
		if (!t->read(t->ctx, looks[from].c.at, looks[from].buf, len, e)) {
			error_prefix(e, "%s: ", _("reading back"));
			return from;
		}
		for (struct look *l = looks + from; l < looks + from + n; l++)
			l->same = l->c.kind == WORK_ZEROS
					  ? only_zeros(l->buf, l->c.len)
					  : work_edges_lay(w, l->c.at, l->c.len, l->buf);
	}
	return count;
}

/* Against the digests, all at once. */
static void compare_digests(const struct work *w, struct look *looks, unsigned count)
{
	struct digest_part parts[PUMP_TAKE_MAX];
	struct look *of[PUMP_TAKE_MAX];
	unsigned n = 0;

	for (unsigned k = 0; k < count; k++)
		if (looks[k].c.kind == WORK_DATA && looks[k].same) {
			parts[n].bytes = looks[k].buf;
			parts[n].len = looks[k].c.len;
			of[n++] = &looks[k];
		}
	digest_many(parts, n);
	for (unsigned k = 0; k < n; k++) {
		const struct work_chunk *c = &of[k]->c;
		const struct digest *wanted = c->cut ? &w->cut_digest
						     : &w->image->index.pieces[c->piece].digest;

		of[k]->same = digest_equal(&parts[k].digest, wanted);
	}
}

static bool judge(struct back *b, uint32_t i, const struct work_chunk *c, bool same,
		  struct error *e)
{
	if (!b->keep)
		return same ||
		       error_set(e, ERROR_UNTRUSTED,
				 _("what comes back from bytes %llu to %llu is not what was "
				   "written. The disk is broken or smaller than it says: do not "
				   "use it"),
				 c->at + 0ULL, c->at + c->len + 0ULL);
	if (same) {
		bit_set(b->w->kept, i);
		bit_set(b->w->written, i);
		__atomic_fetch_add(&b->w->r->kept_bytes, c->len, __ATOMIC_RELAXED);
	}
	return true;
}

static void account(struct back *b, const struct work_chunk *c, bool ok, const struct error *e)
{
	const struct restore_options *o = b->w->o;

	pthread_mutex_lock(&b->lock);
	b->done_bytes += c->len;
	if (!b->keep)
		b->w->r->read_back_bytes += c->len;
	if (!ok && !b->failed) {
		__atomic_store_n(&b->failed, true, __ATOMIC_RELAXED);
		error_set(b->e, e->kind, "%s", e->text);
	}
	if (ok && o->step)
		o->step(o->ctx, b->keep ? _("comparing what is there") : _("reading back"),
			b->done_bytes, b->total_bytes);
	pthread_mutex_unlock(&b->lock);
}

/* The wanted ones among the next chunks; false behind the last. */
static bool next_group(const struct reading *r, struct look looks[PUMP_TAKE_MAX], unsigned *count)
{
	struct back *b = r->b;
	unsigned group;
	uint8_t *buf = pump_team_room(b->w->team, r->number, &group);
	uint32_t chunks = b->w->image->manifest.chunks;
	uint32_t from = __atomic_fetch_add(&b->next, group, __ATOMIC_RELAXED);

	*count = 0;
	if (from >= chunks || __atomic_load_n(&b->failed, __ATOMIC_RELAXED))
		return false;
	for (uint32_t i = from; i < chunks && i < from + group; i++) {
		struct work_chunk c = work_chunk(b->w, i);

		if (is_wanted(b, i, &c)) {
			looks[*count] = (struct look){ i, c, buf, false };
			buf += KIMG_CHUNK_BYTES;
			++*count;
		}
	}
	return true;
}

static void *run(void *reading)
{
	const struct reading *r = reading;
	struct back *b = r->b;
	struct look looks[PUMP_TAKE_MAX];
	unsigned count;

	while (next_group(r, looks, &count)) {
		struct error e = { 0 };
		unsigned read = fetch(b->w, looks, count, &e);

		compare_digests(b->w, looks, read);
		for (unsigned k = 0; k < read; k++) {
			struct error why = { 0 };
			bool ok = judge(b, looks[k].chunk, &looks[k].c, looks[k].same, &why);

			account(b, &looks[k].c, ok, &why);
		}
		if (read < count)
			account(b, &looks[read].c, false, &e);
	}
	return NULL;
}

static bool compare(struct back *b)
{
	struct reading readings[PUMP_JOBS_MAX] = { 0 };
	struct work *w = b->w;
	const unsigned jobs = pump_team_jobs(w->team);

	for (uint32_t i = 0; i < w->image->manifest.chunks; i++) {
		struct work_chunk c = work_chunk(w, i);

		b->total_bytes += is_wanted(b, i, &c) ? c.len : 0;
	}
	pthread_mutex_init(&b->lock, NULL);
	for (unsigned i = 0; i < jobs; i++)
		readings[i] = (struct reading){ .b = b, .number = i };
	/* This thread works too: where no more can be had it does all. */
	for (unsigned i = 1; i < jobs; i++)
		readings[i].started =
			pthread_create(&readings[i].thread, NULL, run, &readings[i]) == 0;
	run(&readings[0]);
	for (unsigned i = 1; i < jobs; i++)
		if (readings[i].started)
			pthread_join(readings[i].thread, NULL);
	pthread_mutex_destroy(&b->lock);
	return !b->failed;
}

bool work_keep(struct work *w, bool all, struct error *e)
{
	struct back b = { .w = w, .keep = true, .e = e };

	b.among = all ? NULL : w->marked;
	return compare(&b);
}

bool work_probe(struct work *w, bool *worth, struct error *e)
{
	uint32_t chunks = w->image->manifest.chunks;
	uint32_t step = chunks / PROBES + 1;
	bool found = false;

	*worth = false;
	for (uint32_t i = 0, left = 0; i < chunks && !found; i++) {
		struct look l = { i, work_chunk(w, i), w->buffer, false };

		/* The first one with content from each of a few places on. */
		if (i % step == 0)
			left = 1;
		if (!left || l.c.kind != WORK_DATA || work_is_fresh(w, i, &l.c))
			continue;
		left = 0;
		if (fetch(w, &l, 1, e) == 0)
			return false;
		compare_digests(w, &l, 1);
		found = l.same;
	}
	*worth = found;
	return true;
}

bool work_read_back(struct work *w, struct error *e)
{
	struct back b = { .w = w, .e = e };

	return compare(&b);
}
