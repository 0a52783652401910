/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_VOLUME_H
#define LIB_IMAGE_VOLUME_H

#include "lib/disk/filesystem.h"

/* The file system at that place of the source, or NULL: with e->kind 0 if there is none
 * that we can read (then all of it is taken), else why it cannot be. Free with f->close(f). */
__attribute__((warn_unused_result)) struct filesystem *volume_open(const struct partition_source *s,
								   uint64_t first_byte,
								   uint64_t size_bytes,
								   struct error *e);

#endif
