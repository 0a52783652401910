/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SYSIMAGE_SHOW_H
#define SYSIMAGE_SHOW_H

#include <stdint.h>
#include <stdio.h>

#include "lib/data/json.h"
#include "lib/image/open.h"

/* An image in words and as JSON. Everything that the manifest says is text from outside. */

/* What becomes of a payload's bytes. */
struct show_payload {
	uint64_t hole_bytes, zero_bytes; /* not used; read as zeros */
	uint64_t repeated_bytes;         /* as another chunk */
	uint64_t packed_bytes;           /* in pieces that no payload before names */
	uint64_t stored_bytes;           /* of them: of a frame its pieces' share */
};
void show_payload_count(const struct image *i, uint32_t payload, struct show_payload *out);

/* What somebody who signs or restores it has to know: a source that was taken although it was
 * dirty, content that was left out. In plain words, a line each; nothing if there is none. */
void show_warnings(FILE *out, const struct kimg_manifest *m);

/* Title, product, counter, identity. */
void show_title(FILE *out, const struct image *i);

/* All the rest of the manifest. */
void show_manifest(const struct image *i);
void show_json(struct json *j, const struct image *i);

/* An array of the names whose bits are set, as kimg.h lists them. */
void show_json_set(struct json *j, const char *key, unsigned bits, const char *const *names);

#endif
