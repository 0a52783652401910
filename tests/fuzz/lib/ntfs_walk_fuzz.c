/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes: its files are walked and read without a read outside of it, and no
 * content is longer than it says. */
#include "ntfs_pieces.h"

static bool look(void *ctx, const struct filesystem_entry *entry, struct error *e)
{
	uint8_t buf[70000];
	struct error own = { 0 };
	size_t got = sizeof(buf);
	(void)e;

	for (uint64_t at = 0; got == sizeof(buf) && at < 1 << 20; at += got) {
		if (!((struct filesystem *)ctx)->read(ctx, entry, at, buf, sizeof(buf), &got, &own))
			return true;
		if (at + got > entry->size_bytes || !*entry->path)
			abort();
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filesystem *f = open_pieces(data, size);
	struct error e = { 0 };

	if (f && (f->walk(f, look, f, &e) || e.kind))
		f->close(f);
	return 0;
}
