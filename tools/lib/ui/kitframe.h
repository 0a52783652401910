/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_UI_KITFRAME_H
#define LIB_UI_KITFRAME_H

#include <stdint.h>

#include "lib/base/text.h"
#include "lib/data/kitinfo.h"

/*
 * What stands in the frame of every page (ui_frame), made from the kit in one
 * place, so that every tool says it in the same words and language.
 */

/* "2026-11-01" as "1 Nov 2026", "1. Nov. 2026"; what is no date stays as it is.
 * Returns out. */
char *date_words(char *out, size_t size, const char *date);

/* "22 days old", "from today". Returns out. */
char *age_words(char *out, size_t size, uint64_t days);

/* Add to `header` "Stadt Musterlingen  Kit 42  1 Nov 2026", and to `notice` what
 * must not be overlooked: altered or out of date as a warning, in a line of its own (ui.h);
 * exercise, not signed, review due ("" if nothing). `now` is in seconds since 1970. */
void kit_frame(const struct kitinfo *k, int64_t now, struct text *header, struct text *notice);

#endif
