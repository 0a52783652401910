/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_MINISIGN_H
#define LIB_CRYPTO_MINISIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"

/*
 * Keys and signatures in minisign's formats, so that an independent program can
 * check and make them (https://jedisct1.github.io/minisign/, docs/formats/trust.md).
 */
#define MINISIGN_COMMENT_MAX 1024         /* bytes of a line, as in minisign */
#define MINISIGN_FILE_MAX 8192            /* of a key file */
#define MINISIGN_MEMORY_BYTES (64u << 20) /* in our secret keys' memory field */

struct minisign_public {
	uint8_t number[8]; /* a name, proves nothing */
	uint8_t key[32];   /* Ed25519 */
};

/* An opened secret key. Wipe it with minisign_secret_wipe(). */
struct minisign_secret {
	struct minisign_public public;
	uint8_t key[64]; /* Ed25519: seed and public key */
};

struct minisign_signature {
	bool prehashed; /* "ED": over BLAKE2b-512 of the file; else "Ed", over the file */
	uint8_t number[8];
	uint8_t signature[64];
	uint8_t global[64]; /* over signature and trusted comment */
	char trusted[MINISIGN_COMMENT_MAX];
};

__attribute__((warn_unused_result))
bool minisign_public_parse(const char *text, size_t len, struct minisign_public *p,
			   struct error *e);
void minisign_public_write(const struct minisign_public *p, const char *comment, struct text *out);

/* The one line of a public key, "RWQ..." (56 characters), and back. */
#define MINISIGN_LINE 57
void minisign_public_line(const struct minisign_public *p, char out[MINISIGN_LINE]);
__attribute__((warn_unused_result))
bool minisign_public_from_line(const char *s, size_t len, struct minisign_public *p);

void minisign_generate(struct minisign_secret *s);
/* From 32 bytes and a number: the way back from paper. */
void minisign_from_seed(struct minisign_secret *s, const uint8_t seed[32], const uint8_t number[8]);

/* Open a secret key file. Needs the memory that the file names: one that is more than
 * this PC can give is refused before it is tried, saying how to make a smaller one.
 * A wrong passphrase is ERROR_UNTRUSTED in words of its own. Unencrypted keys of
 * minisign -W are read too. */
__attribute__((warn_unused_result))
bool minisign_secret_open(const char *text, size_t len, const char *passphrase,
			  struct minisign_secret *s, struct error *e);
/* Does the file ask for a passphrase at all? */
__attribute__((warn_unused_result))
bool minisign_secret_encrypted(const char *text, size_t len, bool *encrypted, struct error *e);
__attribute__((warn_unused_result))
bool minisign_secret_write(const struct minisign_secret *s, const char *passphrase,
			   const char *comment, struct text *out, struct error *e);
void minisign_secret_wipe(struct minisign_secret *s);

/* Sign (always prehashed); appends the four lines of a signature file. */
__attribute__((warn_unused_result))
bool minisign_sign(const struct minisign_secret *s, const void *bytes, size_t len,
		   const char *comment, const char *trusted, struct text *out, struct error *e);

/* The next of the signatures that stand one after another in *text; true with *more
 * false at the end. */
__attribute__((warn_unused_result))
bool minisign_next(const char **text, const char *end, struct minisign_signature *s, bool *more,
		   struct error *e);

/* Is it this key's signature over these bytes, comment included? */
bool minisign_valid(const struct minisign_public *p, const struct minisign_signature *s,
		    const void *bytes, size_t len);

#endif
