/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An E01 segment of anyone's: whatever it says, its medium can be asked for any byte within its size. */
#include <stdlib.h>
#include <string.h>

#include "triage/parse/e01.h"

static bool read_bytes(void *ctx, uint64_t offset, void *buf, size_t len, struct error *e)
{
	(void)e;
	memcpy(buf, (const uint8_t *)ctx + offset, len);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct partition_source input = { read_bytes, (void *)(uintptr_t)data, size, 512 };
	struct error e = { 0 };
	uint8_t buf[4096];
	struct e01 x;

	if (e01_open(&x, &input, 1, NULL, &e)) {
		struct partition_source s = e01_source(&x);

		for (uint64_t at = 0; at < s.size_bytes && at < 1u << 20; at += sizeof(buf)) {
			size_t n = s.size_bytes - at < sizeof(buf) ? (size_t)(s.size_bytes - at)
								   : 4096;

			if (!s.read(s.ctx, at, buf, n, &e) && !e.kind)
				abort();
		}
	}
	e01_release(&x);
	return 0;
}
