/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_MINISIGN_LINE_H
#define LIB_CRYPTO_MINISIGN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * The lines that minisign's files consist of; for minisign*.c only. Each ends with LF,
 * CR LF or the file, and has no NUL.
 */

/* The next line, without its end; *text moves behind it. False at the end. */
__attribute__((warn_unused_result))
bool minisign_line(const char **text, const char *end, const char **line, size_t *len);

/* The next line, base64 (RFC 4648, padded) of exactly `size` bytes. */
__attribute__((warn_unused_result))
bool minisign_take(const char **text, const char *end, uint8_t *out, size_t size);

/* A whole key file: a comment, exactly `size` bytes, and nothing more. */
__attribute__((warn_unused_result))
bool minisign_file(const char *text, size_t len, uint8_t *out, size_t size);

/* Writing: the untrusted comment and the line of bytes (at most 189). */
void minisign_add(struct text *out, const char *comment, const uint8_t *bytes, size_t len);

/* A comment that we write: one line, as long as minisign reads. */
__attribute__((warn_unused_result))
bool minisign_comment_fits(const char *comment, struct error *e);

#endif
