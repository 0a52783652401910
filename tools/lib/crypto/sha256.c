/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, through libsodium. */
#include "lib/crypto/sha256.h"

#include <sodium.h>

char *sha256_hex(char out[SHA256_HEX], const void *bytes, size_t len)
{
	unsigned char sum[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(sum, bytes, len);
	return sodium_bin2hex(out, SHA256_HEX, sum, sizeof(sum));
}
