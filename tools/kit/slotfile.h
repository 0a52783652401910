/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef KIT_SLOTFILE_H
#define KIT_SLOTFILE_H

#include "lib/base/secret.h"
#include "lib/base/text.h"
#include "lib/crypto/slotfile.h"

/* Writing files of key slots, and asking for new entries: what the verbs keygen, slots,
 * slot-add and slot-remove share. Reading is lib/crypto/slotfile.h. */
#define PASSPHRASE_MIN 12 /* characters of a new one, after normalising */

/* A file that appears whole, readable by its owner only; one that it replaces keeps its
 * mode: the stick's kit.slots is read by others. */
__attribute__((warn_unused_result))
bool file_write_private(const char *path, const void *bytes, size_t len, struct error *e);
/* False, in words, if there is something under this name: it is not overwritten. */
__attribute__((warn_unused_result))
bool file_must_be_new(const char *path, struct error *e);

__attribute__((warn_unused_result))
bool slotfile_write(const char *path, const struct slots *s, struct error *e);

/* As slotfile_open(), or with `keys` (NULL: none) by an open slot of that file, the
 * author's: then `path` must be of the same kit and keys, or missing, and is begun. */
__attribute__((warn_unused_result))
bool slotfile_open_by(const char *path, const char *keys, const char *passphrase_file,
		      struct slots *s, struct tier_keys *k, struct error *e);

/* A new passphrase, asked for twice, in its normal form. Refused if it is short, or has
 * characters that move between keyboards. */
__attribute__((warn_unused_result))
bool slotfile_new_passphrase(struct secret *entry, const char *file, struct error *e);

/* "protected", "strict", or both, for people. */
const char *slot_tiers_words(uint8_t tiers);

#endif
