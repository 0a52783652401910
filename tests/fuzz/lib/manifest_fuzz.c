/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a manifest: what is accepted is written again byte for byte. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "lib/crypto/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest_writer w = { 0 };
	struct arena a = { 0 };
	struct error e = { 0 };
	struct text out = { 0 };
	struct manifest m;

	if (manifest_parse(data, size, &a, &m, &e)) {
		for (size_t i = 0; i < m.count; i++) {
			struct manifest_entry x = m.entries[i];
			x.target ? manifest_add_link(&w, x.path, x.target)
				 : manifest_add_file(&w, x.path, x.mode, x.size_bytes, &x.digest);
		}
		assert(manifest_write(&w, &out, &e) && out.len == size);
		assert(memcmp(out.s, data, size) == 0);
	}
	manifest_writer_release(&w);
	text_release(&out);
	arena_release(&a);
	return 0;
}
