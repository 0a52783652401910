/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any table whose checksums hold: what is grown lies inside of the medium. */
#include <string.h>

#include "lib/disk/gptgrow.h"
#include "lib/disk/partition.h"

static uint8_t medium[3 << 20];

static bool read_it(void *ctx, uint64_t at, void *buf, size_t len, struct error *e)
{
	(void)ctx, (void)e;
	return at + len <= sizeof(medium) && memcpy(buf, medium + at, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct gpt_device d = { .read = read_it, .size_bytes = sizeof(medium) };
	static struct gpt_growth g;
	struct error e = { 0 };

	memcpy(medium, data, size < sizeof(g.table) ? size : sizeof(g.table));
	for (unsigned i = 0, at = 600, len = 16384; i < 2; i++, at = 528, len = 92) {
		uint32_t crc = gpt_crc32(0, medium + (i ? 512 : 1024), len);
		memcpy(medium + at, i ? memset(medium + at, 0, 4) : &crc, 4);
		crc = gpt_crc32(0, medium + (i ? 512 : 1024), len);
		memcpy(medium + at, &crc, 4);
	}
	if (gpt_growth_plan(&d, 3, &g, &e) && g.first_byte + g.size_bytes > g.backup_byte)
		__builtin_trap();
	return 0;
}
