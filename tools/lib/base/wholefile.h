/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_WHOLEFILE_H
#define LIB_BASE_WHOLEFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * All bytes of a file, appended to *out. `dir` and `path` as for openat(2), `flags` is
 * O_NOFOLLOW or 0: a file that a person names may be a link, one inside a folder that
 * is judged may not. What is not a regular file, or has more than `limit` bytes, is
 * refused (ERROR_UNTRUSTED). Messages name `path`.
 */
__attribute__((warn_unused_result))
bool wholefile_read(int dir, const char *path, int flags, size_t limit, struct text *out,
		    struct error *e);

/* The same for a file that may be missing: then true, with *there false. */
__attribute__((warn_unused_result))
bool wholefile_read_if(int dir, const char *path, int flags, size_t limit, struct text *out,
		       bool *there, struct error *e);

#endif
