/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checked pieces of a file, shared by threads: the one used longest ago makes room. */
#include "lib/image/strips.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

enum state { EMPTY, LOADING, READY };

struct slot {
	enum state state;
	uint64_t nr;
	unsigned readers;   /* that copy from it now */
	uint64_t last_used; /* by the count of uses */
	uint8_t *bytes;
};

struct strips {
	strips_load *load;
	void *ctx;
	size_t strip_bytes;
	unsigned count;
	struct slot *slots;
	uint8_t *bytes; /* of all slots */

	pthread_mutex_t lock;
	pthread_cond_t changed; /* a slot was loaded, failed, or lost its last reader */
	uint64_t uses;
};

struct strips *strips_new(strips_load *load, void *ctx, size_t strip_bytes, unsigned slots)
{
	struct strips *s = mem_alloc(sizeof(*s));

	assert(slots > 0);
	*s = (struct strips){ .load = load, .ctx = ctx, .strip_bytes = strip_bytes, .count = slots };
	s->slots = mem_array(slots, sizeof(*s->slots));
	s->bytes = mem_array(slots, strip_bytes);
	for (unsigned i = 0; i < slots; i++)
		s->slots[i].bytes = s->bytes + i * strip_bytes;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	return s;
}

void strips_free(struct strips *s)
{
	if (!s)
		return;
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s->bytes);
	free(s->slots);
	free(s);
}

/* The slot that holds the piece or is being filled with it. */
static struct slot *find(struct strips *s, uint64_t nr)
{
	for (unsigned i = 0; i < s->count; i++)
		if (s->slots[i].state != EMPTY && s->slots[i].nr == nr)
			return &s->slots[i];
	return NULL;
}

/* A slot that nobody needs, or NULL. */
static struct slot *spare(struct strips *s)
{
	struct slot *best = NULL;

	for (unsigned i = 0; i < s->count; i++) {
		struct slot *slot = &s->slots[i];

		if (slot->state == EMPTY)
			return slot;
		if (slot->state == READY && slot->readers == 0 &&
		    (!best || slot->last_used < best->last_used))
			best = slot;
	}
	return best;
}

/* With the lock held, which is let go while the piece is read. */
static bool fill(struct strips *s, struct slot *slot, uint64_t nr, struct error *e)
{
	slot->nr = nr;
	slot->state = LOADING;
	pthread_mutex_unlock(&s->lock);
	bool good = s->load(s->ctx, nr, slot->bytes, e);
	pthread_mutex_lock(&s->lock);
	slot->state = good ? READY : EMPTY;
	pthread_cond_broadcast(&s->changed);
	return good;
}

bool strips_copy(struct strips *s, uint64_t nr, size_t from, void *out, size_t len, struct error *e)
{
	struct slot *slot;
	bool good = true;

	assert(from <= s->strip_bytes && len <= s->strip_bytes - from);
	pthread_mutex_lock(&s->lock);
	while (!(slot = find(s, nr)) || slot->state != READY) {
		struct slot *free_slot = slot ? NULL : spare(s);

		if (!free_slot)
			pthread_cond_wait(&s->changed, &s->lock);
		else if (!fill(s, free_slot, nr, e)) {
			good = false;
			break;
		}
	}
	if (good) {
		slot->readers++;
		slot->last_used = ++s->uses;
		pthread_mutex_unlock(&s->lock);
		memcpy(out, slot->bytes + from, len);
		pthread_mutex_lock(&s->lock);
		if (--slot->readers == 0)
			pthread_cond_broadcast(&s->changed);
	}
	pthread_mutex_unlock(&s->lock);
	return good;
}
