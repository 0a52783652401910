/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk of any bytes: 512- and 4096-byte sectors. Then a larger one of which they are what is searched: sector 63
 * and the beginning of each MiB. */
#include <stdlib.h>
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

#define MIB ((uint64_t)1 << 20)
#define PIECE 4096u

static bool read_pieces(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct input *i = ctx;
	uint8_t *to = buf;

	(void)e;
	for (; len; len--, offset++) {
		const uint64_t at = offset / MIB * PIECE + offset % MIB % (63 * 512);

		*to++ = at < i->size && offset % MIB < 63 * 512 + PIECE ? i->bytes[at] : 0;
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct partition_table t;
	struct input in = { data, size };
	struct partition_source s = { read_input, &in, size, size % 2 ? 4096 : 512 };
	struct error e = { 0 };

	(void)!partition_table_read(&s, &t, &e);
	t.count = 0;
	s.read = read_pieces;
	s.size_bytes = (size / PIECE + 2) * MIB;
	partition_search(&s, &t);
	for (size_t i = 0; i < t.count; i++) {
		const struct partition *p = &t.list[i];

		if (p->number != i + 1 || p->first_byte > s.size_bytes ||
		    p->size_bytes > s.size_bytes - p->first_byte ||
		    (i && p->first_byte < p[-1].first_byte + p[-1].size_bytes))
			abort();
	}
	return 0;
}
