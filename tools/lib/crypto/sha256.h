/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SHA256_H
#define LIB_CRYPTO_SHA256_H

#include <stddef.h>

/* SHA-256 (FIPS 180-4), for sums that others give us: documents, images of systems.
 * What is ours uses lib/crypto/digest.h. */
#define SHA256_HEX 65 /* with the end */

/* Lower case, as `sha256sum` prints it. Returns out. */
char *sha256_hex(char out[SHA256_HEX], const void *bytes, size_t len);

#endif
