/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_LZ4_H
#define TRIAGE_PARSE_LZ4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An LZ4 block, as lz4_Block_format.md of the LZ4 project describes it: sequences of a token, literals
 * and a match that lies before. Unpacks into exactly plain_bytes; false: it is no such block. */
__attribute__((warn_unused_result))
bool lz4_unpack(const uint8_t *packed, size_t len, uint8_t *plain, size_t plain_bytes);

#endif
