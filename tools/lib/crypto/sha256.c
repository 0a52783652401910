/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SHA-256, with the CPU's instructions for it or through libsodium. */
#include "lib/crypto/sha256.h"

#include <sodium.h>
#include <string.h>

#define BLOCK 64u

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(((struct sha256_state *)0)->opaque),
	       "sha256_state must hold libsodium's state");

static crypto_hash_sha256_state *state_of(struct sha256_state *s)
{
	return (void *)s->opaque;
}

void sha256_init(struct sha256_state *s)
{
	static const uint32_t first[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	*s = (struct sha256_state){ .native = sha256_native() };
	memcpy(s->words, first, sizeof(first));
	crypto_hash_sha256_init(state_of(s));
}

void sha256_update(struct sha256_state *s, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;
	size_t held = s->bytes % BLOCK;

	if (!s->native) {
		crypto_hash_sha256_update(state_of(s), at, len);
		return;
	}
	s->bytes += len;
	if (held) {
		size_t n = len < BLOCK - held ? len : BLOCK - held;

		if (n)
			memcpy(s->rest + held, at, n);
		at += n;
		len -= n;
		if (held + n < BLOCK)
			return;
		sha256_native_blocks(s->words, s->rest, 1);
	}
	sha256_native_blocks(s->words, at, len / BLOCK);
	if (len % BLOCK)
		memcpy(s->rest, at + len - len % BLOCK, len % BLOCK);
}

/* The end of the message: a bit, zeros, its length in bits. */
static void pad(struct sha256_state *s)
{
	uint8_t tail[2 * BLOCK] = { 0 };
	size_t held = s->bytes % BLOCK, blocks = held < BLOCK - 8 ? 1 : 2;
	uint64_t bits = s->bytes * 8;

	memcpy(tail, s->rest, held);
	tail[held] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		tail[blocks * BLOCK - 1 - i] = (uint8_t)(bits >> 8 * i);
	sha256_native_blocks(s->words, tail, blocks);
}

char *sha256_final(struct sha256_state *s, char out[SHA256_HEX])
{
	uint8_t sum[crypto_hash_sha256_BYTES];

	if (s->native) {
		pad(s);
		for (size_t i = 0; i < sizeof(sum); i++)
			sum[i] = (uint8_t)(s->words[i / 4] >> (24 - 8 * (i % 4)));
	} else {
		crypto_hash_sha256_final(state_of(s), sum);
	}
	return sodium_bin2hex(out, SHA256_HEX, sum, sizeof(sum));
}

char *sha256_hex(char out[SHA256_HEX], const void *bytes, size_t len)
{
	struct sha256_state s;

	sha256_init(&s);
	sha256_update(&s, bytes, len);
	return sha256_final(&s, out);
}
