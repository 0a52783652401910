/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_MEMORY_H
#define LIB_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Memory. A failed allocation ends the process with a message and status 1:
 * allocate before the first write to a disk, and never allocate by a number
 * from input unless it is at most the bytes left or a named limit.
 */
__attribute__((malloc, returns_nonnull, warn_unused_result))
void *mem_alloc(size_t size); /* zeroed */

/* count * size bytes, zeroed; ends the process if the product overflows. */
__attribute__((malloc, returns_nonnull, warn_unused_result))
void *mem_array(size_t count, size_t size);

/* For direct I/O and for bytes that are gone through again and again: zeroed, on a multiple of 4096,
 * all there from now on, and in large pages where the kernel gives them. Freed like the others. */
__attribute__((malloc, returns_nonnull, warn_unused_result))
void *mem_pages(size_t size);

/* Bytes that this process may still take; without a readable /proc, any amount. For who must take much
 * and can say better what to do than a failed allocation does. */
uint64_t mem_available(void);

/* Make room for at least `need` elements in a growing array. *capacity is in
 * elements and starts at 0 with *array NULL. New elements are zeroed. */
void mem_grow(void *array_pointer, size_t *capacity, size_t need, size_t size);

__attribute__((malloc, returns_nonnull, warn_unused_result))
char *mem_string(const char *s); /* a copy */

__attribute__((malloc, returns_nonnull, warn_unused_result))
char *mem_string_n(const char *s, size_t n); /* a copy of n bytes, ended */

__attribute__((malloc, returns_nonnull, warn_unused_result, format(printf, 1, 2)))
char *mem_format(const char *fmt, ...);

/*
 * An arena: many small pieces with one end of life. `{ 0 }` is empty; release
 * frees every piece and leaves it empty. Pieces are zeroed and aligned for
 * any type.
 */
struct arena {
	struct arena_block *first;
};

__attribute__((returns_nonnull, warn_unused_result))
void *arena_alloc(struct arena *a, size_t size);
__attribute__((returns_nonnull, warn_unused_result))
char *arena_string(struct arena *a, const char *s);
__attribute__((returns_nonnull, warn_unused_result))
char *arena_string_n(struct arena *a, const char *s, size_t n);
void arena_release(struct arena *a);

#endif
