/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a sealed file, and any bytes after a good head: refused, no byte given out. */
#include <assert.h>
#include <string.h>

#include "lib/crypto/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t seed[32] = { 1 };
	struct text good = { 0 }, plain = { 0 };
	struct error e = { 0 };
	struct sealed_pair p;

	sealed_pair_from_seed(&p, seed);
	bool opened = sealed_open(data, size, &p, &plain, &e);
	assert(opened == !e.kind && (opened || plain.len == 0));
	e = (struct error){ 0 };
	text_clear(&plain);
	assert(sealed_bytes(data, size, &p.public, 1, seed, &good, &e));
	assert(sealed_open(good.s, good.len, &p, &plain, &e) && plain.len == size);
	assert(size == 0 || memcmp(plain.s, data, size) == 0);
	if (size > 2) { /* the input also says which byte of a good file changes, and how */
		good.s[((size_t)data[0] << 8 | data[1]) % good.len] ^= (char)(data[2] | 1);
		assert(!sealed_open(good.s, good.len, &p, &plain, &e));
	}
	text_release(&good);
	text_release(&plain);
	return 0;
}
