/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces shared by more threads than there are slots: nobody gets bytes of another piece, or
 * of one that failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"
#include "lib/image/strips.h"

#define PIECE (256u << 10)
#define PIECES 8u
#define BAD 5u /* cannot be had */
#define THREADS 6

struct counting {
	unsigned loads[PIECES];
	struct strips *strips;
};

static bool load(void *ctx, uint64_t nr, uint8_t *buf, struct error *e)
{
	struct counting *c = ctx;

	__atomic_fetch_add(&c->loads[nr], 1, __ATOMIC_RELAXED);
	memset(buf, (int)nr + 1, PIECE);
	return nr != BAD || error_set(e, ERROR_UNTRUSTED, "piece %u", BAD);
}

static void *take_many(void *ctx)
{
	struct counting *c = ctx;
	uint8_t *buf = mem_alloc(PIECE);
	bool good = true;

	for (unsigned i = 0; i < 400 && good; i++) {
		unsigned nr = i * 7 % PIECES;
		struct error e = { 0 };
		buf[0] = 0;
		good = strips_copy(c->strips, nr, 0, buf, PIECE, &e) == (nr != BAD) &&
		       (nr == BAD) == (e.kind == ERROR_UNTRUSTED);
		for (size_t at = 0; at < PIECE && good && nr != BAD; at += 509)
			good = buf[at] == nr + 1;
	}
	free(buf);
	return good ? NULL : ctx;
}

static void many_threads(void **state)
{
	struct counting c = { 0 };
	pthread_t threads[THREADS];
	void *bad;

	(void)state;
	for (unsigned slots = 1; slots <= 3; slots++) {
		c.strips = strips_new(load, &c, PIECE, slots);
		for (int i = 0; i < THREADS; i++)
			assert_int_equal(pthread_create(&threads[i], NULL, take_many, &c), 0);
		for (int i = 0; i < THREADS; i++) {
			pthread_join(threads[i], &bad);
			assert_null(bad);
		}
		strips_free(c.strips);
	}
}

/* What is kept is not loaded again, and the oldest makes room. */
static void oldest_makes_room(void **state)
{
	static const unsigned order[] = { 0, 1, 0, 2, 0, 1 }, want[] = { 1, 2, 1 };
	struct counting c = { 0 };
	struct error e = { 0 };
	uint8_t byte;

	(void)state;
	c.strips = strips_new(load, &c, PIECE, 2);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		assert_true(strips_copy(c.strips, order[i], PIECE - 1, &byte, 1, &e));
		assert_int_equal(byte, order[i] + 1);
	}
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(c.loads[i], want[i]);
	strips_free(c.strips);
	strips_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_threads),
		cmocka_unit_test(oldest_makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
