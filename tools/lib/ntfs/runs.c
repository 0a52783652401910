/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Run lists: what lies where, without believing any of it. */
#include "lib/ntfs/runs.h"

#include <stdlib.h>

#include "lib/base/checked.h"
#include "lib/base/memory.h"

/* A number of n bytes with a sign; 0 of none. */
static int64_t signed_number(struct reader *r, unsigned n)
{
	uint64_t value = 0;
	uint8_t byte = 0;

	for (unsigned i = 0; i < n; i++) {
		byte = reader_u8(r);
		value |= (uint64_t)byte << 8 * i;
	}
	if (n && n < 8 && byte & 0x80)
		value |= UINT64_MAX << 8 * n;
	return (int64_t)value;
}

static bool add(struct ntfs_runs *r, uint64_t cluster, uint64_t count, uint64_t volume_clusters)
{
	struct ntfs_run *last = r->count ? &r->list[r->count - 1] : NULL;

	if (count > NTFS_VCN_MAX - r->clusters)
		return false;
	if (cluster != NTFS_HOLE) {
		if (cluster >= volume_clusters || count > volume_clusters - cluster ||
		    count > volume_clusters - r->stored)
			return false;
		r->stored += count;
	}
	if (last && (cluster == NTFS_HOLE ? last->cluster == NTFS_HOLE
					  : last->cluster != NTFS_HOLE &&
						    last->cluster + last->count == cluster)) {
		last->count += count;
	} else {
		if (r->count == NTFS_RUNS_MAX)
			return false;
		mem_grow(&r->list, &r->capacity, r->count + 1, sizeof(*r->list));
		r->list[r->count++] = (struct ntfs_run){ r->clusters, count, cluster };
	}
	r->clusters += count;
	return true;
}

bool ntfs_runs_add(struct ntfs_runs *r, struct reader pairs, uint64_t first_vcn, uint64_t last_vcn,
		   uint64_t volume_clusters)
{
	int64_t cluster = 0;

	if (first_vcn != r->clusters)
		return false;
	for (;;) {
		unsigned head = reader_u8(&pairs), count_bytes = head & 15,
			 cluster_bytes = head >> 4;

		if (!head)
			break;
		if (!count_bytes || count_bytes > 8 || cluster_bytes > 8)
			return false;
		int64_t count = signed_number(&pairs, count_bytes);
		int64_t step = signed_number(&pairs, cluster_bytes);
		if (pairs.bad || count <= 0)
			return false;
		if (cluster_bytes &&
		    (__builtin_add_overflow(cluster, step, &cluster) || cluster < 0))
			return false;
		if (!add(r, cluster_bytes ? (uint64_t)cluster : NTFS_HOLE, (uint64_t)count,
			 volume_clusters))
			return false;
	}
	/* Of an empty attribute the last cluster is the one before the first: -1. */
	return !pairs.bad && r->clusters == last_vcn + 1;
}

bool ntfs_runs_skip(struct ntfs_runs *r, uint64_t vcn, uint64_t volume_clusters)
{
	if (vcn < r->clusters || vcn > volume_clusters)
		return false;
	return vcn == r->clusters || add(r, NTFS_HOLE, vcn - r->clusters, volume_clusters);
}

size_t ntfs_runs_find(const struct ntfs_runs *r, uint64_t vcn, size_t hint)
{
	size_t low = 0, high = r->count;

	for (size_t i = hint; i < r->count && i < hint + 2; i++)
		if (vcn >= r->list[i].first && vcn - r->list[i].first < r->list[i].count)
			return i;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (r->list[middle].first <= vcn)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void ntfs_runs_release(struct ntfs_runs *r)
{
	free(r->list);
	*r = (struct ntfs_runs){ 0 };
}
