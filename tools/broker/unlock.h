/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BROKER_UNLOCK_H
#define BROKER_UNLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "broker/disks.h"

/*
 * Lifting the lock for one partition. Linux locks a whole disk or its partitions one by
 * one: so the other partitions are locked on their own first, then the disk is opened.
 */

/* The kernel's name of a partition: "sdb" and 3 are "sdb3", "mmcblk0" and 3 "mmcblk0p3",
 * anything and 0 the disk itself. Returns out. */
char *unlock_name(char out[48], const char *disk, unsigned partition);

/* From now on what is written to this partition is no alarm; nor are the first `allowed`
 * sectors elsewhere on the disk. Counts only: the lock stays. */
void unlock_begin(struct disk *k, const struct places *p, unsigned partition, uint64_t allowed);

/* The sectors that were allowed elsewhere are written, or never will be. */
void unlock_settle(struct disk *k, const struct places *p);

/* Locked again, however it went. */
void unlock_end(struct disk *k, const struct places *p);

/* In the job: lift the lock. False if the disk stays read-only, as with the switch of a
 * stick. */
__attribute__((warn_unused_result))
bool unlock_lift(const struct disk *k, const struct places *p, unsigned partition, struct error *e);

#endif
