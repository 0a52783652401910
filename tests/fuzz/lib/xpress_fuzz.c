/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes unpack as far as they go, into no more than the room there is. */
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/ntfs/xpress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ntfs_xpress work;

	if (size < 3)
		return 0;
	size_t room = data[0] | (size_t)data[1] << 8 | (size_t)(data[2] & 3) << 16;
	uint8_t *out = mem_alloc(room);

	if (ntfs_xpress(&work, data + 3, size - 3, out, room) > room)
		abort();
	free(out);
	return 0;
}
