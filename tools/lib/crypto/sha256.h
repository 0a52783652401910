/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SHA256_H
#define LIB_CRYPTO_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4), for sums that others give us: documents, images of systems, and
 * for sums that others can check with `sha256sum`. What is ours uses lib/crypto/digest.h. */
#define SHA256_HEX 65 /* with the end */

/* Lower case, as `sha256sum` prints it. Returns out. */
char *sha256_hex(char out[SHA256_HEX], const void *bytes, size_t len);

/* Of bytes that come in pieces. The CPU's own instructions do it where there are any, several
 * times as fast; else libsodium. */
struct sha256_state {
	bool native;
	uint32_t words[8];
	uint8_t rest[64];                 /* that do not fill a block yet */
	uint64_t bytes;                   /* so far */
	_Alignas(16) uint8_t opaque[128]; /* libsodium's crypto_hash_sha256_state */
};

void sha256_init(struct sha256_state *s);
void sha256_update(struct sha256_state *s, const void *bytes, size_t len);
char *sha256_final(struct sha256_state *s, char out[SHA256_HEX]);

/* Has this CPU such instructions? And whole blocks of 64 bytes with them. */
bool sha256_native(void);
void sha256_native_blocks(uint32_t words[8], const uint8_t *bytes, size_t blocks);

#endif
