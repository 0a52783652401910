/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_CRYPTO_SLOTS_H
#define LIB_CRYPTO_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/sealed.h"

/*
 * The keys of a kit's tiers, wrapped for up to 16 passphrases and envelopes
 * (docs/formats/slots.md). One format for two files: the author's key file, which
 * keeps the keys over the versions of a kit, and kit.slots on the sticks.
 */
#define SLOTS_MAX 16
#define SLOT_LABEL_MAX 64 /* bytes with the end: "Umschlag Feuerwache" */
#define SLOTS_FILE_MAX 8192
#define KIT_TIERS 3 /* 0 open (has no key), 1 protected, 2 strict */

enum slot_kind { SLOT_PASSPHRASE = 1, SLOT_ENVELOPE = 2 };

/* The opened keys. A tier that a slot does not hold has has[tier] false and no secret;
 * its public key is there. */
struct tier_keys {
	char kit_id[41];
	bool exercise; /* a drill's keys: open nothing real, and the reverse */
	bool has[KIT_TIERS];
	struct sealed_pair pair[KIT_TIERS];
};

struct slot {
	enum slot_kind kind;
	char label[SLOT_LABEL_MAX];
	uint8_t tiers;                              /* bit 1 << tier: what it opens */
	uint8_t wrapped[2 * SEALED_KEY_BYTES + 40]; /* docs/formats/slots.md */
	size_t wrapped_len;
};

struct slots {
	char kit_id[41];
	bool exercise;
	uint8_t salt[16];
	uint32_t memory_kib, passes;            /* Argon2id */
	struct sealed_public public[KIT_TIERS]; /* [0] unused */
	struct slot slot[SLOTS_MAX];
	size_t count;
};

/* Of new files: docs/formats/slots.md */
#define SLOTS_MEMORY_KIB 65536
#define SLOTS_PASSES 8
#define SLOTS_TIERS_BOTH 6 /* bit mask of tiers 1 and 2 */

/* Parse refuses parameters that could not be run here or would be no protection. */
__attribute__((warn_unused_result))
bool slots_parse(const void *bytes, size_t len, struct slots *s, struct error *e);
void slots_write(const struct slots *s, struct text *out);

/* New keys of both tiers, and an empty file for them. */
void tier_keys_random(struct tier_keys *k, const char *kit_id, bool exercise);
/* The published keys of the demonstration kit; kit_id "musterlingen" only. */
void tier_keys_demo(struct tier_keys *k);
/* Are these the published ones? Whoever uses them for another kit is refused. */
bool tier_keys_are_demo(const struct tier_keys *k);
/* May they be used for this kit? False in words for the published keys of the
 * demonstration in another kit, keys of another kit, and an exercise's keys for a real
 * kit or the reverse. Every program that uses keys asks before it does. */
__attribute__((warn_unused_result))
bool tier_keys_allowed(const struct tier_keys *k, const char *kit_id, bool exercise,
		       struct error *e);
void tier_keys_wipe(struct tier_keys *k);
void slots_init(struct slots *s, const struct tier_keys *k);
/* Does the file belong to these keys: same kit, same public keys? */
__attribute__((warn_unused_result))
bool slots_of(const struct slots *s, const struct tier_keys *k, struct error *e);
/* The demonstration's public keys, seen without opening. */
bool slots_are_demo(const struct slots *s);

/* Try what was entered on all slots with one run of Argon2id (at least 64 MiB).
 * *which is the first slot that opened; k gets what all that opened hold, and nothing on
 * false, which says nothing about which slot failed. */
__attribute__((warn_unused_result))
bool slots_open(const struct slots *s, const char *entered, struct tier_keys *k, size_t *which,
		struct error *e);

/* Add one, for the tiers in the bit mask that k has. Refuses a 17th, a label that is
 * taken, too long, or empty, and keys of another kit. */
__attribute__((warn_unused_result))
bool slots_add(struct slots *s, const struct tier_keys *k, enum slot_kind kind, const char *label,
	       uint8_t tiers, const char *entered, struct error *e);
/* Refuses an unknown label and the last slot of a tier: its keys would be lost. */
__attribute__((warn_unused_result))
bool slots_remove(struct slots *s, const char *label, struct error *e);
/* The same where the keys are safe in the author's file: only the very last slot stays. */
__attribute__((warn_unused_result))
bool slots_remove_any(struct slots *s, const char *label, struct error *e);

#endif
