/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_DIGEST_H
#define LIB_CRYPTO_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"

#define DIGEST_BYTES 32
#define DIGEST_HEX (2 * DIGEST_BYTES + 1) /* with the end */

/* BLAKE2b (RFC 7693) with 32 bytes of output and no key: the same that
 * `b2sum -l 256` prints. */
struct digest {
	uint8_t bytes[DIGEST_BYTES];
};

/* A digest of bytes that come in pieces. */
struct digest_state {
	_Alignas(64) uint8_t opaque[384]; /* libsodium's crypto_generichash_state */
};

/* Let libsodium choose the fastest code for this CPU. Digests are the same without, but
 * slower. Asks the kernel for random bytes: call it before a sandbox. */
void digest_ready(void);

void digest_init(struct digest_state *s);
void digest_update(struct digest_state *s, const void *bytes, size_t len);
struct digest digest_final(struct digest_state *s);

struct digest digest_bytes(const void *bytes, size_t len);

/* Several buffers at once: with four of about one length more than twice as quick as one after
 * the other where the CPU has AVX2, three times with eight where it has AVX-512
 * (docs/decisions/0021-several-digests-at-once.md). The same digests everywhere. */
struct digest_part {
	const void *bytes;
	size_t len;
	struct digest digest; /* comes out */
};
void digest_many(struct digest_part *parts, unsigned count);

/* Everything from the descriptor's position to its end; *size is how much. */
__attribute__((warn_unused_result)) bool digest_file(int fd, struct digest *d, uint64_t *size,
						     struct error *e);

bool digest_equal(const struct digest *a, const struct digest *b);

/* Lower case hexadecimal, and back: exactly 64 digits of 0-9 and a-f. */
char *digest_to_hex(char out[DIGEST_HEX], const struct digest *d);
__attribute__((warn_unused_result)) bool digest_from_hex(struct digest *d, const char *hex,
							 size_t len);

#endif
