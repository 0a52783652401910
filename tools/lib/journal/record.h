/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_RECORD_H
#define LIB_JOURNAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/crypto/digest.h"
#include "lib/crypto/sealed.h"
#include "lib/crypto/signkey.h"
#include "lib/data/message.h"

/* One record of a chain: bytes to meaning and back (docs/formats/journal.md#record). */
#define RECORD_MIN 136
#define RECORD_MAX 16384
#define RECORD_HEAD 72
#define BOOT_BYTES 16
#define BOOT_HEX (2 * BOOT_BYTES + 1) /* with the end */
#define RECORD_ID 64                  /* "BOOT:SEQUENCE" with the end */

struct record {
	char boot[BOOT_HEX]; /* lower case hexadecimal */
	uint64_t sequence;
	struct digest before; /* hash of the record before; zero in the first */
	struct message open;  /* first key `kind` */
	const uint8_t *sealed;
	size_t sealed_len; /* 0: none. Belongs to the bytes that were decoded */
	const uint8_t *signature;
	size_t len; /* of the whole record */
	struct digest hash;
};

enum record_state {
	RECORD_WHOLE,
	RECORD_CUT,     /* the bytes end within it, and what is there is well formed */
	RECORD_REFUSED, /* the error says why */
};

/* Take the first record of `bytes` apart. Says nothing about its place in a chain, and
 * nothing about the signature: record_signed() does. */
__attribute__((warn_unused_result))
enum record_state record_decode(const void *bytes, size_t len, struct record *r, struct error *e);

/* Is it signed by this key? `bytes` are those that record_decode() saw. */
bool record_signed(const struct record *r, const void *bytes, const uint8_t key[32]);

/* Append the bytes of a record to *out and set r->hash and r->len. Uses boot, sequence,
 * before, open, sealed. What is made here always fits: the caller has held the event to
 * the limits of journal_split(). */
void record_encode(struct record *r, const struct signkey *key, struct text *out);

/* The sealed part from its message, for the key (NULL: the plain bytes themselves), and
 * back. What passes through plain is wiped. */
__attribute__((warn_unused_result))
bool record_seal(const struct message *m, const struct sealed_public *to, struct text *out,
		 struct error *e);
__attribute__((warn_unused_result))
bool record_unseal(const struct record *r, const struct sealed_pair *key, struct message *m,
		   struct error *e);
/* The same where the chain has no key: the part is the plain bytes. */
__attribute__((warn_unused_result))
bool record_unpack(const struct record *r, struct message *m, struct error *e);

/* Is it 32 hexadecimal digits in lower case? */
bool boot_valid(const char *s, size_t len);
/* A random one. */
void boot_random(char boot[BOOT_HEX]);

#endif
