/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SIGNKEY_H
#define LIB_CRYPTO_SIGNKEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ed25519 (RFC 8032) for what our programs sign in formats of their own: a key is made
 * from a seed of 32 bytes, and what is signed is always the purpose's ASCII letters, a
 * zero byte, and the bytes. So no signature can be taken for one of another purpose.
 */
#define SIGNKEY_SEED_BYTES 32
#define SIGNKEY_SIGNATURE_BYTES 64

struct signkey {
	uint8_t public[32];
	uint8_t secret[64]; /* seed and public key */
};

void signkey_random_seed(uint8_t seed[SIGNKEY_SEED_BYTES]);
void signkey_from_seed(struct signkey *k, const uint8_t seed[SIGNKEY_SEED_BYTES]);
void signkey_wipe(struct signkey *k);

void signkey_sign(const struct signkey *k, const char *purpose, const void *bytes, size_t len,
		  uint8_t signature[SIGNKEY_SIGNATURE_BYTES]);
bool signkey_valid(const uint8_t public[32], const char *purpose, const void *bytes, size_t len,
		   const uint8_t signature[SIGNKEY_SIGNATURE_BYTES]);

#endif
