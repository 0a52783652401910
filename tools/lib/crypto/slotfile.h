/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SLOTFILE_H
#define LIB_CRYPTO_SLOTFILE_H

#include "lib/base/secret.h"
#include "lib/crypto/slots.h"

/* A file of key slots: kit.slots or the author's key file (docs/formats/slots.md). */
__attribute__((warn_unused_result))
bool slotfile_read(const char *path, struct slots *s, struct error *e);

/* Read the file and open it with what is entered (from `passphrase_file`, NULL: asked
 * for). Keys that may not be used (tier_keys_allowed) are refused. The caller wipes k,
 * also after false. */
__attribute__((warn_unused_result))
bool slotfile_open(const char *path, const char *passphrase_file, struct slots *s,
		   struct tier_keys *k, struct error *e);

#endif
