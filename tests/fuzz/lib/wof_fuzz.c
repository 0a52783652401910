/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A packed stream of any bytes, of any size and way: what is read of it fits and ends. */
#include <stdlib.h>

#include "lib/ntfs/wof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char name[] = "W\0o\0f\0C\0o\0m\0p\0r\0e\0s\0s\0e\0d\0D\0a\0t\0a";
	static uint8_t buf[50000];
	struct ntfs v = { .stored_left = 1 << 24, .holes_left = 1 << 24 };
	struct reader r = reader_of(data, size);
	enum ntfs_packing how = (enum ntfs_packing)(1 + reader_u8(&r) % 4);
	uint64_t bytes = reader_le32(&r), part;
	struct ntfs_attribute a = { .type = NTFS_DATA,
				    .resident = true,
				    .value = r,
				    .name = reader_of(name, sizeof(name)),
				    .size_bytes = r.left,
				    .initialised_bytes = r.left };
	struct ntfs_file f = { .list = &a, .count = 1 };
	struct error e = { 0 };
	struct ntfs_wof *w = r.bad ? NULL : ntfs_wof_open(&v, &f, how, bytes, &e);
	size_t got = sizeof(buf);

	for (part = 0; w && got == sizeof(buf); part += got)
		if (!ntfs_wof_read(w, part, buf, sizeof(buf), &got, &e))
			got = 0;
	if (w && (part > bytes || got > bytes))
		abort();
	ntfs_wof_free(w);
	return 0;
}
