/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_SIGNING_H
#define LIB_IMAGE_SIGNING_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/image/open.h"

/*
 * One more signature into the file of an image, so that the current may go at any time
 * (docs/formats/kimg.md#signatures): until the last byte is written the new one is not there, and
 * what an earlier attempt left behind is wiped first.
 *
 * `fd` reads and writes the file, `i` is what image_open() found in it (with `mending`), `area`
 * the area as it is to be: i's signatures and what comes behind. False, with nothing written, if
 * the file is no longer the one that was looked at.
 */
__attribute__((warn_unused_result))
bool signing_write(int fd, const char *name, const struct image *i,
		   const uint8_t area[KIMG_SIGNATURES_BYTES], struct error *e);

#endif
