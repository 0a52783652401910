/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_CATALOGUE_INSIDE_H
#define LIB_IMAGE_CATALOGUE_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"
#include "lib/image/catalogue.h"

/* What the files of the catalogue share. */
#define CATALOGUE_TYPES "fdlso"
#define CATALOGUE_FLAGS "cehpwxu" /* in the order of enum filesystem_flag */

/* Bytes of a path as they stand in a catalogue, appended. `halves`: WTF-8, as NTFS has it. */
void catalogue_escape(struct text *out, const char *s, size_t len, bool halves);

/* The way back from catalogue_time_put(). */
__attribute__((warn_unused_result))
bool catalogue_time_parse(const char *s, size_t len, struct filesystem_time *t);

#endif
