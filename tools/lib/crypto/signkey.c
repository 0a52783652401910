/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ed25519 through libsodium, each signature bound to its purpose. */
#include "lib/crypto/signkey.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/memory.h"

_Static_assert(SIGNKEY_SEED_BYTES == crypto_sign_SEEDBYTES &&
		       SIGNKEY_SIGNATURE_BYTES == crypto_sign_BYTES &&
		       sizeof(((struct signkey *)0)->secret) == crypto_sign_SECRETKEYBYTES,
	       "the sizes of Ed25519");

/* Chooses the fast implementations. It fails only where a process cannot lock. */
static void ready(void)
{
	if (sodium_init() < 0)
		abort();
}

void signkey_random_seed(uint8_t seed[SIGNKEY_SEED_BYTES])
{
	ready();
	randombytes_buf(seed, SIGNKEY_SEED_BYTES);
}

void signkey_from_seed(struct signkey *k, const uint8_t seed[SIGNKEY_SEED_BYTES])
{
	ready();
	crypto_sign_seed_keypair(k->public, k->secret, seed);
}

void signkey_wipe(struct signkey *k)
{
	sodium_memzero(k, sizeof(*k));
}

/* Purpose, zero byte and bytes in one piece; *len is its length. */
static unsigned char *bound(const char *purpose, const void *bytes, size_t *len)
{
	size_t n = strlen(purpose) + 1;
	unsigned char *whole = mem_alloc(n + *len);

	memcpy(whole, purpose, n);
	if (*len)
		memcpy(whole + n, bytes, *len);
	*len += n;
	return whole;
}

void signkey_sign(const struct signkey *k, const char *purpose, const void *bytes, size_t len,
		  uint8_t signature[SIGNKEY_SIGNATURE_BYTES])
{
	unsigned char *whole = bound(purpose, bytes, &len);

	ready();
	crypto_sign_detached(signature, NULL, whole, len, k->secret);
	free(whole);
}

bool signkey_valid(const uint8_t public[32], const char *purpose, const void *bytes, size_t len,
		   const uint8_t signature[SIGNKEY_SIGNATURE_BYTES])
{
	unsigned char *whole = bound(purpose, bytes, &len);
	bool valid;

	ready();
	valid = crypto_sign_verify_detached(signature, whole, len, public) == 0;
	free(whole);
	return valid;
}
