/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_CATALOGUE_READ_H
#define LIB_IMAGE_CATALOGUE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/image/catalogue.h"
#include "lib/image/open.h"
#include "lib/image/pump.h"

/*
 * The catalogue out of an image: only its frames are read and unpacked. It is held in memory
 * (CATALOGUE_BYTES_MAX and half of what is free at most; tens of MB for a PC), since its digest must be right before its
 * first line is looked at.
 */
struct catalogue {
	char *bytes;
	size_t len, at;
	uint64_t lines, left;       /* of the manifest; those still to come */
	struct catalogue_line last; /* the order is checked as they come */
};

/* The image was opened and the stream stands at its first frame. False: ERROR_FAILED if the
 * image has no catalogue or memory is short, ERROR_UNTRUSTED if something is not what the manifest says. */
__attribute__((warn_unused_result))
bool catalogue_load(struct catalogue *c, const struct image *i, struct stream *s, struct error *e);

/* Runs the pump, which is `deep` and wants all, and holds the catalogue that goes by to what the manifest
 * says of it: digest, number of lines, and each line to its form. */
__attribute__((warn_unused_result))
bool catalogue_check(const struct image *i, const struct pump *all, struct error *e);

/* Over bytes that somebody else vouches for; borrows nothing: takes `bytes`, to be freed. */
__attribute__((warn_unused_result))
bool catalogue_begin(struct catalogue *c, char *bytes, size_t len, uint64_t lines, struct error *e);

/* The next line; *more is false behind the last one. It points into the catalogue. */
__attribute__((warn_unused_result))
bool catalogue_next(struct catalogue *c, struct catalogue_line *line, bool *more, struct error *e);
void catalogue_unload(struct catalogue *c); /* { 0 } is empty */

/* Does an escaped path match a pattern in which `*` stands for any characters, '/' too? */
bool catalogue_matches(const char *pattern, const char *path, size_t len);

#endif
