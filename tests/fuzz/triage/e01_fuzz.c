/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An E01 segment of anyone's, half of them with sums that are right: whatever it says, its medium can be asked for any
 * byte within its size. */
#include "../bytes.h"
#include "e01_sums.h"
#include "triage/parse/e01.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *sealed = size % 2 ? e01_sealed(data, size) : NULL;
	struct bytes b = { sealed ? sealed : data, size };
	const struct partition_source input = source_of(&b);
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
	free(sealed);
	return 0;
}
