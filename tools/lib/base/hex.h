/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_BASE_HEX_H
#define LIB_BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes as lower case hexadecimal digits, and back. Not for secrets that an attacker can
 * time. */
#define HEX_DIGITS "0123456789abcdef"

/* out has room for 2 * len + 1 bytes. Returns out. */
char *hex_encode(char *out, const uint8_t *bytes, size_t len);

/* Exactly 2 * len digits, or false. */
__attribute__((warn_unused_result))
bool hex_decode(uint8_t *out, size_t len, const char *hex);

#endif
