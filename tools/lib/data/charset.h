/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DATA_CHARSET_H
#define LIB_DATA_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * Bytes of a text file as offices save it, to UTF-8 with LF line ends: UTF-8
 * with or without BOM, else Windows-1252. A file that mixes both is refused
 * rather than guessed: it would show wrong names.
 *
 * Also refused: NUL bytes (UTF-16), controls other than tab and line ends,
 * bidi and zero width characters. False: *line is where, counted from 1.
 */
__attribute__((warn_unused_result))
bool charset_to_utf8(const char *bytes, size_t len, struct text *out, size_t *line,
		     struct error *e);

/* The character of a byte of Windows-1252 (WHATWG Encoding); 0 for the five that it lacks. */
uint32_t charset_1252(unsigned char byte);

#endif
