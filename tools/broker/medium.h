/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_MEDIUM_H
#define BROKER_MEDIUM_H

#include <stdbool.h>
#include <sys/stat.h>

#include "broker/disks.h"
#include "broker/job.h"

/* The file system that would be mounted for this partition (0: of a disk without a
 * table), as the kernel calls it. NULL with e: a disk of the PC, a stick of ours, or a
 * content that is not for it. */
const char *medium_type(const struct disk *k, unsigned partition, struct error *e);

/* Start mounting it at `where`. The job sends one message, `type=ok` or `type=error`. Without
 * `writes` the disk stays locked, and nothing on it changes: a journal is not replayed. */
__attribute__((warn_unused_result))
struct job *medium_start(struct jobs *j, const struct disk *k, const struct places *p,
			 unsigned partition, bool writes, const char *where, struct error *e);

/* May our programs do there what they want, by owner and mode of its top folder? On ext4 it
 * may be somebody else's. */
__attribute__((warn_unused_result))
bool medium_is_ours(const struct stat *folder, bool writes, struct error *e);

#endif
