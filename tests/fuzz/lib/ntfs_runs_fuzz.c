/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any mapping pairs: what is taken lies in the volume, in order, and is found again. */
#include <stdlib.h>

#include "lib/ntfs/runs.h"

#define VOLUME 0x100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	struct ntfs_runs runs = { 0 };
	uint64_t last = reader_le64(&r), next = 0, stored = 0;

	(void)ntfs_runs_add(&runs, r, 0, last, VOLUME);
	for (size_t i = 0; i < runs.count; i++) {
		const struct ntfs_run *run = &runs.list[i];

		if (run->first != next || !run->count || ntfs_runs_find(&runs, next, i / 2) != i)
			abort();
		next += run->count;
		if (run->cluster != NTFS_HOLE && run->cluster + run->count > VOLUME)
			abort();
		stored += run->cluster != NTFS_HOLE ? run->count : 0;
	}
	if (next != runs.clusters || stored != runs.stored || stored > VOLUME)
		abort();
	ntfs_runs_release(&runs);
	return 0;
}
