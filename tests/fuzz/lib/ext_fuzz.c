/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes as ext: no read outside of it, no walk without end. */
#include "lib/disk/ext.h"
#include "volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_volume(ext_open, data, size);
	return 0;
}
