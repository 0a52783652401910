/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_SEEN_H
#define LIB_IMAGE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"
#include "lib/image/kimg.h"

/*
 * The highest counter that was seen of each product, so that an older image is refused
 * (docs/formats/seen.md). A small text file that only ever rises.
 */
#define SEEN_BYTES_MAX 262144
#define SEEN_LINES_MAX 1024

struct seen_entry {
	char product[65];
	uint64_t counter;
	struct digest identity; /* of the image that had it */
};

struct seen {
	struct seen_entry *entries; /* ascending by product */
	size_t count, capacity;
};

/* Its bytes. Strict: ERROR_UNTRUSTED with the line. */
__attribute__((warn_unused_result))
bool seen_parse(const char *text, size_t len, struct seen *s, struct error *e);
void seen_write(const struct seen *s, struct text *out);

/* The file; one that is not there is empty. */
__attribute__((warn_unused_result))
bool seen_read(struct seen *s, const char *path, struct error *e);
void seen_release(struct seen *s);

/* NULL: never seen. */
const struct seen_entry *seen_find(const struct seen *s, const char *product);

/* May this one come after what was seen? An older counter, and another image of the same, are
 * ERROR_UNTRUSTED. */
__attribute__((warn_unused_result))
bool seen_check(const struct seen *s, const char *product, uint64_t counter,
		const struct digest *identity, struct error *e);

/* Could it be noted there, as far as that can be told? To be asked before long work, not after. */
__attribute__((warn_unused_result))
bool seen_can_note(const struct seen *s, const char *path, const char *product, uint64_t counter,
		   struct error *e);

/* Note it in the file: read, checked once more, and written whole, one at a time. What is
 * there already is not written again. */
__attribute__((warn_unused_result))
bool seen_note(const char *path, const char *product, uint64_t counter,
	       const struct digest *identity, struct error *e);

#endif
