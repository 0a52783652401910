/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An image of any bytes, its first checksums put right: no read outside of it. */
#include "../bytes.h"
#include "lib/image/partclone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t image[1 << 14], part[1 << 16];
	struct bytes b = { image, size };
	const struct partition_source file = source_of(&b);
	struct error e = { 0 };
	struct partclone p;

	if (size < 118 || size > sizeof(image))
		return 0;
	memcpy(image, data, size);
	size_t map = image[60] / 8 + (image[60] % 8 != 0) + 32u * image[61];
	memcpy(image + 106, &(uint32_t){ ~gpt_crc32(0, image, 106) }, 4);
	if (map <= size - 114)
		memcpy(image + 110 + map, &(uint32_t){ ~gpt_crc32(0, image + 110, map) }, 4);
	if (!partclone_open(&p, &file, &e))
		return 0;
	for (uint64_t at = 0; at < p.source.size_bytes && at < sizeof(part); at += 4711)
		(void)!p.source.read(&p, at, part, (p.source.size_bytes - at) % sizeof(part), &e);
	partclone_release(&p);
	return 0;
}
