/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_WRITER_H
#define JOURNAL_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "journal/store.h"
#include "lib/journal/chain.h"
#include "lib/journal/merge.h"
#include "lib/journal/schema.h"
#include "lib/journal/view.h"

/*
 * The one writer. An event becomes a record of this boot's chain in the run folder first:
 * there it is seen, and there it outlives a restart of the writer. Then the chain's file
 * on the stick is brought up to it. What fails on the stick is tried again later; nothing
 * that was acknowledged is ever taken back.
 */
struct writer {
	const char *run; /* the run folder */
	int folder;      /* the same, open */
	struct store *store;

	/* This boot's chain. */
	struct chain chain;
	int file;    /* in the run folder; -1 before the first record */
	bool untidy; /* a failed write may have left bytes behind the last record */
	uint8_t seed[SIGNKEY_SEED_BYTES];
	struct signkey key;
	uint8_t tied[32]; /* the stick that a chain with a key of its own was tied to last */

	/* From the kit: whom it is sealed to, and what record 0 says. */
	char kit_id[CHAIN_KIT_MAX];
	bool exercise, seals;
	struct sealed_public seal;
	uint64_t kit_version, root_version;
	const char *machine;

	/* The stick. */
	int stick_file;    /* this chain's file there; -1: not open */
	bool stick_untidy; /* as `untidy`, of that file */
	/* A flush failed, or an earlier writer may have ended before it. What the system shows
	 * of the file may then never have reached the stick: it is written anew. */
	bool stick_doubtful;
	uint64_t stored, stored_bytes; /* records and bytes of this chain that are there, flushed */
	bool met_stick;                /* a stick was there, and its chains were taken over */
	uint8_t known_stick[32];       /* its public key */
	bool spread;                   /* other chains came in that the stick may lack */
	struct refusal why;            /* the last failure; text NULL: none */
	char why_text[256];
};

/* Look into the run folder: an earlier writer of this boot is continued. Allocates nothing
 * that writer_release() does not free. */
__attribute__((warn_unused_result))
bool writer_open(struct writer *w, const char *run, struct store *store, struct error *e);
void writer_release(struct writer *w);

/* Append an event. False: refused, *no says why, and nothing was written. */
__attribute__((warn_unused_result))
bool writer_append(struct writer *w, const struct message *event, struct refusal *no);

/* Take the chains of another folder over, and note it in a record for each. */
__attribute__((warn_unused_result))
bool writer_merge(struct writer *w, const char *from, struct merge_result *r, struct refusal *no);

/* Bring the stick up to the chain. False: w->why says why not; try again later. */
bool writer_store(struct writer *w);

/* Close what is open on the stick, so that it can be pulled. */
void writer_let_go(struct writer *w);

/* Tie a chain that has a key of its own to the stick that has come (kind `stick`). */
__attribute__((warn_unused_result))
bool writer_tie(struct writer *w, const struct signkey *stick, struct refusal *no);

/* Records of this boot that are in memory only. */
uint64_t writer_waiting(const struct writer *w);

#endif
