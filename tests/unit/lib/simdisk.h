/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_SIMDISK_H
#define TESTS_SIMDISK_H

/*
 * A disk in memory that can fail, lie, and lose its power. Include it behind cmocka.h.
 *
 * Everything that is written is logged. simdisk_cut() makes the disk as the power left it before
 * operation `cut`: all that lay before the last flush is there, of the rest as much as luck has it.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/disk/blocks.h"
#include "lib/disk/partition.h"

enum simdisk_op { SIM_READ, SIM_WRITE, SIM_FLUSH, SIM_ZERO, SIM_DISCARD, SIM_OPS };

struct simdisk_entry {
	enum simdisk_op op;
	uint64_t offset, len;
	uint8_t *bytes; /* of a write */
};

struct simdisk {
	pthread_mutex_t lock;
	uint8_t *now; /* what a read gives */
	uint64_t size_bytes;
	uint32_t sector_bytes;
	struct simdisk_entry *log;
	size_t count, capacity;
	bool logging;
	bool dirty;                /* something was written since the last flush */
	size_t early_reads;        /* while it was */
	size_t ops[SIM_OPS];       /* that were asked for */
	uint64_t longest[SIM_OPS]; /* of them, in bytes */
	size_t fail_at[SIM_OPS];   /* 1: the first one fails; 0: none */
	uint64_t lie_from, lie_to; /* one bit of these bytes comes back turned */
	bool forgets_zeros;        /* says that it did */
	struct blocks blocks;
};

/* Of half of the sectors nothing is forgotten. */
static void simdisk_discard_bytes(const struct simdisk *d, uint8_t *at, uint64_t offset,
				  uint64_t len)
{
	for (uint64_t i = 0; i < len; i += d->sector_bytes)
		if ((offset + i) / d->sector_bytes % 2)
			memset(at + offset + i, 0, d->sector_bytes);
}

static bool simdisk_asked(struct simdisk *d, enum simdisk_op op, uint64_t offset, const void *buf,
			  uint64_t len, struct error *e)
{
	if (offset % d->sector_bytes || len % d->sector_bytes || offset > d->size_bytes ||
	    len > d->size_bytes - offset || (op != SIM_FLUSH && !len) ||
	    (uintptr_t)buf % BLOCKS_ALIGN)
		fail_msg("operation %d at %llu, %llu bytes", op, offset + 0ULL, len + 0ULL);
	/* Where an old table may come back from. */
	if (op == SIM_DISCARD && (offset < 1 << 20 || offset + len > d->size_bytes - (1 << 20)))
		fail_msg("%llu bytes at %llu are discarded", len + 0ULL, offset + 0ULL);
	if (len > d->longest[op])
		d->longest[op] = len;
	d->early_reads += op == SIM_READ && d->dirty;
	d->dirty = op == SIM_WRITE || op == SIM_ZERO || (d->dirty && op != SIM_FLUSH);
	if (++d->ops[op] == d->fail_at[op])
		return error_set(e, ERROR_FAILED, "the disk failed");
	if (!d->logging || op == SIM_READ)
		return true;
	mem_grow(&d->log, &d->capacity, d->count + 1, sizeof(*d->log));
	d->log[d->count] = (struct simdisk_entry){ op, offset, len, NULL };
	if (op == SIM_WRITE) {
		d->log[d->count].bytes = mem_alloc(len);
		memcpy(d->log[d->count].bytes, buf, len);
	}
	d->count++;
	return true;
}

static bool simdisk_read(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->lock);
	bool ok = simdisk_asked(d, SIM_READ, offset, buf, len, e);
	memcpy(buf, d->now + offset, len);
	if (offset < d->lie_to && d->lie_from < offset + len)
		((uint8_t *)buf)[d->lie_from > offset ? d->lie_from - offset : 0] ^= 4;
	pthread_mutex_unlock(&d->lock);
	return ok;
}

static bool simdisk_write(void *ctx, uint64_t offset, const void *buf, size_t len, struct error *e)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->lock);
	bool ok = simdisk_asked(d, SIM_WRITE, offset, buf, len, e);
	if (ok)
		memcpy(d->now + offset, buf, len);
	pthread_mutex_unlock(&d->lock);
	return ok;
}

static bool simdisk_flush(void *ctx, struct error *e)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->lock);
	bool ok = simdisk_asked(d, SIM_FLUSH, 0, NULL, 0, e);
	pthread_mutex_unlock(&d->lock);
	return ok;
}

static bool simdisk_zero(void *ctx, uint64_t offset, uint64_t len, struct error *e)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->lock);
	bool ok = simdisk_asked(d, SIM_ZERO, offset, NULL, len, e);
	if (ok && !d->forgets_zeros)
		memset(d->now + offset, 0, len);
	pthread_mutex_unlock(&d->lock);
	return ok;
}

static bool simdisk_discard(void *ctx, uint64_t offset, uint64_t len, struct error *e)
{
	struct simdisk *d = ctx;

	pthread_mutex_lock(&d->lock);
	bool ok = simdisk_asked(d, SIM_DISCARD, offset, NULL, len, e);
	if (ok)
		simdisk_discard_bytes(d, d->now, offset, len);
	pthread_mutex_unlock(&d->lock);
	return ok;
}

/* Full of A5. */
__attribute__((unused)) static void simdisk_init(struct simdisk *d, uint64_t size_bytes,
						 uint32_t sector_bytes)
{
	*d = (struct simdisk){ .size_bytes = size_bytes, .sector_bytes = sector_bytes };
	pthread_mutex_init(&d->lock, NULL);
	d->now = mem_alloc(size_bytes);
	memset(d->now, 0xa5, size_bytes);
	d->blocks = (struct blocks){ simdisk_read,    simdisk_write, simdisk_flush,
				     simdisk_discard, simdisk_zero,  d,
				     size_bytes,      sector_bytes };
}

static void simdisk_forget_log(struct simdisk *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->log[i].bytes);
	d->count = 0;
}

__attribute__((unused)) static void simdisk_release(struct simdisk *d)
{
	simdisk_forget_log(d);
	free(d->log);
	free(d->now);
	pthread_mutex_destroy(&d->lock);
	*d = (struct simdisk){ 0 };
}

/* One sector of an operation. */
static void simdisk_replay(const struct simdisk *d, const struct simdisk_entry *o, uint64_t from,
			   uint64_t len, uint8_t *disk)
{
	if (o->op == SIM_WRITE)
		memcpy(disk + o->offset + from, o->bytes + from, len);
	else if (o->op == SIM_ZERO)
		memset(disk + o->offset + from, 0, len);
	else if (o->op == SIM_DISCARD)
		simdisk_discard_bytes(d, disk, o->offset + from, len);
}

/*
 * `disk` holds what was there before the log began. The power goes while operation `cut` runs.
 * Luck 0: nothing unflushed was kept; 1: all; 2: whole operations by chance; else single sectors.
 */
__attribute__((unused)) static void simdisk_cut(const struct simdisk *d, size_t cut, unsigned luck,
						uint8_t *disk)
{
	size_t safe = 0;

	for (size_t i = 0; i < cut; i++)
		if (d->log[i].op == SIM_FLUSH)
			safe = i;
	for (size_t i = 0; i < d->count && i <= cut; i++) {
		const struct simdisk_entry *o = &d->log[i];
		bool whole = i < safe || luck == 1 || (luck == 2 && rand() % 2);

		if (whole)
			simdisk_replay(d, o, 0, o->len, disk);
		else if (luck > 2)
			for (uint64_t at = 0; at < o->len; at += d->sector_bytes)
				if (rand() % 2)
					simdisk_replay(d, o, at, d->sector_bytes, disk);
	}
}

static bool simdisk_peek(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct simdisk *d = ctx;

	(void)e;
	memcpy(buf, d->now + offset, len);
	return true;
}

/* What lies on it now. */
__attribute__((unused)) static void simdisk_table(struct simdisk *d, struct partition_table *t)
{
	const struct partition_source s = { simdisk_peek, d, d->size_bytes, d->sector_bytes };
	struct error e = { 0 };

	if (!partition_table_read(&s, t, &e))
		fail_msg("%s", e.text);
}

#endif
