/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes unpack into exactly the room there is, or are refused. */
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/ntfs/lznt1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	size_t room = data[0] | (size_t)data[1] << 8; /* so that every end is met */
	uint8_t *out = mem_alloc(room);

	(void)!ntfs_lznt1(data + 2, size - 2, out, room);
	free(out);
	return 0;
}
