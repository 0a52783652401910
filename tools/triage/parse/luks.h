/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TRIAGE_PARSE_LUKS_H
#define TRIAGE_PARSE_LUKS_H

#include <stdbool.h>
#include <stddef.h>

#include "triage/parse/parse.h"

/*
 * What a LUKS volume says of itself without a key: docs/formats/luks.md. Versions 1 and 2; of 2 both copies
 * of the header are looked at, and the later one whose checksum is right counts.
 */
#define LUKS_SLOTS_MAX 32
#define LUKS_HEADER_MAX ((size_t)4 << 20) /* bytes of a header of version 2 */
#define LUKS_NAME 64

struct luks_slot {
	unsigned number;
	uint32_t key_bits;
	char kdf[LUKS_NAME];  /* "pbkdf2", "argon2id" */
	char hash[LUKS_NAME]; /* of pbkdf2 */
	uint64_t cost;        /* iterations of pbkdf2, passes of argon2 */
	uint64_t memory_kib;  /* of argon2 */
	bool is_record; /* of a reencryption, without a key: none of those that are handed out */
};

struct luks {
	unsigned version;
	bool second_copy;                        /* version 2: the one behind the first was read */
	uint64_t payload_offset;                 /* bytes, from the beginning of the volume */
	char uuid[41], label[49], subsystem[49]; /* unmasked, as all names here */
	char cipher[2 * LUKS_NAME];              /* "aes-xts-plain64" */
	uint32_t key_bits;                       /* of the volume, version 1 */
	char digest[LUKS_NAME],
		digest_hash[LUKS_NAME]; /* how the key of the data is known to be right */
	uint64_t digest_iterations;
	char token[LUKS_NAME]; /* version 2: the first token, "systemd-tpm2"; else "" */
	size_t token_count;
	bool reencryption; /* version 2: begun and not finished */
	size_t count;
	bool odd_slot; /* one is left out: of no state or number that there is */
	struct luks_slot slots[LUKS_SLOTS_MAX]; /* those that are in use, by number */
};

/* False with e: no LUKS volume, or none of its headers is whole. */
__attribute__((warn_unused_result))
bool luks_read(const struct partition_source *s, uint64_t first_byte, uint64_t size_bytes,
	       const struct parse_problems *problems, struct luks *l, struct error *e);

#endif
