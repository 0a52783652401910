/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef JOURNAL_STORE_H
#define JOURNAL_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/error.h"
#include "lib/crypto/signkey.h"
#include "lib/disk/broker.h"

/*
 * The stick's data partition as the writer sees it: two folders, journal/ and state/,
 * held while there is something to write and a few seconds longer, so that the stick can
 * be pulled the rest of the time.
 */
struct store {
	const char *folder; /* a plain folder that plays the partition; NULL: none */
	bool by_broker;     /* the stick's, by way of the broker */
	struct broker broker;
	int journal, state; /* -1: not held */
	/* A stick that proves itself or grows takes minutes. It is waited for so long; then
	 * the answer may come later, and store_hold() looks for it each time. */
	int patience_ms;
	bool asked;
};
#define STORE_NONE                                                                                 \
	{                                                                                          \
		.broker = BROKER_NONE, .journal = -1, .state = -1, .patience_ms = 5000             \
	}

/* Take the folders, unless they are held. False in words: there is no stick, it did not
 * prove itself, it cannot be written, it is not ready yet. */
__attribute__((warn_unused_result))
bool store_hold(struct store *s, struct error *e);
void store_let_go(struct store *s);

/* Remove what a power cut left half written in the folders, which are held. */
void store_sweep(const struct store *s);

/* The stick's key, state/stick.key; made at first use. */
__attribute__((warn_unused_result))
bool store_key(struct store *s, uint8_t seed[SIGNKEY_SEED_BYTES], struct error *e);

#endif
