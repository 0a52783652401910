/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRUST_KEYFILE_H
#define TRUST_KEYFILE_H

#include "lib/base/error.h"
#include "lib/base/secret.h"
#include "lib/base/text.h"
#include "lib/crypto/minisign.h"

/* Key files on the disk: NAME.key and NAME.pub. Errors name the file. */

/* A key's name: small letters, digits, hyphens, at most 32; no hyphen first.
 * It names an office or a box ("isb", "safe-2"), never a person. */
#define KEYFILE_NAME_MAX 32
__attribute__((warn_unused_result))
bool keyfile_name_fits(const char *name, struct error *e);

__attribute__((warn_unused_result))
bool keyfile_public(const char *path, struct minisign_public *p, struct error *e);

/* Open a secret key, with a passphrase if it needs one: the first line of
 * `passphrase_file`, or (NULL) asked for on the terminal. Wipe *s after use. */
__attribute__((warn_unused_result))
bool keyfile_secret(const char *path, const char *passphrase_file, struct minisign_secret *s,
		    struct error *e);

/* A new passphrase for the key `name`, typed twice. Refused (ERROR_USAGE): shorter
 * than 12 characters, or with one that lies elsewhere on another keyboard. */
__attribute__((warn_unused_result))
bool keyfile_new_passphrase(const char *name, const char *passphrase_file, struct secret *s,
			    struct error *e);

/* Is neither FOLDER/NAME.key nor FOLDER/NAME.pub there yet? Nothing is replaced. */
__attribute__((warn_unused_result))
bool keyfile_is_new(const char *folder, const char *name, struct error *e);

/* Write both, the secret one for its owner's eyes only, and print their names and the
 * public key. */
__attribute__((warn_unused_result))
bool keyfile_save(const char *folder, const char *name, const struct minisign_secret *s,
		  const char *passphrase, struct error *e);

#endif
