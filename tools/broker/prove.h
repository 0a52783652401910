/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_PROVE_H
#define BROKER_PROVE_H

#include "broker/disks.h"
#include "broker/job.h"

/* Let a stick prove itself against the kit that runs (docs/formats/stick.md#proof), in
 * the sandbox and through a descriptor for reading. */
__attribute__((warn_unused_result))
struct job *prove_start(struct jobs *j, const struct disk *k, const struct places *p,
			struct error *e);

/* What a finished one found, into k->proof. */
void prove_take(struct job *job, struct disk *k);

#endif
