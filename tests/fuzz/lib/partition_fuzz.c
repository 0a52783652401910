/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk of any bytes: 512- and 4096-byte sectors. */
#include <string.h>

#include "lib/disk/partition.h"

struct input {
	const uint8_t *bytes;
	size_t size;
};

static bool read_input(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct input *i = ctx;

	(void)e;
	memcpy(buf, i->bytes + offset, len);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct partition_table t;
	struct input in = { data, size };
	struct partition_source s = { read_input, &in, size, size % 2 ? 4096 : 512 };
	struct error e = { 0 };

	(void)!partition_table_read(&s, &t, &e);
	return 0;
}
