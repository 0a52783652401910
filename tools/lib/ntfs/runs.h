/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef LIB_NTFS_RUNS_H
#define LIB_NTFS_RUNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/reader.h"

/*
 * Where an attribute lies, made from its mapping pairs: docs/formats/ntfs.md#runs.
 * { 0 } is empty. Runs are adjacent: each begins where the one before ends.
 */
#define NTFS_HOLE UINT64_MAX
#define NTFS_RUNS_MAX (1u << 21)         /* of an attribute */
#define NTFS_VCN_MAX (UINT64_C(1) << 54) /* clusters of an attribute, holes included */

struct ntfs_run {
	uint64_t first;   /* cluster of the attribute */
	uint64_t count;   /* at least 1 */
	uint64_t cluster; /* of the volume, or NTFS_HOLE */
};

struct ntfs_runs {
	struct ntfs_run *list;
	size_t count, capacity;
	uint64_t clusters; /* of the attribute as far as it is mapped */
	uint64_t stored;   /* of these, those that are no holes */
};

/* Add what a piece of the attribute says, which must begin where the last one ended and
 * hold the clusters up to last_vcn. False: it does not; reaches out of the volume; more
 * clusters than the volume has, so they overlap; or more than the limits. */
bool ntfs_runs_add(struct ntfs_runs *r, struct reader pairs, uint64_t first_vcn, uint64_t last_vcn,
		   uint64_t volume_clusters);

/* A hole up to that cluster of the attribute, for a piece that is lost. False: that is behind, or more than the
 * volume has. */
bool ntfs_runs_skip(struct ntfs_runs *r, uint64_t vcn, uint64_t volume_clusters);

/* The run that holds a cluster of the attribute (vcn < clusters), looked for from `hint`. */
size_t ntfs_runs_find(const struct ntfs_runs *r, uint64_t vcn, size_t hint);

void ntfs_runs_release(struct ntfs_runs *r);

#endif
