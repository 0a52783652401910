/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A manifest that is read has one form: written again it is the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "lib/image/kimg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct kimg_manifest m;
	struct text out = { 0 };
	struct error e = { 0 };

	if (kimg_manifest_parse(data, size, &a, &m, &e)) {
		/* Only records that are passed over may be lost. */
		if (kimg_manifest_bytes(&m) > size)
			abort();
		if (kimg_manifest_bytes(&m) == size &&
		    (!kimg_manifest_write(&m, &out, &e) || memcmp(out.s, data, size) != 0))
			abort();
	} else if (e.kind != ERROR_UNTRUSTED) {
		abort();
	}
	text_release(&out);
	arena_release(&a);
	return 0;
}
