/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SIGNER_H
#define LIB_CRYPTO_SIGNER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/error.h"
#include "lib/crypto/minisign.h"
#include "lib/crypto/trust.h"

/*
 * One key holder's yes to something that holds its signatures in itself: a kit, an image.
 */

/* Open a secret key file. Its passphrase is the first line of `passphrase_file`, or (NULL) asked
 * for on the terminal. Wipe *key after use. Errors name the file. */
__attribute__((warn_unused_result))
bool signer_open(const char *key_file, const char *passphrase_file, struct minisign_secret *key,
		 struct error *e);

/* Whose is the key? It must be in the root, unrevoked, with the role; else NULL, each in its own
 * words (ERROR_UNTRUSTED). */
__attribute__((warn_unused_result))
const struct trust_key *signer_holder(const struct trust_root *root, enum trust_role role,
				      const struct minisign_public *key, struct error *e);

/* Is a signature of this key over these bytes among `signatures` already? False, with e: they
 * cannot be read. */
__attribute__((warn_unused_result))
bool signer_signed(const struct minisign_public *key, const void *bytes, size_t len,
		   const char *signatures, size_t signatures_len, bool *already, struct error *e);

#endif
