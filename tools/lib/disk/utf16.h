/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_UTF16_H
#define LIB_DISK_UTF16_H

#include <stddef.h>

#include "lib/base/reader.h"

/* Room for so many units in UTF-8, with the end. */
#define UTF16_TEXT(units) ((units)*3 + 1)

/* Names on disks: UTF-16LE to UTF-8, as far as the first zero or all of it; lone
 * surrogates become U+FFFD. `out` has UTF16_TEXT(r.left / 2) bytes. Returns the units
 * that were taken. */
size_t utf16_text(char *out, struct reader r);

/* The same of all units, zeros too, and lossless: lone surrogates are written as three bytes
 * each (WTF-8, simonsapin.github.io/wtf-8). Returns the bytes written; no end is added. */
size_t utf16_wtf8(char *out, struct reader r);

#endif
