/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_JOURNAL_CHAIN_H
#define LIB_JOURNAL_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/journal/record.h"

/*
 * A chain, read and checked record by record (docs/formats/journal.md). Start with the
 * boot id that the file's name gives; each chain_next() takes one record from where the
 * last one ended. Because every record names the hash of the one before, reading may go
 * on later, in a file that has grown or was replaced by a longer one.
 */
#define CHAIN_SUFFIX ".journal"
#define CHAIN_NAME (BOOT_HEX + 8) /* of a file, with the end */
#define CHAIN_FILE_MAX (64 << 20) /* bytes of a file; 10,000 sealed entries are 4 MB */
#define CHAIN_KIT_MAX 41          /* bytes of a kit_id with the end */

struct chain {
	char boot[BOOT_HEX];
	uint64_t count;     /* records that were good */
	uint64_t bytes;     /* where the next one begins */
	struct digest head; /* hash of the last; zero before the first */
	/* From record 0: */
	uint8_t key[32]; /* what signs it */
	bool temporary;  /* a key of its own, no stick's */
	bool sealed;     /* `seal` is there */
	struct sealed_public seal;
	char kit_id[CHAIN_KIT_MAX]; /* "": none */
	bool exercise;
};

enum chain_step {
	CHAIN_RECORD,  /* one more, in *r */
	CHAIN_END,     /* the bytes end behind a whole record */
	CHAIN_CUT,     /* they end within a record: it was never acknowledged */
	CHAIN_DAMAGED, /* the error says what is wrong with the record at c->bytes */
};

void chain_start(struct chain *c, const char *boot);

/* The next record of the file's bytes. `bytes` begin at offset `at` of the file, at most
 * c->bytes; r->sealed points into them. Nothing of *c changes but by CHAIN_RECORD. */
__attribute__((warn_unused_result))
enum chain_step chain_next(struct chain *c, uint64_t at, const void *bytes, size_t len,
			   struct record *r, struct error *e);

/* The name of a chain's file, and the boot id of a file's name (NULL: it is none). */
void chain_name(char name[CHAIN_NAME], const char *boot);
bool chain_boot(const char *name, char boot[BOOT_HEX]);

/* One of several histories of a chain, kept beside it: BOOT.HEAD.fork, HEAD being the first
 * 16 digits of the hash of its last good record (docs/formats/journal.md#merging). */
#define CHAIN_VARIANT_NAME (BOOT_HEX + 1 + 16 + 5)
void chain_variant_name(char name[CHAIN_VARIANT_NAME], const struct chain *c);
bool chain_is_variant(const char *name);

/* "FILE: record 12, byte 3456: " in front of what chain_next() found, or what a reader says
 * of a cut one. Returns false. */
bool chain_fault(const struct chain *c, const char *file, struct error *e);
void chain_cut_words(const struct chain *c, const char *file, struct error *e);

#endif
