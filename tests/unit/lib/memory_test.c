/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory is zeroed and aligned; when there is none, the process ends in words. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/memory.h"

/* linked with -Wl,--wrap: wrap.mk */
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *p, size_t size);
static bool none_left;

void *__wrap_calloc(size_t count, size_t size)
{
	return none_left ? NULL : __real_calloc(count, size);
}

int __real_posix_memalign(void **p, size_t align, size_t size);
int __wrap_posix_memalign(void **p, size_t align, size_t size)
{
	return none_left ? ENOMEM : __real_posix_memalign(p, align, size);
}

void *__wrap_realloc(void *p, size_t size)
{
	return none_left ? NULL : __real_realloc(p, size);
}

static bool all_zero(const void *p, size_t n)
{
	const unsigned char *b = p;

	for (size_t i = 0; i < n; i++)
		if (b[i] != 0)
			return false;
	return true;
}

static void pieces_are_zeroed(void **state)
{
	(void)state;
	for (size_t n = 0; n < 100; n++) {
		unsigned char *p = mem_alloc(n);

		assert_true(all_zero(p, n));
		memset(p, 0xff, n); /* so that a later piece would show it */
		free(p);
	}
	uint64_t *array = mem_array(1000, sizeof(*array));
	assert_true(all_zero(array, 1000 * sizeof(*array)));
	free(array);
}

static void pages_are_aligned(void **state)
{
	static const size_t sizes[] = { 0, 1, 4096, 5000, (2u << 20) - 1, 2u << 20, (5u << 20) + 1 };

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i / 2];
		unsigned char *p = mem_pages(n);

		assert_int_equal((uintptr_t)p % (n < 2u << 20 ? 4096 : 2u << 20), 0);
		assert_true(all_zero(p, n));
		memset(p, 0xff, n); /* so that the next one would show it */
		free(p);
	}
}

static void strings_are_copied(void **state)
{
	char *a = mem_string("abc"), *b = mem_string_n("abcdef", 2), *c = mem_string_n("", 0);
	char *d = mem_format("%s-%d", "x", 7);

	(void)state;
	assert_string_equal(a, "abc");
	assert_string_equal(b, "ab");
	assert_string_equal(c, "");
	assert_string_equal(d, "x-7");
	free(a);
	free(b);
	free(c);
	free(d);
}

static void growing_keeps_and_zeroes(void **state)
{
	uint32_t *array = NULL;
	size_t capacity = 0, filled = 0;

	(void)state;
	mem_grow(&array, &capacity, 0, sizeof(*array));
	assert_null(array);
	for (size_t need = 1; need < 5000; need = need * 3 + 1) {
		mem_grow(&array, &capacity, need, sizeof(*array));
		assert_true(capacity >= need);
		assert_true(all_zero(array + filled, (capacity - filled) * sizeof(*array)));
		for (size_t i = 0; i < filled; i++)
			assert_int_equal(array[i], i + 1);
		for (; filled < capacity; filled++)
			array[filled] = (uint32_t)filled + 1;
	}
	size_t before = capacity;
	mem_grow(&array, &capacity, 3, sizeof(*array));
	assert_int_equal(capacity, before);
	free(array);
}

static void arena_pieces_are_aligned_and_apart(void **state)
{
	struct arena a = { 0 };
	unsigned char *last = NULL;
	size_t last_size = 0;

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		size_t size = i == 1000 ? (size_t)1 << 20 : i % 97;
		unsigned char *p = arena_alloc(&a, size);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_true(all_zero(p, size));
		memset(p, 0xff, size);
		assert_true(!last || p >= last + last_size || p + size <= last);
		last = p;
		last_size = size;
	}
	char *s = arena_string(&a, "abc"), *t = arena_string_n(&a, "abcdef", 4);
	assert_string_equal(s, "abc");
	assert_string_equal(t, "abcd");
	arena_release(&a);
	assert_null(a.first);
	arena_release(&a);
}

static void no_memory_alloc(void)
{
	none_left = true;
	free(mem_alloc(1));
}

static void no_memory_pages(void)
{
	none_left = true;
	free(mem_pages(1));
}

static void no_memory_grow(void)
{
	char *p = NULL;
	size_t capacity = 0;

	none_left = true;
	mem_grow(&p, &capacity, 10, 1);
}

static void no_memory_arena(void)
{
	struct arena a = { 0 };

	none_left = true;
	*arena_string(&a, "x") = 'y'; /* not reached */
}

/* The sizes stand in volatiles: a compiler that sees them refuses them. */
static void array_overflows(void)
{
	volatile size_t count = SIZE_MAX / 4;

	free(mem_array(count, 8));
}

static void grow_overflows(void)
{
	char *p = NULL;
	size_t capacity = 0;
	volatile size_t need = SIZE_MAX;

	mem_grow(&p, &capacity, need, 1);
}

static void string_overflows(void)
{
	volatile size_t n = SIZE_MAX;

	free(mem_string_n("", n));
}

static void arena_overflows(void)
{
	struct arena a = { 0 };
	volatile size_t n = SIZE_MAX;

	*(char *)arena_alloc(&a, n) = 'y'; /* not reached */
}

static void without_memory_the_process_ends(void **state)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} rows[] = {
		{ "calloc fails", no_memory_alloc },     { "realloc fails", no_memory_grow },
		{ "arena fails", no_memory_arena },      { "array overflows", array_overflows },
		{ "growing overflows", grow_overflows }, { "string overflows", string_overflows },
		{ "arena overflows", arena_overflows },  { "no pages", no_memory_pages },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char said[200] = "";
		int ends[2], status;

		assert_int_equal(pipe(ends), 0);
		fflush(stdout); /* else the child prints our TAP again */
		pid_t child = fork();
		assert_true(child >= 0);
		if (child == 0) {
			dup2(ends[1], STDERR_FILENO);
			rows[i].run();
			_exit(0);
		}
		close(ends[1]);
		ssize_t n = read(ends[0], said, sizeof(said) - 1);
		close(ends[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (n <= 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 1 ||
		    !strstr(said, "out of memory"))
			fail_msg("%s: status %#x, said '%s'", rows[i].name, (unsigned)status, said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed),
		cmocka_unit_test(pages_are_aligned),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(growing_keeps_and_zeroes),
		cmocka_unit_test(arena_pieces_are_aligned_and_apart),
		cmocka_unit_test(without_memory_the_process_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
