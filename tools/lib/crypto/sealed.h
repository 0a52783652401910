/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SEALED_H
#define LIB_CRYPTO_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * Files that only their recipients can read (docs/formats/sealed.md): a random file
 * key sealed to each X25519 public key, then an XChaCha20-Poly1305 secretstream in
 * pieces of 64 KiB. Writing needs no secret, reading one of the secret keys.
 */
#define SEALED_KEY_BYTES 32
#define SEALED_RECIPIENTS_MAX 16
#define SEALED_PIECE_BYTES 65536    /* of plain bytes */
#define SEALED_OPEN_MAX (256 << 20) /* bytes of a file that sealed_open() takes */

struct sealed_public {
	uint8_t key[SEALED_KEY_BYTES];
};

struct sealed_pair {
	struct sealed_public public;
	uint8_t secret[SEALED_KEY_BYTES];
};

void sealed_pair_random(struct sealed_pair *p);
void sealed_pair_from_seed(struct sealed_pair *p, const uint8_t seed[32]);

/*
 * The writer, piece by piece. With `seed` NULL everything is random. With a seed (32
 * secret bytes) the file is a function of seed, recipients and plain bytes: the same
 * kit compiled twice is the same, and who signs it second can rebuild and compare. A
 * seed MUST then depend on the plain bytes and on a secret; see sealed_seed().
 */
struct sealed_writer;

__attribute__((warn_unused_result))
struct sealed_writer *sealed_writer_new(const struct sealed_public *recipients, size_t count,
					const uint8_t *seed, struct text *out, struct error *e);
/* Encrypt `len` bytes, appending whole pieces to *out. */
void sealed_writer_add(struct sealed_writer *w, const void *bytes, size_t len, struct text *out);
/* The last piece; without it a reader refuses the file as cut short. Frees w. */
void sealed_writer_finish(struct sealed_writer *w, struct text *out);
/* Give up instead. Frees w, which may be NULL. */
void sealed_writer_discard(struct sealed_writer *w);

/* The seed of a file: from a tier's secret key, what the file is ("protected.db", at
 * most 255 bytes) and all of its plain bytes. The caller wipes it. */
void sealed_seed(uint8_t seed[32], const uint8_t secret[32], const char *purpose, const void *bytes,
		 size_t len);

/* All at once. */
__attribute__((warn_unused_result))
bool sealed_bytes(const void *bytes, size_t len, const struct sealed_public *recipients,
		  size_t count, const uint8_t *seed, struct text *out, struct error *e);

/* Open a whole sealed file in memory with one key pair. Appends to *plain, which the
 * caller wipes. Nothing is appended unless all of it is right. */
__attribute__((warn_unused_result))
bool sealed_open(const void *bytes, size_t len, const struct sealed_pair *pair, struct text *plain,
		 struct error *e);

/* The same with whichever of several key pairs fits. */
__attribute__((warn_unused_result))
bool sealed_open_any(const void *bytes, size_t len, const struct sealed_pair *pairs, size_t count,
		     struct text *plain, struct error *e);

#endif
