/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_DISK_FAT_INSIDE_H
#define LIB_DISK_FAT_INSIDE_H

#include "lib/disk/fat.h"

/* What the two files of the FAT reader share. */
#define FAT_ENTRY 32u /* bytes of a folder's entry */

/* Bytes of the volume, refusing what lies outside. */
__attribute__((warn_unused_result))
bool fat_bytes(const struct fat *f, uint64_t at, void *buf, size_t len, struct error *e);

bool fat_is_cluster(const struct fat *f, uint32_t cluster);
uint64_t fat_cluster_at(const struct fat *f, uint32_t cluster); /* of a valid one */

/* The cluster after this one; 0 at the end of the chain. */
__attribute__((warn_unused_result))
bool fat_next(struct fat *f, uint32_t cluster, uint32_t *next, struct error *e);

#endif
