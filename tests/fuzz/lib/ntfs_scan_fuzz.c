/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An MFT of any bytes is read to its end, and no path is longer than its names can be. */
#include "../bytes.h"
#include "lib/ntfs/scan.h"

static bool each(void *ctx, const struct ntfs_scan_record *r, struct error *e)
{
	struct reader node = ntfs_index_root(r), slack = r->slack;
	struct ntfs_index_entry entry;
	struct ntfs_scan_name n;
	(void)e;

	for (size_t i = 0; i < r->name_count; i++)
		if (ntfs_scan_path(ctx, r->names[i].parent, r->names[i].units).len >
		    (NTFS_SCAN_DEPTH + 2) * (3 * 255u + 1))
			abort();
	while (ntfs_index_next(&node, &entry) || ntfs_carve_name(&slack, &n))
		;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };
	struct ntfs_scan *scan = ntfs_scan_mft(&s, &e);

	if (scan &&
	    (!ntfs_scan_folders(scan, NULL, &e) || !ntfs_scan_each(scan, NULL, each, scan, &e)))
		abort();
	ntfs_scan_free(scan);
	return 0;
}
