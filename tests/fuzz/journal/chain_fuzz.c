/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a chain: what was read is within them, and reading them again gives the same. */
#include <assert.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/journal/chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chain c, again;
	struct record r;
	struct error e = { 0 };
	char boot[BOOT_HEX];
	uint64_t at;

	/* The name of the file is what its first record says: else nothing would be read. */
	if (size < RECORD_MIN)
		return 0;
	hex_encode(boot, data + 8, BOOT_BYTES);
	chain_start(&c, boot);
	do {
		at = c.bytes;
		again = c;
	} while (chain_next(&c, 0, data, size, &r, &e) == CHAIN_RECORD);
	assert(c.bytes <= size && c.count <= size / RECORD_MIN && c.bytes == at);
	/* From a buffer that begins there it says the same. */
	assert(chain_next(&again, at, data + at, size - at, &r, &e) != CHAIN_RECORD);
	return 0;
}
