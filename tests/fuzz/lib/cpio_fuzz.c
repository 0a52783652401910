/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an archive: no read beyond it. */
#include <stddef.h>
#include <stdint.h>

#include "lib/data/cpio.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(data, size);
	struct error e = { 0 };
	struct cpio_entry entry;
	volatile uint8_t sum = 0;
	bool more = true;

	while (more && cpio_next(&r, &entry, &more, &e))
		for (size_t i = 0; i < entry.len; i++)
			sum = (uint8_t)(sum + entry.bytes[i]);
	return 0;
}
