/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_IMAGE_JUDGE_INSIDE_H
#define LIB_IMAGE_JUDGE_INSIDE_H

#include <stddef.h>

#include "lib/base/text.h"
#include "lib/image/judge.h"

/* Bytes of a text file as UTF-8, appended: with or without a byte order mark, UTF-16LE
 * too. `bytes` is for whole units. */
void judge_text(struct text *out, const void *bytes, size_t len);

/* The value of the first line "KEY=value", without spaces and quotes around it, masked;
 * the key in any case. Nothing if there is none. */
void judge_value(const char *text, const char *key, struct text *out);

/* The boot managers on a FAT volume, and who signed them. */
__attribute__((warn_unused_result))
bool judge_efi(struct filesystem *f, struct judgement *j, struct error *e);

#endif
