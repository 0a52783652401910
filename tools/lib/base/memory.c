/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation that cannot fail quietly, and arenas. */
#include "lib/base/memory.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/checked.h"

#define ARENA_BLOCK_BYTES ((size_t)64 << 10)
#define PAGE_BYTES ((size_t)4096)
#define LARGE_PAGE_BYTES ((size_t)2 << 20)

struct arena_block {
	struct arena_block *next;
	size_t used, size; /* bytes of data[] */
	_Alignas(max_align_t) unsigned char data[];
};

_Noreturn static void out_of_memory(void)
{
	fputs("out of memory: this PC has too little RAM for this step\n", stderr);
	exit(1);
}

void *mem_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		out_of_memory();
	return p;
}

void *mem_array(size_t count, size_t size)
{
	size_t total;

	if (!size_mul(count, size, &total))
		out_of_memory();
	return mem_alloc(total);
}

void *mem_pages(size_t size)
{
	const bool large = size >= LARGE_PAGE_BYTES;
	void *p = NULL;

	if (posix_memalign(&p, large ? LARGE_PAGE_BYTES : PAGE_BYTES, size ? size : 1) != 0)
		out_of_memory();
	/* A request of 1 MiB is 256 small pages: more than many disks take in one, and each must be
	 * pinned. Without large ones it is slower and nothing else. */
	if (large)
		(void)madvise(p, size, MADV_HUGEPAGE);
	return memset(p, 0, size);
}

/* The number behind `key` in a small file of /proc, or 0. */
static uint64_t proc_number(const char *path, const char *key)
{
	char text[4096];
	unsigned long long number = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	const char *at = strstr(text, key);
	if (!at || sscanf(at + strlen(key), "%llu", &number) != 1)
		return 0;
	return number;
}

uint64_t mem_available(void)
{
	uint64_t free_bytes = proc_number("/proc/meminfo", "MemAvailable:") * 1024;
	uint64_t used = proc_number("/proc/self/statm", "") * (uint64_t)sysconf(_SC_PAGESIZE);
	struct rlimit limit;

	if (free_bytes == 0)
		free_bytes = UINT64_MAX;
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
		uint64_t left = limit.rlim_cur > used ? limit.rlim_cur - used : 0;

		if (left < free_bytes)
			free_bytes = left;
	}
	return free_bytes;
}

void mem_grow(void *array_pointer, size_t *capacity, size_t need, size_t size)
{
	size_t wanted = *capacity ? *capacity : 8;
	size_t filled, bytes;
	void *old, *new;

	if (need <= *capacity)
		return;
	while (wanted < need)
		if (!size_mul(wanted, 2, &wanted))
			out_of_memory();
	if (!size_mul(wanted, size, &bytes))
		out_of_memory();
	memcpy(&old, array_pointer, sizeof(old));
	new = realloc(old, bytes);
	if (!new)
		out_of_memory();
	filled = *capacity * size; /* fits: it is allocated */
	memset((unsigned char *)new + filled, 0, bytes - filled);
	memcpy(array_pointer, &new, sizeof(new));
	*capacity = wanted;
}

char *mem_string_n(const char *s, size_t n)
{
	size_t bytes;

	if (!size_add(n, 1, &bytes))
		out_of_memory();
	char *copy = mem_alloc(bytes);
	memcpy(copy, s, n);
	return copy;
}

char *mem_string(const char *s)
{
	return mem_string_n(s, strlen(s));
}

char *mem_format(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;

	va_start(ap, fmt);
	int n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory();
	return s;
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->first;
	size_t rounded;

	if (!size_add(size ? size : 1, align - 1, &rounded))
		out_of_memory();
	rounded -= rounded % align;
	if (!b || b->size - b->used < rounded) {
		size_t room = rounded > ARENA_BLOCK_BYTES ? rounded : ARENA_BLOCK_BYTES;

		b = mem_alloc(sizeof(*b) + room);
		b->size = room;
		b->next = a->first;
		a->first = b;
	}
	void *p = b->data + b->used;
	b->used += rounded;
	return p;
}

char *arena_string_n(struct arena *a, const char *s, size_t n)
{
	size_t bytes;

	if (!size_add(n, 1, &bytes))
		out_of_memory();
	char *copy = arena_alloc(a, bytes);
	memcpy(copy, s, n);
	return copy;
}

char *arena_string(struct arena *a, const char *s)
{
	return arena_string_n(a, s, strlen(s));
}

void arena_release(struct arena *a)
{
	while (a->first) {
		struct arena_block *b = a->first;

		a->first = b->next;
		free(b);
	}
}
