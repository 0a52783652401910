/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_IMAGE_H
#define KIT_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/source.h"
#include "lib/base/text.h"
#include "lib/crypto/slots.h"

/* A file of the kit as it lies on the stick. */
struct image_file {
	char *path; /* "kit/open.db" */
	struct text bytes;
};

/* The whole kit: its files in the manifest's order, and the archive with them.
 * { 0 } is empty. */
struct image {
	struct image_file *files;
	size_t count, capacity;
	struct text manifest;       /* of kit/ (docs/formats/manifest.md) */
	struct text archive;        /* kit.img (docs/formats/kit-img.md) */
	size_t left_out[KIT_TIERS]; /* rows of tiers for which there was no key */
};

/* mtime: seconds since 1970, of every entry in the archive. `keys` are those of the
 * protected tiers, or NULL: then only the open tier goes in. What is protected is
 * sealed in memory; nothing else of it is left behind. */
__attribute__((warn_unused_result))
bool image_make(struct image *i, const struct source *s, const struct tier_keys *keys,
		uint32_t mtime, struct error *e);
void image_release(struct image *i);

#endif
