/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes as ext: no read outside of it, no walk without end; what was deleted comes in order. */
#include "lib/disk/ext.h"
#include "volume.h"

static bool deleted(void *ctx, const struct ext_deleted *d, struct error *e)
{
	uint64_t *last = ctx;

	(void)e;
	if (d->inode <= *last || (!d->deleted && !d->is_orphan))
		abort();
	*last = d->inode;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 };
	struct filesystem *f = ext_open(&s, 0, size, &e);
	uint64_t last = 0;

	fuzz_volume(ext_open, data, size);
	if (!f)
		return 0;
	if (!ext_each_deleted(f, deleted, &last, &e) && !e.kind)
		abort();
	f->close(f);
	return 0;
}
