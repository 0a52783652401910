/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes: its map of used clusters has as many as the volume, a file's can be
 * taken out of it, and a path is found or not. */
#include "ntfs_pieces.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filesystem *f = open_pieces(data, size);
	struct used_map m = { 0 };
	struct error e = { 0 };
	bool there;
	char buf[600];
	size_t got;

	if (!f)
		return 0;
	if (f->used(f, &m, &e)) {
		uint64_t before = used_map_count(&m);

		if (m.unit_bytes * m.units > VOLUME_BYTES || before > m.units)
			abort();
		(void)!f->clear(f, "Listed", &m, &there, &e);
		if (used_map_count(&m) > before)
			abort();
	}
	(void)!f->load(f, "PACKED", buf, sizeof(buf), &got, &there, &e);
	used_map_release(&m);
	f->close(f);
	return 0;
}
