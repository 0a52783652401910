/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_STRIPS_H
#define LIB_IMAGE_STRIPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Pieces of somebody else's file that can only be checked as a whole, kept while several
 * threads take small parts of them: what is handed out is what was checked, and a piece
 * that many parts are taken from is read once. All memory is taken when it is made.
 */
struct strips;

/* Read piece `nr` into buf (strip_bytes of it) and check it. Called by several threads at
 * once, for different pieces. */
typedef bool strips_load(void *ctx, uint64_t nr, uint8_t *buf, struct error *e);

__attribute__((returns_nonnull, warn_unused_result)) struct strips *
strips_new(strips_load *load, void *ctx, size_t strip_bytes, unsigned slots);

/* len bytes of piece `nr` from byte `from` of it; from + len is at most strip_bytes. */
__attribute__((warn_unused_result)) bool strips_copy(struct strips *s, uint64_t nr, size_t from,
						     void *out, size_t len, struct error *e);
void strips_free(struct strips *s); /* NULL is allowed */

#endif
