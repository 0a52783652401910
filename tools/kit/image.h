/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_IMAGE_H
#define KIT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/source.h"
#include "lib/base/text.h"

/* Make the open tier of a source without faults: the bytes of open.db, to be
 * freed by the caller, or NULL. The same source gives the same bytes on every
 * machine with the same SQLite (docs/formats/kit-db.md#bytes). */
__attribute__((warn_unused_result))
unsigned char *opendb_make(const struct source *s, size_t *len, struct error *e);

/* The whole kit: its files, and the archive with them. { 0 } is empty. */
struct image {
	unsigned char *open_db;
	size_t open_db_len;
	struct text manifest; /* of kit/ (docs/formats/manifest.md) */
	struct text archive;  /* kit.img (docs/formats/kit-img.md) */
};

/* mtime: seconds since 1970, of every entry in the archive. */
__attribute__((warn_unused_result))
bool image_make(struct image *i, const struct source *s, uint32_t mtime, struct error *e);
void image_release(struct image *i);

#endif
