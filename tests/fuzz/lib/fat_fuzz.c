/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes: no read outside of it, no walk without end. */
#include "../bytes.h"
#include "lib/disk/fat.h"

static bool look(void *ctx, const struct fat_entry *entry, struct error *e)
{
	uint8_t bytes[8192];
	struct fat_file file;

	if (!fat_file_open(ctx, entry, &file, e))
		return false;
	size_t n = file.left_bytes < sizeof(bytes) ? file.left_bytes : sizeof(bytes);
	return fat_file_read(ctx, &file, bytes, n, e) && strlen(entry->name) < FAT_NAME_MAX;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = { data, size };
	const struct partition_source s = source_of(&b);
	struct error e = { 0 }, more = { 0 };
	struct fat_entry found;
	struct fat f;
	bool there;

	if (fat_open(&f, &s, 0, size, &e) && fat_find(&f, "a/base.img", &found, &there, &e) &&
	    there)
		(void)!look(&f, &found, &e);
	if (f.cluster_bytes)
		(void)!fat_walk(&f, NULL, look, &f, &more);
	return 0;
}
