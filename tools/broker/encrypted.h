/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_ENCRYPTED_H
#define BROKER_ENCRYPTED_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/disks.h"
#include "broker/job.h"
#include "lib/disk/broker.h"

/*
 * BitLocker and LUKS volumes, opened read-only by cryptsetup, which is a process of its own for
 * each (docs/formats/broker.md#encrypted). The kernel decrypts; nothing is written, the disk stays locked.
 */
/* Bytes: passphrase, recovery password, or a startup key's file. */
#define ENCRYPTED_KEY_MAX BROKER_KEY_MAX

struct encrypted_key {
	uint8_t bytes[ENCRYPTED_KEY_MAX];
	size_t len;
};

/* What cryptsetup calls it ("bitlk", "luks") for this partition (0: of a disk without a table); NULL
 * with e if it is neither. */
const char *encrypted_type(const struct disk *k, unsigned partition, struct error *e);

/* Start opening. The job sends `type=ok` with the number of the mapping, `mapping`, or `type=error`;
 * the key is wiped in the caller's hands by the caller. */
__attribute__((warn_unused_result))
struct job *encrypted_start(struct jobs *j, const struct disk *k, const struct places *p,
			    unsigned partition, const struct encrypted_key *key, struct error *e);

/* The mapping of that number, read-only. It goes by itself once nobody has it open. -1 with e. */
int encrypted_take(const struct places *p, uint64_t mapping, struct error *e);

#endif
