/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk of any bytes: 512- and 4096-byte sectors. Then a larger one, to be searched, whose MiB begin with them. */
#include "../bytes.h"
#include "lib/disk/partition.h"

#define MIB ((uint64_t)1 << 20)
#define PIECE 4096u

/* Zeros but for a piece of the input at each MiB. */
static bool read_pieces(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	const struct bytes *b = ctx;
	const uint64_t inside = offset % MIB, at = offset / MIB * PIECE + inside;
	size_t n = inside < PIECE ? PIECE - (size_t)inside : 0;

	(void)e;
	n = n < len ? n : len;
	if (at < b->size && n > b->size - at)
		n = (size_t)(b->size - at);
	memset(buf, 0, len);
	if (at < b->size)
		memcpy(buf, b->at + at, n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct partition_table t;
	struct bytes b = { data, size };
	struct partition_source s = { read_bytes, &b, size, size % 2 ? 4096 : 512 };
	struct error e = { 0 };

	(void)!partition_table_read(&s, &t, &e);
	t.count = 0;
	s.read = read_pieces;
	s.size_bytes = (size / PIECE + 2) * MIB;
	partition_search(&s, &t);
	for (size_t i = 0; i < t.count; i++) {
		const struct partition *p = &t.list[i];

		/* What is left of an older volume may reach over newer ones. */
		if (p->number != i + 1 || p->first_byte > s.size_bytes ||
		    p->size_bytes > s.size_bytes - p->first_byte ||
		    (i && p->first_byte <= p[-1].first_byte))
			abort();
	}
	return 0;
}
