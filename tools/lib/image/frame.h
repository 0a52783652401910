/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_FRAME_H
#define LIB_IMAGE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

/*
 * Frames of an image: one zstd frame each (docs/formats/kimg.md#frames). The one place
 * that sees zstd.h. A packer and an unpacker belong to one thread and allocate when they
 * are made, never after.
 */
#define FRAME_LEVEL_DEFAULT 3
#define FRAME_LEVEL_MAX 19

struct frame_packer;
struct frame_unpacker;

__attribute__((returns_nonnull, warn_unused_result)) struct frame_packer *
frame_packer_new(int level);
void frame_packer_free(struct frame_packer *p);

/* Pack 1 to KIMG_FRAME_PLAIN_MAX bytes into out (KIMG_STORED_MAX bytes); returns how many. The same
 * bytes give the same frame. */
uint32_t frame_pack(struct frame_packer *p, const void *plain, size_t len, void *out);

__attribute__((returns_nonnull, warn_unused_result)) struct frame_unpacker *
frame_unpacker_new(void);
void frame_unpacker_free(struct frame_unpacker *u);

/* Unpack into exactly plain_bytes. The header is held to kimg.md before zstd works on it.
 * False: ERROR_UNTRUSTED. */
__attribute__((warn_unused_result)) bool frame_unpack(struct frame_unpacker *u, const void *stored,
						      size_t len, void *plain, size_t plain_bytes,
						      struct error *e);

/* Frames that are not of an image. The bytes of content that one states (what it states is not yet
 * true); false: it is no frame, or states none. */
bool frame_foreign_bytes(const void *stored, size_t len, uint64_t *plain_bytes);
/* Unpack into exactly plain_bytes; false: it cannot be. Takes no further memory by what the frame says. */
__attribute__((warn_unused_result)) bool frame_foreign_unpack(struct frame_unpacker *u,
							      const void *stored, size_t len,
							      void *plain, size_t plain_bytes);

#endif
