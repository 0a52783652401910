/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which clusters are used: $Bitmap, bit for bit. */
#include "lib/base/language.h"
#include "lib/ntfs/ntfs_inside.h"

bool ntfs_used(struct filesystem *fs, struct used_map *m, struct error *e)
{
	struct ntfs *v = (struct ntfs *)fs;
	struct ntfs_stream bits = { 0 };
	struct ntfs_file f = { 0 };
	const size_t bytes = (size_t)((v->boot.clusters + 7) / 8);
	bool ok = false;

	if (!used_map_init(m, v->boot.cluster_bytes, 0, v->boot.clusters, e))
		return false;
	if (!ntfs_file_load(v, &f, NTFS_FILE_BITMAP, e))
		goto out;
	size_t i = ntfs_file_find(&f, NTFS_DATA);
	if (i == SIZE_MAX || !ntfs_file_stream(v, &f, i, &bits, e))
		goto out;
	/* What was never written of it would read as free. */
	if (bits.initialised_bytes < bytes || bits.flags & (NTFS_METHOD | NTFS_EFS) ||
	    bits.runs.stored != bits.runs.clusters)
		goto out;
	ok = ntfs_stream_exact(&bits, 0, m->bits, bytes, e);
	if (ok && v->boot.clusters % 8)
		m->bits[bytes - 1] &= (uint8_t)((1u << v->boot.clusters % 8) - 1);
out:
	ntfs_stream_release(&bits);
	ntfs_file_release(&f);
	if (ok)
		return true;
	used_map_release(m);
	return error_set(
		e, ERROR_UNTRUSTED,
		_("the map of used clusters ($Bitmap) of the NTFS file system is damaged"));
}
