/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as words: a known one is found by itself, what is decoded comes back. */
#include <assert.h>
#include <stdlib.h>

#include "lib/base/memory.h"
#include "lib/crypto/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *typed = mem_string_n((const char *)data, size);
	uint8_t bytes[11], back[11];
	struct text out = { 0 };
	struct error e = { 0 };

	(void)words_nearest(typed, size);
	if (words_index(typed, size) >= 0)
		assert(words_nearest(typed, size));
	if (words_decode(typed, bytes, sizeof(bytes), 8, &e)) {
		words_encode(&out, bytes, 8);
		assert(words_decode(out.s, back, sizeof(back), 8, &e));
		assert(memcmp(bytes, back, sizeof(bytes)) == 0);
	}
	text_release(&out);
	free(typed);
	return 0;
}
