/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a root (and, behind a NUL, signatures) is written again as it was. */
#include <assert.h>
#include <string.h>

#include "lib/crypto/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t len = zero ? (size_t)(zero - data) : size, rest = zero ? size - len - 1 : 0;
	struct trust_file file = { data, zero ? zero + 1 : data, len, rest };
	struct trust_chain chain;
	struct trust_found found;
	struct trust_root root;
	struct arena a = { 0 };
	struct error e = { 0 };
	struct text out = { 0 };

	if (trust_root_parse(data, len, &a, &root, &e)) {
		assert(trust_root_write(&root, &out, &e) && out.len == len);
		assert(memcmp(out.s, data, len) == 0);
		if (trust_count(&root, TRUST_KIT, "", 0, file.signatures, rest, &found, &e))
			assert(found.valid == 0);
		assert(!trust_chain_verify(&file, 1, &a, &chain, &e) && e.kind == ERROR_UNTRUSTED);
	}
	text_release(&out);
	arena_release(&a);
	return 0;
}
