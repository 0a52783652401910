/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_OPEN_H
#define LIB_IMAGE_OPEN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/memory.h"
#include "lib/crypto/trust.h"
#include "lib/image/kimg.h"
#include "lib/image/stream.h"

/*
 * The beginning of an image, up to its data, read from a stream and verified in the order
 * of docs/formats/kimg.md. After success the stream stands at the first frame, and every
 * byte that follows can be judged by the index.
 */
struct image_policy {
	const struct trust_root *root; /* NULL: nobody vouches; for tools that only look */
	const char *product;           /* NULL: any */
	uint64_t min_counter;          /* the highest seen of the product; 0: none */
	bool mending;                  /* behind the signatures anything may stand: for who signs */
};

struct image {
	struct arena memory;
	struct kimg_manifest manifest;
	struct kimg_index index;
	struct digest identity;   /* of the manifest */
	struct trust_found found; /* with a root: whose signatures count */
	unsigned signatures;      /* that are there, counted or not */
	/* As they stand in the file, for who signs and who counts; they live in `memory`. */
	const void *manifest_bytes;
	size_t manifest_len;
	const char *signature_text;
	size_t signature_len;
};

/* False: ERROR_UNTRUSTED, each refusal in its own words (too few, twice the same key,
 * revoked, other bytes, other role, too old, another product, the root too old, damaged where), or
 * ERROR_FAILED if it cannot be read. Without a root signatures are read, not counted. */
__attribute__((warn_unused_result)) bool
image_open(struct image *i, struct stream *s, const struct image_policy *policy, struct error *e);
void image_release(struct image *i); /* { 0 } is empty */

/* Where it ends. */
uint64_t image_bytes(const struct image *i);

/* Before long work, or before anything is written: does the stream end where the image does? Where
 * nobody knows its end, that shows only at the end. ERROR_UNTRUSTED: it was cut off, or is too long. */
__attribute__((warn_unused_result)) bool image_fits(const struct image *i, const struct stream *s,
						    struct error *e);

/* The longest way for bytes that are not restored: go through all frames and check their
 * digests; with `deep` unpack them and check the plain ones too, and the catalogue's own and its
 * lines. The stream stands at the first frame; afterwards nothing may follow. `jobs` threads. */
struct image_progress {
	void (*at)(void *ctx, uint64_t done_bytes, uint64_t total_bytes); /* NULL: nobody asks */
	void *ctx;
};
__attribute__((warn_unused_result)) bool image_check(const struct image *i, struct stream *s,
						     bool deep, unsigned jobs,
						     const struct image_progress *p,
						     struct error *e);

#endif
