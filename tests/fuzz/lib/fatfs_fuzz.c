/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A volume of any bytes as FAT: no read outside of it, no walk without end. */
#include "lib/disk/fatfs.h"
#include "volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_volume(fat_filesystem_open, data, size);
	return 0;
}
